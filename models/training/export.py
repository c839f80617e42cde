#!/usr/bin/env python3
"""Writes skyeye-nano.onnx from a checkpoint and its calibration.

Planes of bytes in; boxes, scores and labels out, strongest first, before NMS.
"""
import argparse
import hashlib
import json
import pathlib
import re
import warnings

import onnx
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from network import CLASSES, PIXEL_SCALE, ROW, SkyeyeNano, cell_grid, corners

# Rows that leave the graph: more than any picture holds after NMS, few enough to cost nothing.
MOST = 400
OPSET = 13
NAMES = ("boxes", "scores", "labels")


class PlanarStem(nn.Module):
    """The stem as one convolution over luma and one over chroma: the same sums, without rearranging the luma's pixels.

    Factor and normalisation are folded into the weights. y [B, 1, H, W], u and v [B, 1, H/2, W/2], float32, 0..255
    -> [B, 32, H/4, W/4].
    """

    def __init__(self, stem):
        super().__init__()
        folded = fuse_conv_bn_eval(stem[0], stem[1])
        weight = folded.weight.detach() * PIXEL_SCALE
        channels, kernel = weight.shape[0], weight.shape[2]
        # Channel 2 * dy + dx of the half-size picture is the luma pixel (dy, dx) of each four.
        luma = weight[:, :4].reshape(channels, 2, 2, kernel, kernel).permute(0, 3, 1, 4, 2)
        self.luma = nn.Conv2d(1, channels, 2 * kernel, 4, 2)
        self.luma.weight.data.copy_(luma.reshape(channels, 1, 2 * kernel, 2 * kernel))
        self.luma.bias.data.copy_(folded.bias.detach())
        self.chroma = nn.Conv2d(2, channels, kernel, 2, 1, bias=False)
        self.chroma.weight.data.copy_(weight[:, 4:])

    def forward(self, y, u, v):
        return torch.relu(self.luma(y) + self.chroma(torch.cat([u, v], 1)))


class Exported(nn.Module):
    """What the graph does, for one picture.

    uint8 planes y [1, 1, H, W], u and v [1, 1, H/2, W/2] -> boxes float32 [1, K, 4], corners in pixels; scores float32
    [1, K, 1] in 0..1; labels int32 [1, K, 1]. K is MOST, or as many as there are classes in cells.
    """

    def __init__(self, network, calibration):
        """calibration: slope and shift of the logit of each class, made by calibrate.py."""
        super().__init__()
        self.network = network
        self.stem = PlanarStem(network.stem)
        self.slope = torch.tensor([calibration[name]["slope"] for name in CLASSES])
        self.shift = torch.tensor([calibration[name]["shift"] for name in CLASSES])

    def forward(self, y, u, v):
        y, u, v = (plane.float() for plane in (y, u, v))
        rows = self.network.after_stem(self.stem(y, u, v))[0]
        centres, strides = grid_of(y)
        # Scores of all classes of all cells in one row; what is below the first MOST is not even decoded.
        logits = (rows[..., 0] * self.slope + self.shift).flatten()
        count = torch.minimum(torch.tensor([MOST]), torch._shape_as_tensor(logits))
        best, index = torch.topk(logits, count[0])
        cell = torch.div(index, len(CLASSES), rounding_mode="floor")
        boxes = corners(rows.reshape(-1, ROW)[index], centres[cell], strides[cell])
        labels = (index - cell * len(CLASSES)).to(torch.int32)
        return boxes[None], best.sigmoid()[None, :, None], labels[None, :, None]


def grid_of(y):
    """cell_grid for a picture whose size the graph learns only when it runs."""
    shape = torch._shape_as_tensor(y)
    return cell_grid(shape[2], shape[3])


def load_average(path):
    """The averaged network of a checkpoint."""
    network = SkyeyeNano()
    network.load_state_dict(torch.load(path, map_location="cpu")["average"])
    return network.eval()


def write(network, calibration, path):
    """Writes the ONNX file of a network in evaluation mode and slope and shift of each class's logit."""
    luma = torch.randint(0, 256, (1, 1, 256, 416), dtype=torch.uint8)
    chroma = torch.randint(0, 256, (1, 1, 128, 208), dtype=torch.uint8)
    axes = {"y": {2: "height", 3: "width"}} | {n: {2: "half_height", 3: "half_width"} for n in "uv"}
    axes |= {name: {1: "found"} for name in NAMES}
    # Of a whole in training mode the exporter would leave the network in training mode as well.
    with warnings.catch_warnings():
        # The tracer warns of what may not be dynamic; the check of other sizes is the tests'.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Exported(network, calibration).eval(), (luma, chroma, chroma), path, opset_version=OPSET,
            input_names=["y", "u", "v"], output_names=list(NAMES), dynamic_axes=axes,
        )
    onnx.checker.check_model(onnx.load(path))


def note(manifest, digest, size):
    """Puts digest and bytes of the weights into a manifest and leaves every other letter as it is."""
    text = manifest.read_text()
    text, digests = re.subn(r'("sha256": )"[0-9a-f]*"', rf'\g<1>"{digest}"', text)
    text, sizes = re.subn(r'("bytes": )\d+', rf"\g<1>{size}", text)
    if (digests, sizes) != (1, 1):
        raise SystemExit(f"{manifest} does not hold one sha256 and one bytes: it is left as it was")
    manifest.write_text(text)


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--checkpoint", default=".cache/training/checkpoint.pt", help="(default: %(default)s)")
    parser.add_argument("--out", default="models/skyeye-nano.onnx", help="(default: %(default)s)")
    parser.add_argument("--manifest", type=pathlib.Path, help="to note digest and bytes in")
    return parser.parse_args()


def main():
    asked = options()
    network = load_average(asked.checkpoint)
    beside = pathlib.Path(asked.checkpoint).with_name("calibration.json")
    if not beside.exists():
        raise SystemExit(f"{beside} is not there: make it with models/training/calibrate.py")
    write(network, json.loads(beside.read_text()), asked.out)
    written = pathlib.Path(asked.out).read_bytes()
    digest = hashlib.sha256(written).hexdigest()
    print(f"{asked.out}: {len(written)} bytes, sha256 {digest}")
    if asked.manifest:
        note(asked.manifest, digest, len(written))


if __name__ == "__main__":
    main()
