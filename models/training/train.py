#!/usr/bin/env python3
"""Trains skyeye-nano; goes on where it stopped. models/training/run calls it with all that it needs.

Ends with 0 when the plan is through (or --steps are), with 75 when the time was up first: call it again then.
"""
import argparse
import json
import math
import pathlib
import sys
import time
import warnings

import torch

from compose import Composer
from curve import draw_curve
from loss import BOX_WEIGHT, losses
from network import SkyeyeNano
from pictures import Pictures

# (share of all samples, height, width): the smallest input first, the last phase as the field uses it.
PHASES = ((0.15, 224, 352), (0.5, 256, 416), (0.35, 384, 640))
RATE, LEAST_RATE, WARM_UP = 3e-3, 0.02, 0.02
DECAY = 0.05
# Steps over which the averaged weights forget (Polyak and Juditsky 1992), at most.
MEMORY = 2000
# Steps that a line of the log is the mean of; seconds between two lines on the screen, between two checkpoints.
STEPS_A_LINE, TELL_EVERY, SAVE_EVERY = 10, 10, 240
TO_BE_RESUMED = 75


def options():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--data", nargs="+", required=True, help="folders with images/ and labels.jsonl, one a set")
    parser.add_argument("--labels", help="folder of completed labels (<set>.labels.jsonl), made by label.ts")
    parser.add_argument("--out", default=".cache/training", help="checkpoint, log and curve (default: %(default)s)")
    parser.add_argument("--samples", type=int, default=1_500_000, help="pictures to train on (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=16, help="pictures a step at 416×256 (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of weights and pictures (default: %(default)s)")
    parser.add_argument("--minutes", type=float, default=100, help="stop then, to be resumed (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=2, help="of the processor (default: %(default)s)")
    parser.add_argument("--steps", type=int, help="end after so many, without changing the plan (to compare curves)")
    return parser.parse_args()


class Training:
    """One run: network, averaged network, optimiser and where it is in its plan."""

    def __init__(self, asked):
        self.asked = asked
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        torch.manual_seed(asked.seed)
        torch.set_num_threads(asked.threads)
        torch.backends.cudnn.benchmark = True
        # An accelerator convolves fastest with the channels together.
        self.layout = torch.channels_last if self.device == "cuda" else torch.contiguous_format
        self.network = SkyeyeNano().to(self.device, memory_format=self.layout)
        self.average = SkyeyeNano().to(self.device, memory_format=self.layout)
        self.average.load_state_dict(self.network.state_dict())
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        plain = [p for p in self.network.parameters() if p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": DECAY}, {"params": plain, "weight_decay": 0.0}]
        self.optimiser = torch.optim.AdamW(groups, lr=RATE, **({"fused": True} if self.device == "cuda" else {}))
        self.step = self.seen = 0
        # What the next line of the log will be the mean of: score loss, box loss, norm of the gradient, of each step.
        self.unlogged = []
        self.composer = None

    def rate(self):
        """Warm-up, then half a cosine down to a fiftieth; smaller batches take smaller steps."""
        share = self.seen / self.asked.samples
        scale = min(1.0, math.sqrt(self.asked.batch / 128))
        if share < WARM_UP:
            return RATE * scale * (share / WARM_UP + 0.01)
        along = (share - WARM_UP) / (1 - WARM_UP)
        return RATE * scale * (LEAST_RATE + (1 - LEAST_RATE) * 0.5 * (1 + math.cos(math.pi * min(1.0, along))))

    def shape(self):
        """Height and width of the phase in pixels, and the pictures that cost what a batch costs at 416×256.

        Of smaller ones that would be more than a third more, which leaves no room for the rest: 1.3 times at most.
        """
        reached, share = 0.0, self.seen / self.asked.samples
        for part, height, width in PHASES:
            reached += part
            if share < reached:
                break
        return height, width, max(4, round(self.asked.batch * min(1.3, 256 * 416 / (height * width))))

    def is_through(self):
        """Are all samples seen, or the steps taken that were asked for?"""
        steps = self.asked.steps
        return self.seen >= self.asked.samples or (steps is not None and self.step >= steps)

    def one_step(self):
        """Composes a batch and takes one step of the optimiser on it."""
        height, width, count = self.shape()
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate()
        with torch.no_grad():
            batch = self.composer.batch(count, height, width)
        with torch.autocast(self.device, dtype=torch.bfloat16, enabled=self.device == "cuda"):
            rows = self.network(*batch.planes)
        score, box = losses(rows.float(), batch, height, width)
        self.optimiser.zero_grad(set_to_none=True)
        (score + BOX_WEIGHT * box).backward()
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        self.optimiser.step()
        self.step += 1
        self.seen += count
        self._remember()
        self.unlogged.append(torch.stack([score.detach(), box.detach(), norm]))

    def line(self):
        """The next line of the log: means since the last one, and the rate from here on."""
        score, box, norm = torch.stack(self.unlogged).mean(0).tolist()
        if not math.isfinite(score + box):
            raise SystemExit(f"the loss is no number any more at step {self.step}; the checkpoint before is kept")
        self.unlogged = []
        return {"step": self.step, "seen": self.seen, "score": score, "box": box, "norm": norm, "rate": self.rate()}

    @torch.no_grad()
    def _remember(self):
        """Lets the averaged network, its normalisation included, follow the trained one."""
        keep = min(1 - 1 / MEMORY, self.step / (self.step + 10))
        mine, theirs = self.average.state_dict(), self.network.state_dict()
        floats = [name for name, value in mine.items() if value.dtype.is_floating_point]
        averaged, fresh = [mine[name] for name in floats], [theirs[name].detach() for name in floats]
        torch._foreach_mul_(averaged, keep)
        torch._foreach_add_(averaged, fresh, alpha=1 - keep)

    def save(self, path):
        """Writes all that the next step depends on, in one go: a power cut leaves the file before or this one."""
        state = {
            "network": self.network.state_dict(),
            "average": self.average.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "generator": self.composer.generator.get_state(),
            "step": self.step,
            "seen": self.seen,
            "unlogged": [losses.cpu() for losses in self.unlogged],
            "asked": {key: getattr(self.asked, key) for key in ("samples", "batch", "seed")},
            "pictures": len(self.composer.pictures),
        }
        part = path.with_suffix(".part")
        torch.save(state, part)
        part.rename(path)

    def load(self, path):
        """Goes back to where the file was written; refuses what would make it another training."""
        state = torch.load(path, map_location="cpu")
        for key, value in state["asked"].items():
            if value != getattr(self.asked, key):
                raise SystemExit(f"{path} was begun with --{key} {value}: go on with that, or name another --out")
        if state["pictures"] != len(self.composer.pictures):
            begun = f"{path} was begun on {state['pictures']} pictures"
            raise SystemExit(f"{begun}: go on with those, or name another --out")
        self.network.load_state_dict(state["network"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.composer.generator.set_state(state["generator"])
        self.step, self.seen = state["step"], state["seen"]
        self.unlogged = [losses.to(self.device) for losses in state["unlogged"]]


def main():
    asked = options()
    # Torch 1.13 calls it a beta that may change; later ones have kept it as it is.
    warnings.filterwarnings("ignore", message="scatter_reduce")
    out = pathlib.Path(asked.out)
    out.mkdir(parents=True, exist_ok=True)
    training = Training(asked)
    began = time.monotonic()
    pictures = Pictures(asked.data, asked.labels, max(4, asked.threads)).to(training.device)
    print(f"{len(pictures)} pictures read in {time.monotonic() - began:.0f} s, on {training.device}", flush=True)
    training.composer = Composer(pictures, asked.seed, training.device)
    checkpoint, log = out / "checkpoint.pt", out / "log.jsonl"
    if checkpoint.exists():
        training.load(checkpoint)
        print(f"going on at step {training.step}, {training.seen} of {asked.samples} samples", flush=True)
    cut(log, training.step)
    done = run(training, checkpoint, log)
    draw_curve(log, out / "curve.svg")
    print(f"{training.seen} of {asked.samples} samples; checkpoint and curve in {out}")
    return 0 if done else TO_BE_RESUMED


def cut(log, step):
    """Takes back lines written after the checkpoint, a torn one included: those steps are taken again."""
    if log.exists():
        lines = [line for line in log.read_text().splitlines(keepends=True) if line.endswith("\n")]
        log.write_text("".join(line for line in lines if json.loads(line)["step"] <= step))


def run(training, checkpoint, log):
    """Steps until the training is through (True) or the time is up (False)."""
    asked = training.asked
    began = saved = told = time.monotonic()
    first = training.seen
    while not training.is_through() and time.monotonic() - began < asked.minutes * 60:
        training.one_step()
        if training.step % STEPS_A_LINE:
            continue
        line = training.line()
        with log.open("a") as file:
            file.write(json.dumps(line) + "\n")
        now = time.monotonic()
        if now - told > TELL_EVERY:
            tell(line, asked.samples, (training.seen - first) / (now - began))
            told = now
        if now - saved > SAVE_EVERY:
            training.save(checkpoint)
            saved = now
    training.save(checkpoint)
    return training.is_through()


def tell(line, samples, pace):
    """One line on the screen; pace in pictures a second."""
    left = (samples - line["seen"]) / pace / 60
    print(f"step {line['step']}  {line['seen']}/{samples}  score {line['score']:.3f}  box {line['box']:.3f}  "
          f"{pace:.0f} pictures/s  {left:.0f} min left", flush=True)


if __name__ == "__main__":
    sys.exit(main())
