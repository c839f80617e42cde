"""A training that was broken off goes on as if nothing had been, and its seed decides what it is."""
import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

import torch

import train
from drawn_set import draw_set
from network import CLASSES

# Three phases, small ones, within 24 steps of four pictures.
PLAN = ("--samples", "96", "--batch", "2", "--threads", "1")
PHASES = ((0.3, 32, 64), (0.3, 64, 64), (0.4, 64, 96))


class Runs(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        boxes = [("person", 20, 10, 30, 90, False), ("face", 28, 14, 12, 14, False), ("vehicle", 90, 50, 80, 50, False)]
        self.set = draw_set(self.folder / "reds", [(200, 120, boxes[n:], list(CLASSES)) for n in range(3)])

    def train(self, out, *more):
        """Exit status of one stretch; its output is of no interest."""
        words = ["train.py", "--data", str(self.set), "--out", str(self.folder / out), *PLAN, *more]
        with mock.patch.object(sys, "argv", words), mock.patch.object(train, "PHASES", PHASES):
            with contextlib.redirect_stdout(io.StringIO()):
                return train.main()

    def log(self, out):
        return [json.loads(line) for line in (self.folder / out / "log.jsonl").read_text().splitlines()]

    def test_end_alike_in_one_go_and_in_three(self):
        self.assertEqual(self.train("whole"), 0)
        # Broken off between two lines of the log, and at one; each time with lines the checkpoint knows nothing of.
        for steps in ("7", "20"):
            self.assertEqual(self.train("parts", "--steps", steps), 0)
            with (self.folder / "parts/log.jsonl").open("a") as log:
                log.write('{"step": 30, "seen": 120, "score": 0.0}\n{"step": 40, "se')
        self.assertEqual(self.train("parts"), 0)
        self.assertEqual([line["step"] for line in self.log("whole")], [10, 20])
        self.assertEqual(self.log("parts"), self.log("whole"))
        whole, parts = (torch.load(self.folder / out / "checkpoint.pt") for out in ("whole", "parts"))
        self.assertEqual((whole["step"], whole["seen"]), (24, 96))
        for part in ("network", "average"):
            for name, value in whole[part].items():
                self.assertTrue(torch.equal(value, parts[part][name]), f"{part} {name}")

    def test_repeat_with_the_seed_and_only_with_it(self):
        for out, seed in (("a", "1"), ("b", "1"), ("c", "2")):
            self.train(out, "--steps", "10", "--seed", seed)
        self.assertEqual(self.log("a"), self.log("b"))
        for name in ("score", "box"):
            self.assertNotEqual(self.log("a")[0][name], self.log("c")[0][name])

    def test_say_that_they_are_to_be_resumed_when_the_time_is_up(self):
        self.assertEqual(self.train("late", "--minutes", "0"), train.TO_BE_RESUMED)
        self.assertTrue((self.folder / "late/checkpoint.pt").exists())

    def test_do_not_go_on_as_another_training(self):
        self.train("one", "--steps", "1")
        with self.assertRaisesRegex(SystemExit, "--seed 1"):
            self.train("one", "--seed", "2")
        self.set = draw_set(self.folder / "others", [(64, 64, [], [])])
        with self.assertRaisesRegex(SystemExit, "3 pictures"):
            self.train("one")


if __name__ == "__main__":
    unittest.main()
