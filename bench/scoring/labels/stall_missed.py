"""Stalls of the robot that the entry does not show."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bench.scoring.labels.label import Label, Rule, Threshold
from bench.scoring.labels.signals import energy, share
from bench.scoring.trace import EpisodeTrace, Turned

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint and stall of the reference while which the entry moves on.

    A stall is a property of reference and command alone: a stretch of scored rows, `duration` or
    longer, in which the command is `distance` or more away and the joint, over `window`, is not
    faster than `speed`. It is missed if within it the entry gets `reach` or more beyond the
    standing joint on the command's side, and travels `travel` or more, and `times` as far as the
    joint creeps.
    """
    positions = trace.turned
    possible = _possible(trace, positions, settings)
    return [
        _label(trace, positions, arm, columns, j, rows)
        for arm, columns in trace.columns_of.items()
        for j in columns
        if possible[j]
        for rows in _stalls(trace, positions, j, settings)
        if _missed(positions, j, rows, settings)
    ]


def _possible(trace: EpisodeTrace, positions: Turned, settings: Mapping[str, float]) -> Flags:
    """(J,) joints with a scored row on which the command is away and the entry reaches beyond."""
    away: Flags = np.abs(positions.command - positions.reference) >= settings["distance"]
    away &= np.abs(positions.predicted - positions.reference) >= settings["reach"]
    away &= trace.scored[:, None]
    possible: Flags = np.logical_or.reduce(away, axis=0)
    return possible


def _stalls(
    trace: EpisodeTrace, positions: Turned, column: int, settings: Mapping[str, float]
) -> list[slice]:
    reference = positions.reference[:, column]
    away = np.abs(positions.command[:, column] - reference) >= settings["distance"]
    away &= trace.scored
    if len(trace.time) < 2:
        return []
    slow = np.abs(_speed(trace.time, reference, settings["window"])) <= settings["speed"]
    return [
        rows
        for rows in _stretches(away & slow)
        if trace.time[rows.stop - 1] - trace.time[rows.start] >= settings["duration"]
    ]


def _missed(positions: Turned, column: int, rows: slice, settings: Mapping[str, float]) -> bool:
    reference = positions.reference[rows, column]
    predicted = positions.predicted[rows, column]
    side = _side(positions, column, rows)
    travel = np.ptp(predicted)
    return bool(
        np.max(side * (predicted - reference)) >= settings["reach"]
        and travel >= settings["travel"]
        and travel >= settings["times"] * np.ptp(reference)
    )


def _label(
    trace: EpisodeTrace, positions: Turned, arm: str, columns: list[int], column: int, rows: slice
) -> Label:
    reference = positions.reference[rows, column]
    predicted = positions.predicted[rows, column]
    numbers = {
        "position": float(np.median(reference)),
        "command_distance": float(np.abs(positions.command[rows, column] - reference).max()),
        "entry_distance": float(np.max(_side(positions, column, rows) * (predicted - reference))),
        "entry_travel": float(np.ptp(predicted)),
        "reference_travel": float(np.ptp(reference)),
    }
    if trace.current is not None:
        numbers["current"] = float(trace.current[rows, column].max())
        numbers["current_median"] = float(np.median(trace.current[trace.scored, column]))
    return Label(
        name=RULE.name,
        episode=trace.id,
        arm=arm,
        joints=(trace.joints[column],),
        interval=(float(trace.time[rows.start]), float(trace.time[rows.stop - 1])),
        strength=share(energy(trace, [column], rows), trace, columns),
        numbers=numbers,
    )


def _side(positions: Turned, column: int, rows: slice) -> float:
    """On which side of the standing joint the command is, +1 or −1."""
    ahead = positions.command[rows, column] - positions.reference[rows, column]
    return float(np.sign(ahead.sum()))


def _speed(time: Floats, position: Floats, window: float) -> Floats:
    """Mean speed over a window around each row, cut at the ends of the episode."""
    after = np.minimum(time + window / 2, time[-1])
    before = np.maximum(time - window / 2, time[0])
    speed: Floats = (np.interp(after, time, position) - np.interp(before, time, position)) / (
        after - before
    )
    return speed


def _stretches(flags: Flags) -> list[slice]:
    """Stretches of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


RULE = Rule(
    name="stall_missed",
    meaning="the robot's joint stands still though commanded away, and the entry's moves on",
    signal="reference, command and predicted position",
    thresholds={
        "distance": Threshold(
            0.100,
            "rad",
            "above the rest error of a free joint, 82 mrad, and at the edges of the known jams",
        ),
        "speed": Threshold(
            0.100, "rad/s", "the known jams creep at up to this speed at their start"
        ),
        "window": Threshold(
            0.100, "s", "five rows at 50 Hz: one encoder step counts as 15 mrad/s only"
        ),
        "duration": Threshold(
            0.300, "s", "chosen: the shortest known jam lasts 0.8 s, a reaction to a step 0.05 s"
        ),
        "reach": Threshold(
            0.150,
            "rad",
            "between weak contact (140 mrad at most) and the known jams (170 mrad and more)",
        ),
        "travel": Threshold(
            0.050, "rad", "below the travel of the known entries during a jam, 74 mrad and more"
        ),
        "times": Threshold(
            2.0, "1", "chosen: the entry travels at least twice as far as the joint creeps"
        ),
    },
    numbers={
        "position": "rad, where the joint stands (median)",
        "command_distance": "rad, largest distance of the command from the joint",
        "entry_distance": "rad, how far the entry gets beyond the joint towards the command",
        "entry_travel": "rad, range of the entry's positions",
        "reference_travel": "rad, range of the joint's positions",
        "current": "as recorded, largest current magnitude in the interval, where recorded",
        "current_median": "as recorded, median over the episode, where recorded",
    },
    evidence="so101-sage, calibration and validation: finds the four wrist roll jams of run-a and "
    "nothing else in 0.67 h, against run-b, delayed echo, command echo and an echo after 200 ms; "
    "nothing where run-a predicts run-b (0.66 h); delayed echo of run-b: the two table contacts of "
    "the elbow in single_joint_elbow and nothing else",
    find=find,
)
