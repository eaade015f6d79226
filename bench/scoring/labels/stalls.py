"""Joints that stand still though commanded away, on one side, while on the other side they move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scoring.labels.label import Label, Threshold
from bench.scoring.labels.signals import energy, share
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Sides:
    """Positions (N, J) in rad: of the side that may stand, of the other one, and the command."""

    standing: Floats
    moving: Floats
    command: Floats


@dataclass(frozen=True)
class Stall:
    """A joint that stands on some rows.

    Attributes:
        column: of the joint.
        rows: the rows.
        reach: rad, how far the other side gets beyond the standing joint towards the command.
        travel: rad, range of the other side's positions.
        creep: rad, range of the standing joint's.
        distance: rad, largest distance of the command from the standing joint.
        position: rad, where it stands (median).
    """

    column: int
    rows: slice
    reach: float
    travel: float
    creep: float
    distance: float
    position: float


def stalls(trace: EpisodeTrace, sides: Sides, settings: Mapping[str, float]) -> list[Stall]:
    """The stalls of one side while which the other one moves on, arm by arm and joint by joint.

    A stall is a property of one side and the command alone: a stretch of scored rows, `duration` or
    longer, in which the command is `distance` or more away and the joint, over `window`, is not
    faster than `speed`. It counts if within it the other side gets `reach` or more beyond the
    standing joint on the command's side, and travels `travel` or more, and `times` as far as the
    joint creeps.
    """
    possible = _possible(trace, sides, settings)
    order = [j for columns in trace.columns_of.values() for j in columns if possible[j]]
    if not order or len(trace.time) < 2:
        return []
    standing = sides.standing[:, order]
    rest = np.abs(sides.command[:, order] - standing) >= settings["distance"]
    rest &= np.abs(speed(trace.time, standing, settings["window"])) <= settings["speed"]
    rest &= trace.scored[:, None]
    found = [
        _stall(sides, j, rows)
        for number, j in enumerate(order)
        for rows in stretches(rest[:, number], trace.time, settings["duration"])
    ]
    return [stall for stall in found if _counts(stall, settings)]


def label(trace: EpisodeTrace, name: str, stall: Stall, numbers: dict[str, float]) -> Label:
    """The label of a stall."""
    arm = trace.arm_of[stall.column]
    return Label(
        name=name,
        episode=trace.id,
        arm=arm,
        joints=(trace.joints[stall.column],),
        interval=(float(trace.time[stall.rows.start]), float(trace.time[stall.rows.stop - 1])),
        strength=share(energy(trace, [stall.column], stall.rows), trace, trace.columns_of[arm]),
        numbers=numbers,
    )


def _possible(trace: EpisodeTrace, sides: Sides, settings: Mapping[str, float]) -> Flags:
    """(J,) joints with a scored row on which the command is away and the other side beyond."""
    away: Flags = np.abs(sides.command - sides.standing) >= settings["distance"]
    away &= np.abs(sides.moving - sides.standing) >= settings["reach"]
    away &= trace.scored[:, None]
    possible: Flags = np.logical_or.reduce(away, axis=0)
    return possible


def _stall(sides: Sides, column: int, rows: slice) -> Stall:
    standing, moving = sides.standing[rows, column], sides.moving[rows, column]
    ahead = sides.command[rows, column] - standing
    side = float(np.sign(ahead.sum()))
    return Stall(
        column,
        rows,
        reach=float(np.max(side * (moving - standing))),
        travel=float(np.ptp(moving)),
        creep=float(np.ptp(standing)),
        distance=float(np.abs(ahead).max()),
        position=float(np.median(standing)),
    )


def _counts(stall: Stall, settings: Mapping[str, float]) -> bool:
    return (
        stall.reach >= settings["reach"]
        and stall.travel >= settings["travel"]
        and stall.travel >= settings["times"] * stall.creep
    )


def speed(time: Floats, position: Floats, window: float) -> Floats:
    """(N, K) mean speed over a window around each row, cut at the ends of the episode.

    Args:
        time: (N,) s, two rows or more.
        position: (N, K).
        window: s.
    """
    after = np.minimum(time + window / 2, time[-1])
    before = np.maximum(time - window / 2, time[0])
    # Joints lie one after the other in memory: (K, N) is read in order.
    joints = np.ascontiguousarray(position.T)
    moved = _at(time, joints, after) - _at(time, joints, before)
    found: Floats = (moved / (after - before)).T
    return found


def _at(time: Floats, joints: Floats, asked: Floats) -> Floats:
    """Positions (K, N) at other times, linear between rows."""
    row = np.clip(np.searchsorted(time, asked, side="right") - 1, 0, len(time) - 2)
    part = (asked - time[row]) / (time[row + 1] - time[row])
    first = joints.take(row, axis=1)
    found: Floats = first + part * (joints.take(row + 1, axis=1) - first)
    return found


def stretches(flags: Flags, time: Floats, duration: float = 0.0) -> list[slice]:
    """Stretches of True that last so long, s, from their first row to their last."""
    if not flags.any():
        return []
    padded = np.zeros(len(flags) + 2, dtype=np.bool_)
    padded[1:-1] = flags
    first, after = np.flatnonzero(padded[1:] != padded[:-1]).reshape(-1, 2).T
    long = time[after - 1] - time[first] >= duration
    return [slice(a, b) for a, b in zip(first[long].tolist(), after[long].tolist(), strict=True)]


THRESHOLDS: Mapping[str, Threshold] = {
    "distance": Threshold(
        0.100,
        "rad",
        "above the rest error of a free joint, 82 mrad, and at the edges of the known jams",
    ),
    "speed": Threshold(0.100, "rad/s", "the known jams creep at up to this speed at their start"),
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
}
"""Set on the known jams of a robot; the other side is held against the same."""
