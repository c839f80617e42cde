"""Rounding is let pass, another training is not."""
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

import compare


class Curves(unittest.TestCase):
    def compare(self, *factors):
        """Exit status for a log whose lines, at steps 10, 20 and 200, are those recorded times these."""
        with tempfile.TemporaryDirectory() as folder:
            paths = [pathlib.Path(folder) / name for name in ("log.jsonl", "recorded.jsonl")]
            for path, by in zip(paths, (factors, (1, 1, 1))):
                lines = [{"step": step, "score": 0.6 * n, "box": 0.5} for step, n in zip((10, 20, 200), by)]
                path.write_text("".join(json.dumps(line) + "\n" for line in lines))
            words = ["compare.py", str(paths[0]), "--recorded", str(paths[1])]
            with mock.patch.object(sys, "argv", words), contextlib.redirect_stdout(io.StringIO()):
                return compare.main()

    def test_agree_within_rounding_which_grows(self):
        self.assertEqual(self.compare(1.002, 0.995, 0.96), 0)

    def test_differ_beyond_it_at_any_step(self):
        self.assertEqual(self.compare(1, 1.03, 1), 1)
        self.assertEqual(self.compare(1, 1, 0.9), 1)

    def test_of_nothing_are_no_answer(self):
        with self.assertRaises(SystemExit):
            self.compare()

    def test_recorded_in_the_repository_are_twenty_lines(self):
        recorded = pathlib.Path(compare.__file__).with_name("first-200-steps.jsonl")
        self.assertEqual([line["step"] for line in compare.read(recorded)], list(range(10, 201, 10)))


if __name__ == "__main__":
    unittest.main()
