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

from bench.guard.near_duplicates.motion import WINDOW, Booleans, Floats, Integers, Singles
from bench.guard.near_duplicates.similarity import count_of, time_scales

PARTS = 8
"""Parts of a window whose means are taken."""
COSINES = 3
"""Cosines beside the mean."""
NUMBERS = 1 + COSINES
"""Numbers of a joint."""
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
        low, high: (B, J * NUMBERS) rad, joint by joint, the mean first.
    """

    owner: Integers
    scales: Integers
    group: Integers
    low: Singles
    high: Singles

    def __len__(self) -> int:
        """Number of boxes."""
        return len(self.owner)

    def only(self, numbers: Integers) -> Boxes:
        """Some of the boxes."""
        return Boxes(
            owner=self.owner[numbers],
            scales=self.scales[numbers],
            group=self.group[numbers],
            low=self.low[numbers],
            high=self.high[numbers],
        )


def basis() -> Floats:
    """(NUMBERS, PARTS) what a window's numbers are of the means of its parts."""
    part = np.arange(PARTS) + 0.5
    waves = np.cos(np.pi * np.arange(NUMBERS)[:, None] * part / PARTS)
    waves[1:] *= np.sqrt(2)
    rows: Floats = waves / PARTS
    return rows


def features(mean: Floats, centred: Floats) -> Singles:
    """(W, J * NUMBERS) the numbers of windows with these means and what is left of them."""
    count, _, joints = centred.shape
    parts = centred.reshape(count, PARTS, WINDOW // PARTS, joints).mean(axis=2)
    numbers = np.einsum("kp,wpj->wjk", basis(), parts)
    numbers[:, :, 0] = mean
    single: Singles = numbers.reshape(count, joints * NUMBERS).astype(np.float32)
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
        low=np.concatenate([each.low for each in found]),
        high=np.concatenate([each.high for each in found]),
    )


def _of_batch(motions: Sequence[Floats], numbers: Integers) -> Iterator[Boxes]:
    """The boxes of motions of about the same length, block of scales by block."""
    lengths = np.array([len(motions[number]) for number in numbers])
    origin = np.stack([motions[number].mean(axis=0) for number in numbers])
    # Sample by sample, all motions and joints in one row: every step runs along whole rows.
    values = np.zeros((int(lengths.max()), *origin.shape), dtype=np.float32)
    for line, number in enumerate(numbers.tolist()):
        values[: lengths[line], line] = motions[number] - origin[line]
        values[lengths[line] :, line] = values[lengths[line] - 1, line]
    scales = time_scales()
    for first in range(0, len(scales), SCALES):
        low, high, there = _bounds(values, lengths, scales[first : first + SCALES])
        place, row = np.nonzero(there)
        low, high = (np.moveaxis(each, 0, -1)[place, row] for each in (low, high))
        shape = (len(row), NUMBERS * origin.shape[1])
        low[:, :, 0] += origin[row].astype(np.float32)
        high[:, :, 0] += origin[row].astype(np.float32)
        yield Boxes(
            owner=numbers[row],
            scales=np.full(len(row), first),
            group=place,
            low=low.reshape(shape) - np.float32(MARGIN),
            high=high.reshape(shape) + np.float32(MARGIN),
        )


def _bounds(
    values: Singles, lengths: Integers, scales: Floats
) -> tuple[Singles, Singles, Booleans]:
    """Lowest and highest numbers in each group of neighbouring starts.

    Args:
        values: (N, M, J) rad, motions of about the same length.
        lengths: (M,) of the motions.
        scales: of one block.

    Returns:
        (NUMBERS, G, M, J) twice, and (G, M) whether the motion is so long that it has the group.
    """
    span = float(scales[0]) * STARTS
    groups = int(len(values) / span) + 2
    shape = (NUMBERS, groups, *values.shape[1:])
    low = np.full(shape, np.inf, dtype=np.float32)
    high = np.full(shape, -np.inf, dtype=np.float32)
    last = np.full(len(lengths), -1)
    for scale in scales:
        counts = count_of(lengths, float(scale)) - WINDOW + 1
        starts = int(counts.max())
        if starts < 1:
            continue
        numbers = _numbers(values, float(scale), starts)
        _end_with_the_motion(numbers, counts)
        group = (scale * np.arange(starts) / span).astype(np.int64)
        last = np.maximum(last, np.where(counts > 0, group[np.maximum(counts, 1) - 1], -1))
        first = np.flatnonzero(np.diff(group, prepend=-1))
        until = np.append(first[1:], starts) - 1
        # The groups follow each other without a gap, from the first one on.
        below, above = low[:, : len(first)], high[:, : len(first)]
        for step in range(int((until - first).max()) + 1):
            taken = numbers[:, np.minimum(first + step, until)]
            np.minimum(below, taken, out=below)
            np.maximum(above, taken, out=above)
    return low, high, np.arange(groups)[:, None] <= last


def _end_with_the_motion(numbers: Singles, counts: Integers) -> None:
    """Repeat the last stretch of motions that are shorter than the longest one.

    It may come into the box of another scale's last stretches, which is then wider than it need be.
    """
    tail = np.arange(max(int(counts.min()), 0), numbers.shape[1])
    if len(tail):
        taken = np.clip(counts - 1, 0, tail[:, None])
        numbers[:, tail] = numbers[:, taken, np.arange(len(counts))]


def _numbers(values: Singles, scale: float, starts: int) -> Singles:
    """(NUMBERS, P, M, J) the numbers of the stretches from every start at a time scale."""
    at = scale * np.arange(starts + WINDOW - 1)
    low = np.minimum(at.astype(np.int64), max(len(values) - 2, 0))
    taken = values[low]
    rise = values[np.minimum(low + 1, len(values) - 1)]
    rise -= taken
    rise *= (at - low).astype(np.float32)[:, None, None]
    taken += rise
    size = WINDOW // PARTS
    count = len(taken) - size + 1
    sums = taken[:count].copy()
    for step in range(1, size):
        sums += taken[step : step + count]
    parts = [sums[size * i : size * i + starts] for i in range(PARTS)]
    # A cosine is the same, or the same but for the sign, from either end.
    mirrored = list(zip(parts[: PARTS // 2], parts[: PARTS // 2 - 1 : -1], strict=True))
    folded = [[one + two for one, two in mirrored], [one - two for one, two in mirrored]]
    rows = (basis() / size).astype(np.float32)
    numbers = np.empty((NUMBERS, *parts[0].shape), dtype=np.float32)
    for number, row in enumerate(rows):
        for place, part in enumerate(folded[number % 2]):
            if place == 0:
                np.multiply(part, row[place], out=numbers[number])
            else:
                numbers[number] += part * row[place]
    return numbers
