"""A few numbers for the shape of a window, and bounds of them for the stretches of a motion.

A window is summed up, joint by joint, by its mean and by its first cosines, taken of the means of
eighths. The cosines have unit root mean square, so that two windows differ in them by no more than
they differ, root mean square, sample by sample (Faloutsos, Ranganathan and Manolopoulos, Fast
subsequence matching in time-series databases, SIGMOD 1994). Neighbouring stretches, at neighbouring
time scales, share a box: the bounds of their numbers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench.guard.near_duplicates.motion import WINDOW, Floats, Integers, Singles
from bench.guard.near_duplicates.similarity import count_of, time_scales

PARTS = 8
"""Parts of a window whose means are taken."""
COSINES = 3
"""Cosines beside the mean."""
SCALES = 3
"""Time scales of one box."""
STARTS = 4
"""Starts of one box at its first time scale, in samples."""
BATCH = 64
"""Motions that are summed up together."""
MARGIN = 1e-4
"""rad by which boxes are wider, for what single precision rounds."""


@dataclass(frozen=True)
class Boxes:
    """Bounds of the numbers of some stretches.

    Attributes:
        owner: (B,) number of the motion.
        scales: (B,) number of the first of the box's time scales.
        group: (B,) number of the group of starts, STARTS samples long at the first time scale.
        middle, half: (B, J, 1 + COSINES) rad, the mean first.
    """

    owner: Integers
    scales: Integers
    group: Integers
    middle: Singles
    half: Singles

    def __len__(self) -> int:
        """Number of boxes."""
        return len(self.owner)


def basis() -> Floats:
    """(1 + COSINES, PARTS) what a window's numbers are of the means of its parts."""
    part = np.arange(PARTS) + 0.5
    waves = np.cos(np.pi * np.arange(1 + COSINES)[:, None] * part / PARTS)
    waves[1:] *= np.sqrt(2)
    rows: Floats = waves / PARTS
    return rows


def features(mean: Floats, centred: Floats) -> Singles:
    """(W, J, 1 + COSINES) the numbers of windows with these means and what is left of them."""
    count, _, joints = centred.shape
    parts = centred.reshape(count, PARTS, WINDOW // PARTS, joints).mean(axis=2)
    numbers = np.einsum("kp,wpj->wjk", basis(), parts)
    numbers[:, :, 0] = mean
    single: Singles = numbers.astype(np.float32)
    return single


def boxes(motions: Sequence[Floats]) -> Boxes:
    """The boxes of some motions (N, J), which are not too many to be held at once."""
    order = np.argsort([len(motion) for motion in motions], kind="stable")
    found = [
        part
        for first in range(0, len(order), BATCH)
        for part in _of_batch(motions, order[first : first + BATCH])
    ]
    return Boxes(
        owner=np.concatenate([each.owner for each in found]),
        scales=np.concatenate([each.scales for each in found]),
        group=np.concatenate([each.group for each in found]),
        middle=np.concatenate([each.middle for each in found]),
        half=np.concatenate([each.half for each in found]),
    )


def _of_batch(motions: Sequence[Floats], numbers: Integers) -> Iterator[Boxes]:
    """The boxes of motions of about the same length, block of scales by block."""
    lengths = np.array([len(motions[number]) for number in numbers])
    origin = np.stack([motions[number].mean(axis=0) for number in numbers])
    values = np.zeros((len(numbers), int(lengths.max()), origin.shape[1]), dtype=np.float32)
    for line, number in enumerate(numbers.tolist()):
        values[line, : lengths[line]] = motions[number] - origin[line]
        values[line, lengths[line] :] = values[line, lengths[line] - 1]
    scales = time_scales()
    for first in range(0, len(scales), SCALES):
        low, high = _bounds(values, lengths, scales[first : first + SCALES])
        row, place = np.nonzero(np.isfinite(low[0, :, :, 0]))
        low, high = (np.moveaxis(each[:, row, place], 0, -1) for each in (low, high))
        middle = (low + high) / np.float32(2)
        middle[:, :, 0] += origin[row].astype(np.float32)
        half = (high - low) / np.float32(2) + np.float32(MARGIN)
        yield Boxes(numbers[row], np.full(len(row), first), place, middle, half)


def _bounds(values: Singles, lengths: Integers, scales: Floats) -> tuple[Singles, Singles]:
    """(1 + COSINES, M, G, J) lowest and highest numbers in each group of neighbouring starts."""
    span = float(scales[0]) * STARTS
    groups = int(values.shape[1] / span) + 2
    shape = (1 + COSINES, len(values), groups, values.shape[2])
    low = np.full(shape, np.inf, dtype=np.float32)
    high = np.full(shape, -np.inf, dtype=np.float32)
    for scale in scales:
        counts = count_of(lengths, float(scale)) - WINDOW + 1
        if counts.max() < 1:
            continue
        numbers = _numbers(values, float(scale), int(counts.max()))
        past = np.arange(numbers.shape[2]) >= counts[:, None]
        group = (scale * np.arange(numbers.shape[2]) / span).astype(np.int64)
        first = np.flatnonzero(np.diff(group, prepend=-1))
        at = group[first]
        for bound, take, none in ((low, np.minimum, np.inf), (high, np.maximum, -np.inf)):
            numbers[:, past] = none
            bound[:, :, at] = take(bound[:, :, at], take.reduceat(numbers, first, axis=2))
    return low, high


def _numbers(values: Singles, scale: float, starts: int) -> Singles:
    """(1 + COSINES, M, P, J) the numbers of the stretches from every start at a time scale."""
    at = scale * np.arange(starts + WINDOW - 1)
    low = np.minimum(at.astype(np.int64), max(values.shape[1] - 2, 0))
    part = (at - low).astype(np.float32)[:, None]
    taken = values[:, low]
    taken += part * (values[:, np.minimum(low + 1, values.shape[1] - 1)] - taken)
    size = WINDOW // PARTS
    count = taken.shape[1] - size + 1
    sums = taken[:, :count].copy()
    for step in range(1, size):
        sums += taken[:, step : step + count]
    parts = np.stack([sums[:, size * i : size * i + starts] for i in range(PARTS)])
    rows = (basis() / size).astype(np.float32)
    numbers: Singles = (rows @ parts.reshape(PARTS, -1)).reshape(-1, *parts.shape[1:])
    return numbers
