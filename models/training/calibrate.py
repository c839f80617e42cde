#!/usr/bin/env python3
"""Fits what the network's scores are worth, so that 0.5 means: every second such finding is right.

Scores trained with the quality focal loss tell how well a box fits, and stay low where objects are small, while the
gateway's thresholds are meant for probabilities. One slope and one shift a class (Platt 1999), fitted to findings after
NMS on batches of training pictures that were composed anew, are written beside the checkpoint; export.py puts them into
the graph.
"""
import argparse
import json
import pathlib

import torch

from compose import Composer
from export import load_average
from loss import iou
from network import CLASSES, cell_grid, corners
from pictures import Pictures

# The size, in pixels, of the field; pictures a batch.
HEIGHT, WIDTH, BATCH = 384, 640, 8
# Findings below this score do not count; overlaps (IoU) from which one of two is dropped, from which one is right.
LEAST_SCORE, NMS, RIGHT = 0.03, 0.5, 0.5
MOST_FINDINGS = 400


def findings(rows, centres, strides, kind):
    """rows [cells, classes, ROW] -> boxes [K, 4] in pixels and logits [K] of one class after NMS, strongest first."""
    logits = rows[:, kind, 0]
    chosen = (logits.sigmoid() > LEAST_SCORE).nonzero()[:, 0]
    chosen = chosen[logits[chosen].argsort(descending=True)][:MOST_FINDINGS]
    boxes = corners(rows[chosen, kind], centres[chosen], strides[chosen])
    overlaps = iou(boxes[:, None], boxes[None])[0]
    kept = []
    for index in range(len(chosen)):
        if not kept or overlaps[index, kept].max() <= NMS:
            kept.append(index)
    return boxes[kept], logits[chosen[kept]]


def judge(boxes, logits, truth, doubtful):
    """(logit, 1 or 0 for right or not) of the findings that count; each takes the best box that is still free.

    boxes [K, 4], logits [K]; truth [N, 4], doubtful [M, 4]: what is there, and what is neither right nor wrong.
    """
    taken, pairs = set(), []
    for box, logit in zip(boxes, logits.tolist()):
        fits = iou(box[None], truth)[0] if len(truth) else torch.zeros(0)
        free = [(fit, index) for index, fit in enumerate(fits.tolist()) if index not in taken and fit >= RIGHT]
        if free:
            taken.add(max(free)[1])
            pairs.append((logit, 1.0))
        elif not covered(box, doubtful):
            pairs.append((logit, 0.0))
    return pairs


def judge_one(batch, picture, kind, boxes, logits):
    """As judge(), for a class of a picture of a batch, leaving out places where not all of the class is boxed."""
    at = ((boxes[:, :2] + boxes[:, 2:]) / 16).long()
    row, column = at[:, 1].clamp(0, HEIGHT // 8 - 1), at[:, 0].clamp(0, WIDTH // 8 - 1)
    known = batch.known[picture, row, column, kind]
    mine, ignored = batch.kinds[picture] == kind, batch.ignored[picture]
    truth, doubtful = batch.boxes[picture][mine & ~ignored], batch.boxes[picture][mine & ignored]
    return judge(boxes[known], logits[known], truth, doubtful)


def covered(box, doubtful):
    """Does more than half of the box lie in one box that is neither right nor wrong?"""
    if not len(doubtful):
        return False
    shared = (torch.minimum(doubtful[:, 2:], box[2:]) - torch.maximum(doubtful[:, :2], box[:2])).clamp(min=0).prod(1)
    return bool((shared > 0.5 * (box[2:] - box[:2]).prod()).any())


def fit(pairs):
    """Slope and shift that make the sigmoid of a logit the share of right findings, from (logit, right) pairs.

    Logistic regression by Newton's method. Without findings everything stays as it is.
    """
    if not pairs:
        return 1.0, 0.0
    x, right = torch.tensor(pairs, dtype=torch.float64).T
    features = torch.stack([x, torch.ones_like(x)], 1)
    weights = torch.tensor([1.0, 0.0], dtype=torch.float64)
    for _ in range(30):
        p = (features @ weights).sigmoid()
        slope = features.T @ (right - p) - 1e-3 * weights
        bend = (features * (p * (1 - p))[:, None]).T @ features + 1e-3 * torch.eye(2, dtype=torch.float64)
        weights = weights + torch.linalg.solve(bend, slope)
    return tuple(weights.tolist())


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", required=True, help="as for train.py")
    parser.add_argument("--labels", help="as for train.py")
    parser.add_argument("--checkpoint", default=".cache/training/checkpoint.pt", help="(default: %(default)s)")
    parser.add_argument("--batches", type=int, default=60, help=f"of {BATCH} pictures (default: %(default)s)")
    return parser.parse_args()


def main():
    asked = options()
    network = load_average(asked.checkpoint)
    # A seed that training did not use.
    composer = Composer(Pictures(asked.data, asked.labels), 1_000_003, "cpu")
    centres, strides = cell_grid(HEIGHT, WIDTH)
    pairs = {name: [] for name in CLASSES}
    for number in range(asked.batches):
        with torch.no_grad():
            batch = composer.batch(BATCH, HEIGHT, WIDTH)
            rows = network(*batch.planes)
        for picture in range(BATCH):
            for kind, name in enumerate(CLASSES):
                boxes, logits = findings(rows[picture], centres, strides, kind)
                pairs[name] += judge_one(batch, picture, kind, boxes, logits)
        if number % 10 == 9:
            print(f"{number + 1} of {asked.batches} batches", flush=True)
    result = {}
    for name, found in pairs.items():
        slope, shift = fit(found)
        result[name] = {"slope": round(slope, 4), "shift": round(shift, 4), "findings": len(found)}
        half = torch.tensor(-shift / slope).sigmoid().item()
        print(f"{name}: {len(found)} findings; what was {half:.2f} is now 0.50")
    path = pathlib.Path(asked.checkpoint).with_name("calibration.json")
    path.write_text(json.dumps(result, indent=2) + "\n")
    print(f"written to {path}")


if __name__ == "__main__":
    main()
