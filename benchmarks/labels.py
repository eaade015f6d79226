"""What the symptoms cost beside the rest of scoring.

    python benchmarks/labels.py            # prints a Markdown table; a minute
    python benchmarks/labels.py --write    # and puts it into docs/benchmarks.md

Scoring from the stores to the result, as `score` does it in one process, with all rules (of labels,
and of failures against the command) and with none. The cost depends on how much there is to find:
three predictions are scored: the robot's motion a little late and noisy, the command itself, and
another motion altogether, which makes most rules look closely.
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
WITH, WITHOUT = "with labels", "without"


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


def unlabelled(bench: scoring.Bench) -> None:
    nothing = {"labels_of": lambda *_: [], "failures_of": lambda *_: []}
    with mock.patch.multiple(record, **nothing):
        scoring.ours(bench)


def measured(bench: scoring.Bench, rounds: int) -> Run:
    ways = {
        WITH: functools.partial(scoring.ours, bench),
        WITHOUT: functools.partial(unlabelled, bench),
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
        ratio = run.ratio(WITH, WITHOUT)
        each = (f"{1e3 * run.times[way].median / chosen.episodes:.1f}" for way in (WITHOUT, WITH))
        share = f"{ratio.median - 1:.2f} ({ratio.least - 1:.2f} to {ratio.largest - 1:.2f})"
        lines.append([name, str(found), *each, share])
    head = ["prediction", "labels", "without labels, ms an episode", "with, ms"]
    head += ["labels, times the rest of scoring"]
    about = (
        f"{robot.name}, {len(robot.joint_names)} joints, {chosen.episodes} episodes of 30 s at "
        f"50 Hz. {noise(runs)}"
    )
    publish("labels", [table(head, lines), about], chosen.write)


if __name__ == "__main__":
    main()
