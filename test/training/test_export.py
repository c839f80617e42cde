"""The exported stem is the network's, and the manifest's figures are those of the file."""
import pathlib
import tempfile
import unittest

import torch

from export import PlanarStem, note
from network import PIXEL_SCALE
from random_network import random_network


class Stem(unittest.TestCase):
    def test_over_planes_is_the_stem_of_the_network(self):
        network = random_network(1)
        y, u, v = (torch.randint(0, 256, (2, 1, 64 // n, 96 // n)).float() for n in (1, 2, 2))
        planes = torch.cat([torch.nn.functional.pixel_unshuffle(y, 2), u, v], 1)
        with torch.no_grad():
            expected, found = network.stem(planes * PIXEL_SCALE), PlanarStem(network.stem)(y, u, v)
        self.assertGreater(float(expected.std()), 0.1)
        torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-4)


class Manifest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = pathlib.Path(folder.name) / "x.json"

    def test_gets_digest_and_bytes_and_keeps_the_rest(self):
        text = '{\n  "sha256": "%s",\n  "bytes": %s,\n  "labels": { "0": "face" }\n}\n'
        self.path.write_text(text % ("ab12", 7))
        note(self.path, "cd34", 99)
        self.assertEqual(self.path.read_text(), text % ("cd34", 99))

    def test_without_them_stays_as_it_is(self):
        self.path.write_text("{}\n")
        with self.assertRaises(SystemExit):
            note(self.path, "cd34", 99)
        self.assertEqual(self.path.read_text(), "{}\n")


if __name__ == "__main__":
    unittest.main()
