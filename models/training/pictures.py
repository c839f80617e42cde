"""Training pictures and their boxes in memory: every picture of every set in one tensor, every box in another."""
import concurrent.futures
import json
import pathlib

import cv2
import numpy
import torch

from network import CLASSES

# Longest side of a picture, pixels; larger ones are reduced.
SIDE = 432
# Pixels in all: compose.py counts them in 32 bits.
MOST_PIXELS = 2**31 - 1
# Boxes kept of one picture; of more, those that are no ignored ones first, then the largest.
MOST_BOXES = 64
# How often a picture of a set is drawn, relative to the others: the few pictures from street cameras count for more.
WEIGHTS = {"traffic_atl": 4.0, "facemask": 1.5, "coco256": 2.0, "tinycoco": 2.0, "drawn": 0.7}


class Pictures:
    """What training draws from.

    pixels  int32 [N, SIDE, SIDE], red + green * 256 + blue * 65536, top left
    sizes   int64 [N, 2], width and height in pixels
    boxes   float32 [N, MOST_BOXES, 4], corners in pixels
    kinds   int64 [N, MOST_BOXES], index into CLASSES, -1 = no box
    ignored bool [N, MOST_BOXES], neither right nor wrong
    known   bool [N, classes], is every object of the class boxed, so that all else is background?
    weights float64 [N], how often a picture is drawn
    """

    def __init__(self, folders, labels=None, threads=4):
        """folders: one a set, with images/ and labels.jsonl; labels: a folder whose <set>.labels.jsonl goes first."""
        entries = [entry for folder in folders for entry in read_set(pathlib.Path(folder), labels)]
        if not entries:
            raise SystemExit(f"no pictures in {', '.join(map(str, folders))}: each needs a labels.jsonl and images/")
        count = len(entries)
        if count * SIDE * SIDE > MOST_PIXELS:
            raise SystemExit(f"{count} pictures are too many: there is room for {MOST_PIXELS // SIDE**2}")
        self.pixels = torch.zeros(count, SIDE, SIDE, dtype=torch.int32)
        self.sizes = torch.zeros(count, 2, dtype=torch.int64)
        self.boxes = torch.zeros(count, MOST_BOXES, 4)
        self.kinds = torch.full((count, MOST_BOXES), -1, dtype=torch.int64)
        self.ignored = torch.zeros(count, MOST_BOXES, dtype=torch.bool)
        self.known = torch.zeros(count, len(CLASSES), dtype=torch.bool)
        self.weights = torch.tensor([WEIGHTS.get(entry["set"], 1.0) for entry in entries], dtype=torch.float64)
        with concurrent.futures.ThreadPoolExecutor(threads) as pool:
            list(pool.map(self._take, range(count), entries))

    def _take(self, index, entry):
        """Reads a picture and puts it, with its boxes, into its row of the tensors."""
        picture = cv2.imread(str(entry["path"]), cv2.IMREAD_COLOR)
        if picture is None:
            raise SystemExit(f"{entry['path']} cannot be read as a picture")
        scale = min(1.0, SIDE / max(picture.shape[:2]))
        if scale < 1:
            picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        height, width = min(SIDE, picture.shape[0]), min(SIDE, picture.shape[1])
        blue, green, red = (picture[:height, :width, c].astype(numpy.int32) for c in range(3))
        self.pixels[index, :height, :width] = torch.from_numpy(red + green * 256 + blue * 65536)
        self.sizes[index] = torch.tensor([width, height])
        factor = width / entry["width"]
        boxes = sorted(entry["boxes"], key=lambda box: (box.get("ignore", False), -box["w"] * box["h"]))[:MOST_BOXES]
        for place, box in enumerate(boxes):
            x, y, w, h = (box[key] * factor for key in "xywh")
            self.boxes[index, place] = torch.tensor([x, y, x + w, y + h])
            self.kinds[index, place] = CLASSES.index(box["class"])
            self.ignored[index, place] = bool(box.get("ignore", False))
        for name in entry["labelled"]:
            self.known[index, CLASSES.index(name)] = True

    def __len__(self):
        return len(self.pixels)

    def to(self, device):
        """Moves all of it to the device, itself."""
        for name in ("pixels", "sizes", "boxes", "kinds", "ignored", "known", "weights"):
            setattr(self, name, getattr(self, name).to(device))
        return self


def read_set(folder, labels):
    """The lines of a set's labels, one a picture, with the picture's path and the set's name."""
    name = folder.name
    completed = pathlib.Path(labels) / f"{name}.labels.jsonl" if labels else None
    source = completed if completed and completed.exists() else folder / "labels.jsonl"
    if not source.exists():
        raise SystemExit(f"{source} is not there: a set needs images/ and labels.jsonl")
    for line in source.read_text().splitlines():
        entry = json.loads(line)
        yield {**entry, "set": name, "path": folder / "images" / entry["file"]}
