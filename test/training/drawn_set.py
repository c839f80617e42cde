"""Draws a small training set, so that the tests of training need no pictures from elsewhere."""
import json

import cv2
import numpy

RED, GROUND = (220, 20, 20), (90, 110, 100)


def draw_set(folder, entries):
    """entries: one a picture, (width, height, boxes, labelled); boxes: (class, x, y, w, h, ignored), painted red."""
    (folder / "images").mkdir(parents=True)
    lines = []
    for number, (width, height, boxes, labelled) in enumerate(entries):
        picture = numpy.full((height, width, 3), GROUND[::-1], numpy.uint8)
        for _, x, y, w, h, _ in boxes:
            picture[y : y + h, x : x + w] = RED[::-1]
        # Lossless, so that a pixel is red or is not.
        name = f"{number}.png"
        cv2.imwrite(str(folder / "images" / name), picture)
        written = [
            {"class": kind, "x": x, "y": y, "w": w, "h": h, **({"ignore": True} if ignored else {})}
            for kind, x, y, w, h, ignored in boxes
        ]
        lines.append({"file": name, "width": width, "height": height, "boxes": written, "labelled": labelled})
    (folder / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder
