"""Boxes of a composed batch lie where the pixels of their objects are."""
import pathlib
import tempfile
import unittest

import torch

from compose import GREY, LEAST_VISIBLE, Composer
from drawn_set import RED, draw_set
from network import CLASSES
from pictures import Pictures

HEIGHT, WIDTH, COUNT = 256, 416, 16


class Still(Composer):
    """Leaves the pictures as they are painted and keeps how they were cut."""

    def _tiles(self, size, height, width):
        self.tiles = super()._tiles(size, height, width)
        return self.tiles

    def _weather(self, rgb):
        return rgb


def composer_of(kind, boxes, seed=3, labelled=CLASSES):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        return kind(Pictures([draw_set(path / "reds", [(200, 150, boxes, list(labelled))])]), seed, "cpu")


class ComposedBoxes(unittest.TestCase):
    def test_cover_the_painted_object_and_nothing_else(self):
        composer = composer_of(Still, [("vehicle", 60, 40, 90, 70, False)])
        batch = composer.batch(COUNT, HEIGHT, WIDTH)
        red = (batch.planes - torch.tensor(RED)[:, None, None]).abs().amax(1) < 60
        compared = cut = 0
        for canvas in range(COUNT):
            cells, scales = composer.tiles.cell[canvas], composer.tiles.scale[canvas]
            real = (batch.kinds[canvas] >= 0) & ~batch.ignored[canvas]
            for box in batch.boxes[canvas][real]:
                middle = (box[:2] + box[2:]) / 2
                home = ((middle >= cells[:, :2]) & (middle < cells[:, 2:])).all(1).nonzero()[0, 0]
                left, top, right, bottom = cells[home].round().int().tolist()
                y, x = red[canvas, top:bottom, left:right].nonzero(as_tuple=True)
                painted = torch.stack([x.min(), y.min(), x.max() + 1, y.max() + 1]) + torch.tensor([left, top] * 2)
                # The edge of an enlarged object is as soft as a pixel is wide.
                self.assertLess(float((painted - box).abs().max()), 1.5 + float(scales[home].max()))
                compared += 1
                cut += bool((box == cells[home]).any())
        self.assertGreater(compared, 2 * COUNT)
        self.assertGreater(cut, 0)

    def test_are_ignored_where_too_little_is_left_or_where_they_were(self):
        composer = composer_of(Still, [("person", 10, 10, 60, 120, False), ("face", 100, 30, 40, 50, True)])
        batch = composer.batch(COUNT, HEIGHT, WIDTH)
        faces, people = batch.kinds == CLASSES.index("face"), batch.kinds == CLASSES.index("person")
        self.assertTrue(bool(faces.any()))
        self.assertTrue(bool(batch.ignored[faces].all()))
        sizes = (batch.boxes[..., 2:] - batch.boxes[..., :2])[people & ~batch.ignored]
        whole = 60 * 120 * composer.tiles.scale.prod(-1).min()
        self.assertTrue(bool((sizes.prod(-1) >= LEAST_VISIBLE * whole - 1).all()))
        self.assertTrue(bool((people & batch.ignored).any()))

    def test_know_where_a_class_is_boxed_exhaustively(self):
        batch = composer_of(Composer, [], labelled=["face"]).batch(4, HEIGHT, WIDTH)
        self.assertEqual(batch.known.shape, (4, HEIGHT // 8, WIDTH // 8, len(CLASSES)))
        self.assertTrue(bool(batch.known[..., 0].all()))
        self.assertFalse(bool(batch.known[..., 1:].any()))


class Planes(unittest.TestCase):
    def test_are_those_of_a_camera(self):
        y, u, v = composer_of(Composer, []).batch(COUNT, HEIGHT, WIDTH).planes
        self.assertEqual(y.shape, (COUNT, 1, HEIGHT, WIDTH))
        for plane in (y, u, v):
            self.assertTrue(bool(((plane >= 0) & (plane <= 255) & (plane == plane.round())).all()))
        self.assertEqual((u.shape, v.shape), ((COUNT, 1, HEIGHT // 2, WIDTH // 2),) * 2)

    def test_of_grey_are_the_letterbox_of_the_gateway(self):
        grey = torch.full((1, 3, 32, 32), GREY / 255)
        planes = composer_of(Composer, [])._planes(grey)
        self.assertEqual([plane.unique().tolist() for plane in planes], [[114.0], [128.0], [128.0]])

    def test_come_from_the_seed(self):
        first, again, other = (composer_of(Composer, [], seed).batch(4, 64, 96).planes[0] for seed in (5, 5, 6))
        self.assertTrue(torch.equal(first, again))
        self.assertFalse(torch.equal(first, other))


if __name__ == "__main__":
    unittest.main()
