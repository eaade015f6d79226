"""Joints that pass their goal further than the robot's before they come to rest."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bench.scoring.labels.label import Label, Rule, Size, Threshold
from bench.scoring.labels.signals import rows_label
from bench.scoring.labels.stalls import stretches_by_column
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint that overshoots more than the robot's where a command is held."""
    if not trace.is_scored:
        return []
    moved = np.abs(np.diff(trace.turned.command, axis=0))
    held = moved <= (settings["still"] * np.diff(trace.time))[:, None]
    held &= trace.scored[1:, None]
    # No further beyond its end than the robot's than twice what they are ever apart.
    apart = np.abs(trace.turned.predicted - trace.turned.reference).max(axis=0)
    enough = (trace.weights[1:] @ held >= settings["hold"]) & (apart >= settings["beyond"] / 2)
    columns = np.flatnonzero(enough)
    still = np.concatenate([np.zeros((1, len(columns)), dtype=np.bool_), held[:, columns]])
    holds = stretches_by_column(still, trace.time, settings["hold"])
    labels = (
        _joint_label(trace, j, own, settings)
        for j, own in zip(columns.tolist(), holds, strict=True)
        if own
    )
    return [label for label in labels if label is not None]


def _joint_label(
    trace: EpisodeTrace, column: int, holds: list[slice], settings: Mapping[str, float]
) -> Label | None:
    first, last = _looked_at(trace, holds, settings)
    turned = trace.turned
    command = turned.command[:, column]
    before = command[
        np.maximum(np.searchsorted(trace.time, trace.time[first] - settings["way"]), 0)
    ]
    step = command[first] - before
    entry, robot = (
        _beyond(signal[:, column], first, last, np.sign(step))
        for signal in (turned.predicted, turned.reference)
    )
    more = entry - robot
    shown = (
        (np.abs(step) >= settings["step"])
        & (more >= settings["beyond"])
        & (more >= settings["share"] * np.abs(step))
    )
    if not shown.any():
        return None
    worst = int(np.argmax(np.where(shown, more, -np.inf)))
    rows = [slice(int(a), int(b)) for a, b in zip(first[shown], last[shown], strict=True)]
    numbers = {
        "entry_overshoot": float(entry[worst]),
        "reference_overshoot": float(robot[worst]),
        "more": float(more[worst]),
        "step": float(abs(step[worst])),
        "times": float(shown.sum()),
    }
    return rows_label(trace, RULE.name, column, rows, numbers)


def _looked_at(
    trace: EpisodeTrace, holds: list[slice], settings: Mapping[str, float]
) -> tuple[Rows, Rows]:
    """First rows, and rows after the last, of what is looked at while a command is held."""
    first = np.array([rows.start for rows in holds], dtype=np.intp)
    after = np.array([rows.stop for rows in holds], dtype=np.intp)
    # What a joint does long after its move is another matter: a drift is no overshoot.
    looked = np.searchsorted(trace.time, trace.time[first] + settings["look"])
    return first, np.minimum(after, np.maximum(looked, first + 1))


def _beyond(position: Floats, first: Rows, last: Rows, side: Floats) -> Floats:
    """How far a signal gets beyond where it ends, in each stretch: the mean of its last quarter."""
    # Means of three rows: noise of one row is no overshoot.
    position = np.convolve(np.pad(position, 1, mode="edge"), np.full(3, 1 / 3), mode="valid")
    ends = last - np.maximum((last - first) // 4, 1)
    total = np.concatenate([[0.0], np.cumsum(position)])
    final = (total[last] - total[ends]) / (last - ends)
    borders = np.stack([first, last], axis=1).ravel()
    # The last border may be the end of the signal; a row more keeps `reduceat` going.
    padded = np.append(position, position[-1])
    highest = np.maximum.reduceat(padded, borders)[::2]
    lowest = np.minimum.reduceat(padded, borders)[::2]
    beyond: Floats = np.where(side > 0, highest - final, final - lowest)
    return np.where(side == 0, 0.0, beyond)


RULE = Rule(
    name="overshoot",
    meaning="a joint passes its goal further than the robot's before it comes to rest",
    signal="reference, command and predicted position where a command is held",
    thresholds={
        "hold": Threshold(0.5, "s", "chosen: in half a second a servo's overshoot is over"),
        "look": Threshold(1.0, "s", "chosen: later than that a joint drifts or creeps"),
        "still": Threshold(0.02, "rad/s", "chosen: a command that creeps is held"),
        "way": Threshold(0.5, "s", "chosen: how long before the hold the command is looked at"),
        "step": Threshold(0.1, "rad", "chosen: smaller moves end in friction"),
        "beyond": Threshold(
            0.030, "rad", "above 14 mrad, the largest between two runs of one motion"
        ),
        "share": Threshold(0.05, "1", "chosen: a twentieth of the move"),
    },
    numbers={
        "entry_overshoot": "rad, the entry's largest",
        "reference_overshoot": "rad, the robot's in the same move",
        "more": "rad, the entry's over the robot's",
        "step": "rad, how far the command moved",
        "times": "1, in how many moves",
    },
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a and in 0.67 h of delayed echo; generated entries with less damping are found"
    ),
    find=find,
    size=Size("beyond", "more"),
)
