"""What the symptoms cost beside the rest of scoring.

    python benchmarks/labels.py            # prints a Markdown table; a minute
    python benchmarks/labels.py --write    # and puts it into docs/benchmarks.md

Scoring from the stores to the result, as `score` does it in one process: with none of the rules,
with those of labels, and also with the failures of each side against its command. The cost depends
on how much there is to find: three predictions are scored: the robot's motion a little late and
noisy, the command itself, and another motion altogether, which makes most rules look closely.
"""

from __future__ import annotations

import functools
import tempfile
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np

from bench.io.store import Episodes
from bench.scoring import record
from benchmarks import bimanual, scoring
from benchmarks.bimanual import Pair, Size
from benchmarks.measure import Run, arguments, in_turn, noise, publish, table

PREDICTIONS = ("a little late and noisy", "the command", "another motion")
WITHOUT, LABELS, BOTH = "without", "with labels", "and failures"


def predictions(pair: Pair) -> dict[str, Episodes]:
    command = pair.reference.signals["q_command"]
    # Another episode's positions, row by row: all have as many rows.
    other = np.roll(pair.reference.signals["q"], int(pair.reference.start[1]), axis=0)
    signals = pair.prediction.signals
    return {
        PREDICTIONS[0]: pair.prediction,
        PREDICTIONS[1]: replace(pair.prediction, signals={**signals, "q": command}),
        PREDICTIONS[2]: replace(pair.prediction, signals={**signals, "q": other}),
    }


def without(bench: scoring.Bench, *left_out: str) -> None:
    nothing = dict.fromkeys(left_out, lambda *_: [])
    with mock.patch.multiple(record, **nothing):
        scoring.ours(bench)


def measured(bench: scoring.Bench, rounds: int) -> Run:
    ways = {
        WITHOUT: functools.partial(without, bench, "labels_of", "failures_of"),
        LABELS: functools.partial(without, bench, "failures_of"),
        BOTH: functools.partial(scoring.ours, bench),
    }
    return in_turn(ways, rounds)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--episodes", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--robot", default="", help="default: the first with two arms")
    chosen = parser.parse_args()
    robot = bimanual.robot(chosen.robot)
    pair = bimanual.make(robot, Size(chosen.episodes), chosen.seed)
    lines, runs = [], []
    for name, entry in predictions(pair).items():
        with tempfile.TemporaryDirectory() as folder:
            bench = scoring.make(Path(folder), robot, Pair(pair.reference, entry))
            run = measured(bench, chosen.rounds)
            found = len(scoring.ours(bench)["labels"])
        runs.append(run)
        each = (f"{1e3 * run.times[way].median / chosen.episodes:.1f}" for way in run.times)
        shares = []
        for way in (LABELS, BOTH):
            ratio = run.ratio(way, WITHOUT)
            low, high = ratio.least - 1, ratio.largest - 1
            shares.append(f"{ratio.median - 1:.2f} ({low:.2f} to {high:.2f})")
        lines.append([name, str(found), *each, *shares])
    head = ["prediction", "labels", "without rules, ms an episode", "with labels, ms"]
    head += ["and failures, ms", "labels, times the rest of scoring", "both, times the rest"]
    about = (
        f"{robot.name}, {len(robot.joint_names)} joints, {chosen.episodes} episodes of 30 s at "
        f"50 Hz. {noise(runs)}"
    )
    publish("labels", [table(head, lines), about], chosen.write)


if __name__ == "__main__":
    main()
