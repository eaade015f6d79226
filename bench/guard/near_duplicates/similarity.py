"""How much of a motion stands in another: the definition, computed in full.

A window of one motion is held against every stretch of the other, at every time scale. The time
scale and the shift are common to the whole motion; a window may lie a little off, as a scale
between two steps of the grid would put it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bench.guard.near_duplicates.motion import (
    INTERVAL,
    NEAR,
    WINDOW,
    Booleans,
    Floats,
    Integers,
    Windows,
    stretched,
)

STEP = 1.03
"""From a time scale to the next."""
SLOWEST, QUICKEST = 0.5, 2.0
ROUNDING = 1e-7
"""rad by which sums in another order may differ."""
SLACK = 3
"""Samples that a window may lie off the common shift: half a step of the scale a minute away."""


def time_scales() -> Floats:
    """Every time scale that is tried: how many times quicker the other motion is taken."""
    steps = int(np.log(QUICKEST) / np.log(STEP))
    scales: Floats = np.power(STEP, np.arange(-steps, steps + 1, dtype=np.float64))
    return scales


def count_of(lengths: Integers, scale: float) -> Integers:
    """How many samples motions of so many samples have at a time scale."""
    counts: Integers = ((lengths - 1) / scale + 1e-9).astype(np.int64) + 1
    return counts


@dataclass(frozen=True)
class Similarity:
    """How much of a motion stands in another.

    Attributes:
        share: of its moving windows that match.
        scale: how many times quicker the other has to be taken.
        shift: s, when it begins in the other so taken.
    """

    share: float
    scale: float
    shift: float


def similarity(
    windows: Windows, other: Floats, scales: Sequence[float] | Floats, least: float = 0.0
) -> Similarity:
    """The largest share of windows that match at one scale and shift.

    Args:
        windows: of the one motion.
        other: (N, J) the other motion, from `resampled`.
        scales: which to try.
        least: a smaller share may come out as 0.
    """
    most = max(int(np.ceil(least * len(windows) - 1e-9)), 1)
    equals: list[Similarity] = []
    for scale in scales:
        taken = stretched(other, float(scale))
        if len(taken) < WINDOW or not len(windows):
            continue
        count, shift = _most(windows, Stretches.of(taken), most)
        if count > most:
            most, equals = count, []
        if count == most:
            equals.append(Similarity(count / len(windows), float(scale), shift * INTERVAL))
    # Time scales beside the right one match as many windows: the right one is in their middle.
    return equals[len(equals) // 2] if equals else Similarity(0.0, 1.0, 0.0)


@dataclass(frozen=True)
class Stretches:
    """Every stretch of a motion that is as long as a window.

    Attributes:
        moved: (N, J) the motion around its middle, rad.
        mean, sd: (P, J) of every stretch.
    """

    moved: Floats
    mean: Floats
    sd: Floats

    @staticmethod
    def of(motion: Floats) -> Stretches:
        """The stretches of a motion (N, J)."""
        middle = motion.mean(axis=0)
        moved = motion - middle
        mean, square = _over_windows(moved), _over_windows(moved**2)
        return Stretches(moved, mean + middle, np.sqrt(np.maximum(square - mean**2, 0.0)))


def _over_windows(values: Floats) -> Floats:
    """(P, J) the mean of every stretch."""
    total = np.zeros((len(values) + 1, values.shape[1]))
    np.cumsum(values, axis=0, out=total[1:])
    mean: Floats = (total[WINDOW:] - total[:-WINDOW]) / WINDOW
    return mean


def _most(windows: Windows, stretches: Stretches, needed: int) -> tuple[int, int]:
    """The most windows that match at one shift, and the shift in samples; 0 if under `needed`.

    Of several such shifts it is the middle one of those that follow each other, nearest to none.
    """
    counts, first = _counts(matches(windows, stretches), windows.start)
    if counts.max() < needed:
        return 0, 0
    shifts = np.flatnonzero(counts == counts.max()) + first
    neighbours = np.split(shifts, np.flatnonzero(np.diff(shifts) > 1) + 1)
    smallest = min(neighbours, key=lambda each: int(np.abs(each).min()))
    return int(counts.max()), int(smallest[len(smallest) // 2])


def matches(windows: Windows, stretches: Stretches) -> Booleans:
    """(W, P) whether a window matches a stretch of the other motion."""
    joints = windows.mean.shape[1]
    agreeing = np.zeros((len(windows), len(stretches.mean)), dtype=np.int8)
    for joint in range(joints):
        # What is centred needs no mean on the other side.
        taken = sliding_window_view(stretches.moved[:, joint], WINDOW)
        product = windows.centred[:, :, joint] @ taken.T
        square = windows.sd[:, joint, None] ** 2 + stretches.sd[None, :, joint] ** 2
        agrees = square - product * (2 / WINDOW) <= windows.tolerance[:, joint, None] ** 2
        agrees &= np.abs(windows.mean[:, joint, None] - stretches.mean[None, :, joint]) < NEAR
        agreeing += agrees
    found: Booleans = agreeing >= (joints - windows.spare)[:, None]
    return found


def _counts(matching: Booleans, start: Integers) -> tuple[Integers, int]:
    """How many windows match at every shift, and the first shift in samples."""
    wide = _spread(matching)
    latest, length = int(start.max()), wide.shape[1]
    counts = np.zeros(latest + length, dtype=np.int64)
    for row, begins in zip(wide, start.tolist(), strict=True):
        counts[latest - begins : latest - begins + length] += row
    return counts, -latest - SLACK


def _spread(matching: Booleans) -> Booleans:
    """(W, P + 2 SLACK) what matches, and what lies as near to it as a window may be off.

    Also before the first stretch and behind the last one: the common shift may lie there.
    """
    wide = np.zeros((len(matching), matching.shape[1] + 2 * SLACK), dtype=np.bool_)
    for by in range(2 * SLACK + 1):
        wide[:, by : by + matching.shape[1]] |= matching
    return wide
