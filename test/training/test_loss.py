"""Every real box is answered for, and nothing is asked about the others."""
import unittest

import torch

from compose import Batch
from loss import iou, losses
from network import CLASSES, ROW, cell_grid

HEIGHT, WIDTH = 256, 416
CELLS = len(cell_grid(HEIGHT, WIDTH)[1])
# One of each size, far from each other: class, corners, ignored.
BOXES = (
    (0, (12.0, 10.0, 17.0, 16.0), False),
    (1, (60.0, 20.0, 90.0, 120.0), False),
    (2, (130.0, 200.0, 180.0, 250.0), False),
    (3, (200.0, 10.0, 410.0, 180.0), False),
    (1, (300.0, 190.0, 330.0, 250.0), True),
)


def batch_of(boxes, known=True):
    return Batch(
        planes=(),
        boxes=torch.tensor([[corners for _, corners, _ in boxes]]),
        kinds=torch.tensor([[kind for kind, _, _ in boxes]]),
        ignored=torch.tensor([[ignored for _, _, ignored in boxes]]),
        known=torch.full((1, HEIGHT // 8, WIDTH // 8, len(CLASSES)), known),
    )


def first_rows():
    """What an untrained network says: 1 % everywhere, two cells wide and high."""
    rows = torch.zeros(1, CELLS, len(CLASSES), ROW)
    rows[..., 0], rows[..., 3:] = -4.6, 0.7
    return rows.requires_grad_()


class Answers(unittest.TestCase):
    def test_come_from_cells_beside_each_real_box_and_from_no_other(self):
        rows = first_rows()
        _, box = losses(rows, batch_of(BOXES), HEIGHT, WIDTH)
        box.backward()
        answers = rows.grad[0, :, :, 1:].abs().sum(-1) > 0
        centres, strides = cell_grid(HEIGHT, WIDTH)
        claimed = torch.zeros_like(answers)
        for kind, corners, ignored in BOXES:
            reach = strides[:, None]
            near = (centres > torch.tensor(corners[:2]) - reach) & (centres < torch.tensor(corners[2:]) + reach)
            mine = answers[:, kind] & near.all(1)
            self.assertEqual(bool(mine.any()), not ignored, (kind, corners))
            claimed[:, kind] |= mine
        self.assertTrue(torch.equal(claimed, answers))

    def test_pull_scores_up_where_they_answer_and_down_elsewhere(self):
        rows = first_rows()
        score, _ = losses(rows, batch_of(BOXES), HEIGHT, WIDTH)
        score.backward()
        pull = rows.grad[0, :, :, 0]
        centres, _ = cell_grid(HEIGHT, WIDTH)
        kind, corners, _ = BOXES[-1]
        inside = ((centres > torch.tensor(corners[:2])) & (centres < torch.tensor(corners[2:]))).all(1)
        self.assertTrue(bool((pull[inside, kind] == 0).all()), "an ignored box is neither right nor wrong")
        self.assertTrue(bool((pull < 0).any(0).all()), "each class has an answer that shall rise")
        self.assertTrue(bool((pull > 0).any(0).all()))

    def test_are_all_that_counts_where_nothing_is_boxed_exhaustively(self):
        rows = first_rows()
        score, box = losses(rows, batch_of(BOXES, known=False), HEIGHT, WIDTH)
        (score + box).backward()
        asked, answers = rows.grad[..., 0] != 0, rows.grad[..., 1:].abs().sum(-1) > 0
        self.assertTrue(bool(asked.any()))
        self.assertTrue(torch.equal(asked, answers))


class Overlap(unittest.TestCase):
    def test_is_the_shared_part_and_below_nothing_for_boxes_apart(self):
        a = torch.tensor([0.0, 0.0, 10.0, 10.0])
        plain, generalised = iou(a, torch.tensor([[5.0, 0.0, 15.0, 10.0], [20.0, 0.0, 30.0, 10.0]]))
        self.assertAlmostEqual(plain[0].item(), 1 / 3, places=5)
        self.assertAlmostEqual(generalised[0].item(), 1 / 3, places=5)
        self.assertEqual(plain[1].item(), 0)
        self.assertAlmostEqual(generalised[1].item(), -1 / 3, places=5)


if __name__ == "__main__":
    unittest.main()
