#!/usr/bin/env python3
"""Says whether the first steps of a training went as those recorded in first-200-steps.jsonl did.

The seed fixes every weight and every picture; what is left is rounding, which differs between processors, numbers of
threads and versions of torch, and which training amplifies with every step. So equality is not asked for.
"""
import argparse
import json
import pathlib
import sys

# Largest relative difference of a loss that still is the same curve: by rounding alone, up to this step, and after it.
# README.md says what was measured.
ALIKE_UNTIL, EARLY, LATE = 60, 0.01, 0.05


def tolerance(step):
    return EARLY if step <= ALIKE_UNTIL else LATE


def agrees(step, *apart):
    return max(apart) <= tolerance(step)


def differences(lines, recorded):
    """(step, relative difference of the score loss, of the box loss) of the lines that both logs have."""
    known = {line["step"]: line for line in recorded}
    both = [(line, known[line["step"]]) for line in lines if line["step"] in known]
    return [(mine["step"], *(abs(mine[name] / other[name] - 1) for name in ("score", "box"))) for mine, other in both]


def read(path):
    """The lines of a log; none where there is no file."""
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log", type=pathlib.Path, help="log.jsonl of a training")
    beside = pathlib.Path(__file__).with_name("first-200-steps.jsonl")
    parser.add_argument("--recorded", type=pathlib.Path, default=beside, help="(default: %(default)s)")
    asked = parser.parse_args()
    found = differences(read(asked.log), read(asked.recorded))
    if not found:
        raise SystemExit(f"{asked.log} and {asked.recorded} have no step in common")
    for step, score, box in found:
        verdict = "agree" if agrees(step, score, box) else "DIFFER"
        print(f"step {step:4}  score {score:8.3%}  box {box:8.3%}  of {tolerance(step):.0%}  {verdict}")
    agree = all(agrees(*line) for line in found)
    print(f"the curves {'agree' if agree else 'differ'} in {len(found)} lines")
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
