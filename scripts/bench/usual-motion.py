"""One camera of the usual method: ffmpeg decodes every picture, and motion is looked for in each picture kept.

Arguments: the camera's address. Prints a line of JSON each second: {"frames": …, "motion": …}, both since the start.

The steps and their defaults are those that Frigate 0.16 documents and uses (its `motion` section and its detect stream),
written anew from that description. Where it blurs with SciPy, this uses OpenCV, which is several times faster: the
comparison is to err on the side of the usual method.
"""
import json
import subprocess
import sys
import time

import cv2
import numpy as np

WIDTH, HEIGHT, FPS = 640, 360, 5
MOTION_HEIGHT = 100
THRESHOLD = 30
CONTOUR_AREA = 10
CONTRAST_MEMORY = 50
LEARNING_RATE, FIRST_LEARNING_RATE = 0.01, 0.2
# After so many pictures with motion in a row the background learns from them too.
PATIENCE = 10
LIGHTNING_SHARE = 0.8


def decoder(address):
    """Raw I420 pictures of the camera, as Frigate's defaults for RTSP cameras ask ffmpeg for them."""
    given = ["-avoid_negative_ts", "make_zero", "-fflags", "+genpts+discardcorrupt"]
    given += ["-rtsp_transport", "tcp", "-timeout", "10000000", "-use_wallclock_as_timestamps", "1"]
    wanted = ["-r", str(FPS), "-vf", f"fps={FPS},scale={WIDTH}:{HEIGHT}", "-threads", "2"]
    wanted += ["-f", "rawvideo", "-pix_fmt", "yuv420p", "pipe:"]
    command = ["ffmpeg", "-hide_banner", "-loglevel", "warning", "-threads", "2", *given, "-i", address, *wanted]
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)


class Motion:
    """Whether something moves in a sequence of grey pictures."""

    def __init__(self):
        size = (MOTION_HEIGHT, MOTION_HEIGHT * WIDTH // HEIGHT)
        self.background = np.zeros(size, np.float32)
        self.contrasts = np.tile(np.array([0, 255], np.uint8), (CONTRAST_MEMORY, 1))
        self.pictures = 0
        self.moving = 0
        self.calibrating = True

    def seen_in(self, luma):
        small = cv2.resize(luma, self.background.shape[::-1], interpolation=cv2.INTER_NEAREST)
        blurred = cv2.GaussianBlur(self._stretched(small), (3, 3), 1, borderType=cv2.BORDER_REFLECT)
        difference = cv2.absdiff(blurred, cv2.convertScaleAbs(self.background))
        _, mask = cv2.threshold(difference, THRESHOLD, 255, cv2.THRESH_BINARY)
        contours, _ = cv2.findContours(cv2.dilate(mask, None), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        areas = [cv2.contourArea(contour) for contour in contours]
        boxes = [cv2.boundingRect(c) for c, area in zip(contours, areas) if area > CONTOUR_AREA]
        share = sum(areas) / self.background.size
        if share < 0.05 and len(boxes) <= 4:
            self.calibrating = False
        if self.calibrating or share > LIGHTNING_SHARE:
            self.calibrating = True
        self.moving = self.moving + 1 if boxes else 0
        if not boxes or self.moving >= PATIENCE:
            rate = FIRST_LEARNING_RATE if self.calibrating else LEARNING_RATE
            cv2.accumulateWeighted(blurred, self.background, rate)
        return bool(boxes) and not self.calibrating

    def _stretched(self, small):
        """Contrast between the 4th and the 96th percentile, averaged over the last pictures, drawn out to 0..255."""
        low, high = (np.percentile(small, share).astype(np.uint8) for share in (4, 96))
        if low >= high:
            return small
        self.contrasts[self.pictures % CONTRAST_MEMORY] = (low, high)
        self.pictures += 1
        low, high = self.contrasts.mean(axis=0)
        return ((np.clip(small, low, high) - low) / (high - low) * 255).astype(np.uint8)


def main(address):
    # A pool of threads for each camera would only get in the way of the others.
    cv2.setNumThreads(1)
    child = decoder(address)
    motion = Motion()
    frames = with_motion = 0
    told = time.monotonic()
    picture_bytes = WIDTH * HEIGHT * 3 // 2
    while len(picture := child.stdout.read(picture_bytes)) == picture_bytes:
        luma = np.frombuffer(picture, np.uint8, WIDTH * HEIGHT).reshape(HEIGHT, WIDTH)
        frames += 1
        with_motion += motion.seen_in(luma)
        if time.monotonic() - told >= 1:
            told = time.monotonic()
            print(json.dumps({"frames": frames, "motion": with_motion}), flush=True)
    sys.exit(child.wait() or 1)


main(sys.argv[1])
