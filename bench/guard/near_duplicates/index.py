"""Where windows of some motions may match in others: a filter that loses no pair.

The stretches of the motions that are searched are bounded by boxes (`features`). Boxes that are
alike form cells (`cells`), and the cells that a window meets are scanned for boxes that it may
match (`bitmaps`). What is left is held against the box joint by joint; motions in which enough
windows are left over are candidates.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bench.guard.near_duplicates.bitmaps import Bitmaps
from bench.guard.near_duplicates.cells import Groups, axes_of, cells, groups_of, spreads
from bench.guard.near_duplicates.features import (
    NUMBERS,
    SCALES,
    STARTS,
    Boxes,
    boxes,
    features,
)
from bench.guard.near_duplicates.motion import (
    NEAR,
    WINDOW,
    Booleans,
    Floats,
    Integers,
    Singles,
    Windows,
)
from bench.guard.near_duplicates.similarity import (
    ROUNDING,
    SLACK,
    STEP,
    count_of,
    time_scales,
)

SAMPLES = 200_000
"""Samples of the motions whose boxes are held at once."""
SHIFTS = 8
"""Samples of a bin of shifts."""
AT_ONCE = 2048
"""Windows that are held against a cell at once."""
COMPARED = 1 << 15
"""Pairs of a window and a box that are compared at once: their numbers stay in the cache."""
COUNTED = 2_000_000
"""Pairs that are counted at once, about: those of whole motions."""

Indices = NDArray[np.int32]
"""Numbers of windows and boxes, of which there may be very many."""


@dataclass(frozen=True)
class Candidate:
    """Where enough windows of a motion may match to be looked at in full.

    Attributes:
        query: number of the motion whose windows were searched for.
        other: number of the motion that may hold them.
        scales: time scales that are left.
    """

    query: int
    other: int
    scales: Floats


@dataclass(frozen=True)
class _Queries:
    """Windows of many motions.

    Attributes:
        owner: (W,) number of the motion.
        start: (W,) sample at which each begins.
        numbers: (W, J * NUMBERS) rad, as in the boxes.
        tolerance: (W, J) rad.
        least, most: (D, W) what each number of a match may be, at the least and at the most.
        spare: (W,) joints that may disagree.
        needed: (M,) windows that have to match, of each motion.
    """

    owner: Integers
    start: Integers
    numbers: Singles
    tolerance: Singles
    least: Singles
    most: Singles
    spare: Integers
    needed: Integers

    def only(self, windows: Integers) -> _Queries:
        """Some of the windows."""
        return replace(
            self,
            owner=self.owner[windows],
            start=self.start[windows],
            numbers=self.numbers[windows],
            tolerance=self.tolerance[windows],
            least=self.least[:, windows],
            most=self.most[:, windows],
            spare=self.spare[windows],
        )


def candidates(
    queries: Sequence[Windows], others: Sequence[Floats], least: float
) -> Iterator[Candidate]:
    """Where a share of at least `least` of a motion's windows may match at one scale.

    Args:
        queries: windows of the motions that are looked for.
        others: (N, J) motions in which they are looked for.
        least: share of the windows, above 0.

    Yields:
        Every pair that the definition would find, and some that it would not.
    """
    wanted = _queries(queries, least)
    lengths = np.array([len(motion) for motion in others], dtype=np.int64)
    long = np.flatnonzero(count_of(lengths, float(time_scales()[0])) >= WINDOW)
    if not len(wanted.owner):
        return
    for numbers in _portions(long, lengths[long], SAMPLES):
        searched = boxes([others[number] for number in numbers])
        pairs = np.concatenate(list(_matching(wanted, searched)), axis=1)
        yield from _enough(wanted, searched, pairs, numbers)


def _queries(queries: Sequence[Windows], least: float) -> _Queries:
    needed = np.ceil([max(least * len(each), 1) - 1e-9 for each in queries])
    tolerance = np.concatenate([each.tolerance for each in queries]) + ROUNDING
    numbers = np.concatenate([features(each.mean, each.centred) for each in queries])
    reach = np.repeat(tolerance, NUMBERS, axis=1).astype(np.float32)
    reach[:, ::NUMBERS] = NEAR
    return _Queries(
        owner=np.repeat(np.arange(len(queries)), [len(each) for each in queries]),
        start=np.concatenate([each.start for each in queries]),
        numbers=numbers,
        tolerance=tolerance.astype(np.float32),
        least=np.ascontiguousarray((numbers - reach).T),
        most=np.ascontiguousarray((numbers + reach).T),
        spare=np.concatenate([each.spare for each in queries]),
        needed=needed.astype(np.int64),
    )


def _portions(numbers: Integers, sizes: Integers, size: int) -> Iterator[Integers]:
    """The numbers, in portions of about a size, where each has a size of its own."""
    portion = np.cumsum(sizes) // size
    for one in np.unique(portion):
        yield numbers[portion == one]


def _matching(wanted: _Queries, searched: Boxes) -> Iterator[Indices]:
    """(2, n) windows and boxes between which a match is not ruled out, some twice."""
    yield np.empty((2, 0), dtype=np.int32)
    spread = spreads(searched, wanted.least, wanted.most)
    groups = groups_of(spread)
    yield from _scanned(wanted, searched, np.arange(len(wanted.owner)), groups, spread)
    # A joint of the first group may disagree: then all of the second agree.
    spared = np.flatnonzero(wanted.spare)
    if len(spared):
        yield from _scanned(wanted, searched, spared, groups.turned(), spread)


def _scanned(
    wanted: _Queries, searched: Boxes, windows: Integers, groups: Groups, spread: Floats
) -> Iterator[Indices]:
    """(2, n) some of the windows, and boxes that agree in the first joints and in enough of all."""
    some = wanted.only(windows)
    for cell in cells(searched, groups.first, spread):
        for window, box in _in_cell(some, searched.only(cell), groups):
            yield np.stack([windows[window], cell[box]]).astype(np.int32)


def _in_cell(wanted: _Queries, cell: Boxes, groups: Groups) -> Iterator[tuple[Integers, Integers]]:
    """The same of the boxes of one cell."""
    met = _meeting(wanted, cell, groups.first)
    if not len(met):
        return
    centre = (cell.high + cell.low) * np.float32(0.5)
    half = (cell.high - cell.low) * np.float32(0.5)
    bitmaps = Bitmaps.of(*(np.ascontiguousarray(each.T) for each in (cell.low, cell.high)))
    for first in range(0, len(met), AT_ONCE):
        some = met[first : first + AT_ONCE]
        least, most, spare = wanted.least[:, some], wanted.most[:, some], wanted.spare[some]
        window, box = bitmaps.near(least, most, spare > 0, groups)
        for start in range(0, len(window), COMPARED):
            few = slice(start, start + COMPARED)
            numbers, boxes_ = some[window[few]], box[few]
            agrees = _agrees(wanted, numbers, centre[boxes_], half[boxes_])
            yield numbers[agrees], boxes_[agrees]


def _meeting(wanted: _Queries, cell: Boxes, joints: tuple[int, ...]) -> Integers:
    """Numbers of the windows that reach into a cell in these joints."""
    low, high = cell.low.min(axis=0), cell.high.max(axis=0)
    met: Integers = np.arange(len(wanted.owner))
    for axis in axes_of(joints).tolist():
        met = met[(wanted.least[axis][met] <= high[axis]) & (wanted.most[axis][met] >= low[axis])]
    return met


def _agrees(wanted: _Queries, window: Integers, centre: Singles, half: Singles) -> Booleans:
    """Whether the bounds (n, D) of boxes allow a match in enough joints of each window."""
    # In place: these are most of what the filter computes.
    off = np.subtract(centre, wanted.numbers[window], out=centre)
    np.abs(off, out=off)
    off -= half
    np.maximum(off, 0, out=off)
    off *= off
    numbers = off.reshape(len(off), -1, NUMBERS)
    shape = numbers[:, :, 1].copy()
    for number in range(2, NUMBERS):
        shape += numbers[:, :, number]
    near = shape <= wanted.tolerance[window] ** 2
    near &= numbers[:, :, 0] <= NEAR**2
    enough: Booleans = np.count_nonzero(near, axis=1) + wanted.spare[window] >= near.shape[1]
    return enough


def _enough(
    wanted: _Queries, searched: Boxes, pairs: Indices, numbers: Integers
) -> Iterator[Candidate]:
    """Motions in which enough windows of one motion were found at a time scale and shift."""
    owner = wanted.owner[pairs[0]]
    counts = np.bincount(owner, minlength=len(wanted.needed))
    for queries in _portions(np.arange(len(counts)), counts, COUNTED):
        some = pairs[:, (owner >= queries[0]) & (owner <= queries[-1])]
        yield from _counted(wanted, searched, some, numbers)


def _counted(
    wanted: _Queries, searched: Boxes, pairs: Indices, numbers: Integers
) -> Iterator[Candidate]:
    """The same of the pairs of some motions."""
    window, box = pairs[:, _often_enough(wanted, searched, *pairs)]
    window, motion, block, shift = _shifted(wanted, searched, window, box)
    # A window counts once, however many boxes of a motion, time scale and shift hold it.
    found = _distinct(window, motion, block, shift)
    group = np.stack([wanted.owner[found[0]], *found[1:]])
    order = np.lexsort(group)
    group = group[:, order]
    first = np.flatnonzero(np.diff(group, prepend=-1).any(axis=0))
    counts = np.diff(first, append=group.shape[1])
    enough = group[:, first[counts >= wanted.needed[group[0, first]]]]
    scales = time_scales()
    for query, other in sorted({(int(a), int(b)) for a, b in enough[:2].T}):
        left = np.unique(enough[2, (enough[0] == query) & (enough[1] == other)])
        chosen = np.concatenate([scales[first : first + SCALES] for first in left])
        yield Candidate(query, int(numbers[other]), chosen)


def _often_enough(wanted: _Queries, searched: Boxes, window: Indices, box: Indices) -> Booleans:
    """Whether enough windows of a pair's motion were found in the other, whatever the shift."""
    found = _distinct(window, searched.owner[box])
    key = wanted.owner[found[0]] * (int(searched.owner.max()) + 1) + found[1]
    pair, counts = np.unique(key, return_counts=True)
    good = pair[counts >= wanted.needed[pair // (int(searched.owner.max()) + 1)]]
    own = wanted.owner[window] * (int(searched.owner.max()) + 1) + searched.owner[box]
    return np.isin(own, good)


def _shifted(
    wanted: _Queries, searched: Boxes, window: Indices, box: Indices
) -> tuple[Indices, Integers, Integers, Integers]:
    """Window, motion, first scale and shift of every pair, once for each bin of shifts it may have.

    The starts of a box span some samples, and a window may lie off the common shift.
    """
    quickest = STEP ** (SCALES - 1)
    start = searched.group[box] * STARTS
    low = np.floor(start / quickest) - wanted.start[window] - SLACK
    high = start + STARTS - wanted.start[window] + SLACK
    low, high = np.floor(low / SHIFTS).astype(np.int64), high // SHIFTS
    bins = high - low + 1
    at = np.repeat(np.arange(len(box)), bins)
    shift = low[at] + np.arange(len(at)) - np.repeat(np.cumsum(bins) - bins, bins)
    return window[at], searched.owner[box][at], searched.scales[box][at], shift


def _distinct(*columns: Integers | Indices) -> Integers:
    """(n, m) the distinct rows of some columns of whole numbers."""
    key = np.zeros(len(columns[0]), dtype=np.int64)
    spans = [(int(c.min()), int(np.ptp(c)) + 1) if len(c) else (0, 1) for c in columns]
    for column, (least, span) in zip(columns, spans, strict=True):
        key = key * span + (column - least)
    key.sort()
    key = key[np.diff(key, prepend=-1) > 0]
    rows = []
    for least, span in reversed(spans):
        key, rest = np.divmod(key, span)
        rows.append(rest + least)
    return np.stack(rows[::-1])
