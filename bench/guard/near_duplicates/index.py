"""A tree of boxes that tells where a window cannot match, and never rules out where it does.

A leaf stands for some neighbouring starts and time scales in one motion: between which bounds the
mean and the standard deviation of every stretch there lie. A window whose own mean and standard
deviation, widened by what the definition allows, miss the box in more joints than it may spare,
matches no stretch of the leaf. Boxes of parents hold those of their children: first of starts,
then of scales, then of motions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.guard.near_duplicates.motion import (
    NEAR,
    WINDOW,
    Booleans,
    Floats,
    Integers,
    Windows,
    stretched,
)
from bench.guard.near_duplicates.similarity import ROUNDING, Stretches, time_scales

STARTS = 8
"""Samples that the starts of one leaf span."""
SCALES = 5
"""Time scales of one leaf."""
MOTIONS = 256
"""Motions of one tree; more are searched tree by tree, so that memory stays the same."""
PAIRS = 500_000
"""Pairs of window and box that are held at once, about, but for one motion's windows."""

Singles = NDArray[np.float32]


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
    """Windows of many motions: bounds of what they may match.

    Attributes:
        owner: (W,) number of the motion.
        low, high: (W, 2J) bounds of means and standard deviations.
        spare: (W,) joints that may disagree.
        needed: (M,) windows that have to match, of each motion.
    """

    owner: Integers
    low: Singles
    high: Singles
    spare: Integers
    needed: Integers


