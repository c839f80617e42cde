"""Calibration finds again what made the findings, and judges them as an evaluation would."""
import unittest

import torch

from calibrate import fit, judge


class Fit(unittest.TestCase):
    def test_recovers_a_known_logistic(self):
        chance = torch.Generator().manual_seed(4)
        logits = torch.rand(40_000, generator=chance) * 6 - 4
        right = torch.rand(40_000, generator=chance) < (2.5 * logits + 1.2).sigmoid()
        slope, shift = fit(list(zip(logits.tolist(), right.float().tolist())))
        self.assertAlmostEqual(slope, 2.5, delta=0.1)
        self.assertAlmostEqual(shift, 1.2, delta=0.1)

    def test_leaves_a_class_without_findings_as_it_is(self):
        self.assertEqual(fit([]), (1.0, 0.0))


class Judge(unittest.TestCase):
    def test_counts_the_stronger_of_two_as_right_and_leaves_out_the_doubtful(self):
        boxes = torch.tensor([[0, 0, 10, 10], [0, 1, 10, 10], [50, 50, 60, 60], [80, 80, 90, 90]]).float()
        logits = torch.tensor([3.0, 2.0, 1.0, 0.0])
        truth, doubtful = boxes[:1], torch.tensor([[45.0, 45.0, 70.0, 70.0]])
        self.assertEqual(judge(boxes, logits, truth, doubtful), [(3.0, 1.0), (2.0, 0.0), (0.0, 0.0)])


if __name__ == "__main__":
    unittest.main()
