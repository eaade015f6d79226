"""Joints that stand still though commanded away, on one side, while on the other side they move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scoring.labels.label import Label, Threshold
from bench.scoring.labels.signals import rows_label
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Sides:
    """Positions (N, J) in rad: of the side that may stand, of the other one, and the command.

    Attributes:
        standing, moving, command: (N, J) rad.
        side: which one may stand, `reference` or `predicted`.
    """

    standing: Floats
    moving: Floats
    command: Floats
    side: str

    @classmethod
    def of(cls, trace: EpisodeTrace, side: str) -> Sides:
        """The positions where this side may stand."""
        turned = trace.turned
        both = {"reference": turned.reference, "predicted": turned.predicted}
        other = "predicted" if side == "reference" else "reference"
        return cls(both[side], both[other], turned.command, side)


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
    if len(trace.time) < 2:
        return []
    away: Flags = np.abs(sides.command - sides.standing) >= settings["distance"]
    away &= trace.scored[:, None]
    beyond = np.abs(sides.moving - sides.standing) >= settings["reach"]
    possible = np.logical_or.reduce(away & beyond, axis=0).tolist()
    order = [j for columns in trace.columns_of.values() for j in columns if possible[j]]
    if not order:
        return []
    slow = np.abs(trace.speeds[sides.side].over(settings["window"])[:, order]) <= settings["speed"]
    rests = stretches_by_column(away[:, order] & slow, trace.time, settings["duration"])
    found = (
        _stall(sides, j, rows, settings)
        for j, own in zip(order, rests, strict=True)
        for rows in own
    )
    return [stall for stall in found if stall is not None]


def label(trace: EpisodeTrace, name: str, stall: Stall, numbers: dict[str, float]) -> Label:
    """The label of a stall."""
    return rows_label(trace, name, stall.column, [stall.rows], numbers)


def _stall(sides: Sides, column: int, rows: slice, settings: Mapping[str, float]) -> Stall | None:
    """The stall on these rows; None if it does not count."""
    standing, moving = sides.standing[rows, column], sides.moving[rows, column]
    ahead = sides.command[rows, column] - standing
    reach = float(np.max(np.sign(ahead.sum()) * (moving - standing)))
    if reach < settings["reach"]:
        return None
    travel, creep = float(np.ptp(moving)), float(np.ptp(standing))
    if travel < settings["travel"] or travel < settings["times"] * creep:
        return None
    distance, position = float(np.abs(ahead).max()), float(np.median(standing))
    return Stall(column, rows, reach, travel, creep, distance, position)


def stretches(flags: Flags, time: Floats, duration: float = 0.0) -> list[slice]:
    """Stretches of True that last so long, s, from their first row to their last."""
    return stretches_by_column(flags[:, None], time, duration)[0]


def stretches_by_column(flags: Flags, time: Floats, duration: float = 0.0) -> list[list[slice]]:
    """The same of each column of flags (N, J)."""
    padded = np.zeros((flags.shape[1], len(flags) + 2), dtype=np.bool_)
    padded[:, 1:-1] = flags.T
    column, row = np.nonzero(padded[:, 1:] != padded[:, :-1])
    first, after = row[::2], row[1::2]
    long = time[after - 1] - time[first] >= duration
    found: list[list[slice]] = [[] for _ in padded]
    ends = (each[long].tolist() for each in (column[::2], first, after))
    for j, begin, end in zip(*ends, strict=True):
        found[j].append(slice(begin, end))
    return found


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