@dataclass(frozen=True)
class _Tree:
    """Boxes of some motions, level by level from the root.

    Attributes:
        levels: (2, n, 2J) low and high bounds; the children of a node are 2i and 2i + 1.
        motions: numbers of the motions, in the order of the leaves.
        times: levels below a scale.
        blocks: levels below a motion.
    """

    levels: list[Singles]
    motions: list[int]
    times: int
    blocks: int


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
    if not len(wanted.owner):
        return
    long = [number for number, motion in enumerate(others) if len(motion) > WINDOW // 2]
    order = sorted(long, key=lambda number: len(others[number]))
    for first in range(0, len(order), MOTIONS):
        tree = _tree(others, order[first : first + MOTIONS])
        every = np.arange(len(wanted.owner))
        yield from _search(tree, wanted, every, np.zeros(len(every), dtype=np.int64))


def _queries(queries: Sequence[Windows], least: float) -> _Queries:
    owner = np.repeat(np.arange(len(queries)), [len(each) for each in queries])
    mean = np.concatenate([each.mean for each in queries])
    sd = np.concatenate([each.sd for each in queries])
    within = np.concatenate([each.tolerance for each in queries])
    near, within = NEAR + ROUNDING, within + ROUNDING
    low, high = np.hstack([mean - near, sd - within]), np.hstack([mean + near, sd + within])
    needed = np.ceil([max(least * len(each), 1) - 1e-9 for each in queries]).astype(np.int64)
    spare = np.concatenate([each.spare for each in queries])
    return _Queries(owner, *_outward(low, high), spare, needed)


def _outward(low: Floats, high: Floats) -> tuple[Singles, Singles]:
    """In single precision, no narrower than before."""
    down, up = np.float32(-np.inf), np.float32(np.inf)
    return (
        np.nextafter(low.astype(np.float32), down),
        np.nextafter(high.astype(np.float32), up),
    )


def _tree(others: Sequence[Floats], numbers: Sequence[int]) -> _Tree:
    scales = time_scales()
    blocks = _power_of_two(-(-len(scales) // SCALES))
    longest = max(len(others[number]) for number in numbers)
    times = _power_of_two(-(-longest // STARTS))
    leaves = [_leaves(others[number], blocks, times) for number in numbers]
    middles = np.array([_middle(each) for each in leaves])
    order = _nearby(middles, np.arange(len(numbers)))
    level = np.concatenate([leaves[place] for place in order], axis=1)
    empty = _power_of_two(len(numbers)) - len(numbers)
    level = np.concatenate([level, _empty(empty * blocks * times, level.shape[2])], axis=1)
    levels = [level]
    while level.shape[1] > 1:
        level = np.stack(
            [
                np.minimum(level[0, ::2], level[0, 1::2]),
                np.maximum(level[1, ::2], level[1, 1::2]),
            ]
        )
        levels.insert(0, level)
    below = int(np.log2(times))
    return _Tree(levels, [numbers[i] for i in order], below, below + int(np.log2(blocks)))


def _power_of_two(least: int) -> int:
    return 1 << max(least - 1, 0).bit_length()


def _empty(count: int, width: int) -> Singles:
    """Boxes that nothing meets."""
    box = np.full((2, count, width), np.inf, dtype=np.float32)
    box[1] = -np.inf
    return box


def _middle(leaves: Singles) -> Floats:
    low, high = leaves[0].min(axis=0), leaves[1].max(axis=0)
    middle = (low.astype(np.float64) + high) / 2
    return np.where(np.isfinite(middle), middle, 0.0)


def _nearby(middles: Floats, numbers: Integers) -> list[int]:
    """An order in which neighbours are alike: halves by the widest spread, again and again."""
    if len(numbers) <= 1:
        return [int(number) for number in numbers]
    column = int(np.argmax(np.ptp(middles[numbers], axis=0)))
    sorted_ = numbers[np.argsort(middles[numbers, column], kind="stable")]
    half = _power_of_two(len(sorted_)) // 2
    return _nearby(middles, sorted_[:half]) + _nearby(middles, sorted_[half:])


def _leaves(motion: Floats, blocks: int, times: int) -> Singles:
    """(2, blocks * times, 2J) boxes of one motion, for every block of scales those of starts."""
    found = _empty(blocks * times, 2 * motion.shape[1])
    for number, scale in enumerate(time_scales()):
        taken = stretched(motion, float(scale))
        if len(taken) < WINDOW:
            continue
        stretches = Stretches.of(taken)
        features = np.hstack([stretches.mean, stretches.sd])
        # Blocks are as many for every scale, so that a block of scales spans the same times.
        starts = np.minimum(scale * np.arange(len(features)) / STARTS, times - 1).astype(np.int64)
        first = np.flatnonzero(np.diff(starts, prepend=-1))
        low, high = _outward(
            np.minimum.reduceat(features, first), np.maximum.reduceat(features, first)
        )
        place = number // SCALES * times + starts[first]
        found[0, place] = np.minimum(found[0, place], low)
        found[1, place] = np.maximum(found[1, place], high)
    return found


def _search(
    tree: _Tree, wanted: _Queries, window: Integers, node: Integers, number: int = 0
) -> Iterator[Candidate]:
    """Go down from a level with some pairs; wherever too few windows are left, give all up."""
    for level in range(number, len(tree.levels)):
        below = len(tree.levels) - 1 - level
        kept = _meets(tree.levels[level], wanted, window, node)
        window, node = window[kept], node[kept]
        if below <= tree.blocks:
            kept = _enough(wanted, window, node >> max(tree.times - below, 0))
            window, node = window[kept], node[kept]
        if not len(window):
            return
        if below:
            window, node = np.repeat(window, 2), np.repeat(2 * node, 2)
            node[1::2] += 1
        if len(window) > PAIRS and level + 1 < len(tree.levels):
            halves = _halves(wanted.owner[window])
            if halves is not None:
                for half in halves:
                    yield from _search(tree, wanted, window[half], node[half], level + 1)
                return
    yield from _candidates(tree, wanted, window, node)


def _halves(owner: Integers) -> tuple[Booleans, Booleans] | None:
    """Pairs of the first half of the motions, and those of the other; None if there is one."""
    owners = np.unique(owner)
    if len(owners) < 2:
        return None
    first = owner < owners[len(owners) // 2]
    return first, ~first


def _meets(level: Singles, wanted: _Queries, window: Integers, node: Integers) -> Booleans:
    """Whether the bounds of a window meet a box in enough joints."""
    kept = np.empty(len(window), dtype=np.bool_)
    joints = level.shape[2] // 2
    for first in range(0, len(window), PAIRS):
        rows = slice(first, first + PAIRS)
        w, n = window[rows], node[rows]
        meets = (wanted.low[w] <= level[1][n]) & (level[0][n] <= wanted.high[w])
        agrees = meets[:, :joints] & meets[:, joints:]
        kept[rows] = agrees.sum(axis=1) >= joints - wanted.spare[w]
    return kept


def _enough(wanted: _Queries, window: Integers, box: Integers) -> Booleans:
    """Whether enough windows of the same motion are left in the same box."""
    windows, motions = len(wanted.owner), len(wanted.needed)
    pairs = np.unique(box * windows + window)
    groups, counts = np.unique(
        pairs // windows * motions + wanted.owner[pairs % windows], return_counts=True
    )
    good = groups[counts >= wanted.needed[groups % motions]]
    return np.isin(box * motions + wanted.owner[window], good)


def _candidates(
    tree: _Tree, wanted: _Queries, window: Integers, node: Integers
) -> Iterator[Candidate]:
    scales, leaf = time_scales(), node >> tree.times
    blocks = 1 << (tree.blocks - tree.times)
    owner, motion = wanted.owner[window], leaf // blocks
    for query, place in np.unique(np.stack([owner, motion]), axis=1).T:
        at = (owner == query) & (motion == place)
        left = np.unique(leaf[at] % blocks)
        chosen = np.concatenate([scales[b * SCALES : (b + 1) * SCALES] for b in left])
        yield Candidate(int(query), tree.motions[int(place)], chosen)
