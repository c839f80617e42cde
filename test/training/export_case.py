"""Writes a network of chance as ONNX, and what it says of two pictures: export_case.py FOLDER, for exported.test.ts."""
import json
import pathlib
import sys

import torch

from export import MOST, write
from network import CLASSES, cell_grid, corners
from random_network import random_network

SIZES = ((64, 96), (160, 256))


def findings(network, calibration, planes):
    """[(label, score, corners)], strongest first, made from the raw rows without anything of export.py."""
    height, width = planes[0].shape[2:]
    with torch.no_grad():
        rows = network(*(plane.float() for plane in planes))[0]
    boxes = corners(rows, *(part[:, None] for part in cell_grid(height, width)))
    slope, shift = (torch.tensor([calibration[name][key] for name in CLASSES]) for key in ("slope", "shift"))
    scores = (rows[..., 0] * slope + shift).sigmoid()
    order = scores.flatten().argsort(descending=True)[:MOST].tolist()
    places = [divmod(place, len(CLASSES)) for place in order]
    return [(kind, scores[cell, kind].item(), boxes[cell, kind].tolist()) for cell, kind in places]


def main(folder):
    network = random_network(2)
    calibration = {name: {"slope": 1 + 0.2 * n, "shift": 0.1 * n} for n, name in enumerate(CLASSES)}
    write(network, calibration, str(folder / "network.onnx"))
    cases = []
    for height, width in SIZES:
        planes = [torch.randint(0, 256, (1, 1, height // n, width // n), dtype=torch.uint8) for n in (1, 2, 2)]
        cases.append({
            "height": height,
            "width": width,
            "planes": [plane.flatten().tolist() for plane in planes],
            "findings": findings(network, calibration, planes),
        })
    (folder / "cases.json").write_text(json.dumps(cases))


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
