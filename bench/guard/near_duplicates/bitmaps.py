"""A scan of many boxes for those that a window may match, 64 at a time.

In as many dimensions as the numbers of a window have, a scan of short signatures is quicker than
any tree (Weber, Schek and Blott, A quantitative analysis and performance study for similarity-
search methods in high-dimensional spaces, VLDB 1998). Here a signature is a bit for each bound and
threshold: whether a box begins below it, and whether it ends above it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.guard.near_duplicates.features import Boxes
from bench.guard.near_duplicates.motion import Integers, Singles

THRESHOLDS = 48
"""Thresholds in each dimension, at even shares of the bounds."""

SAMPLED = 10_000
"""Boxes from which the thresholds are taken, about."""

Words = NDArray[np.uint64]


@dataclass(frozen=True)
class Bitmaps:
    """Bits of boxes, in words of 64.

    Attributes:
        joints: number of joints; each has the same number of dimensions.
        begins: (D, T) thresholds of the low bounds, rising, the last infinite.
        ends: (D, T) thresholds of the high bounds, rising, the first minus infinity.
        low: (D, T, words) which boxes begin at or below a threshold.
        high: (D, T, words) which boxes end at or above a threshold.
    """

    joints: int
    begins: Singles
    ends: Singles
    low: Words
    high: Words

    @staticmethod
    def of(boxes: Boxes) -> Bitmaps:
        """The bitmaps of some boxes."""
        count, joints = boxes.middle.shape[:2]
        flat = (each.reshape(count, -1) for each in (boxes.middle, boxes.half))
        middle, half = (np.ascontiguousarray(each.T) for each in flat)
        low, high = middle - half, middle + half
        some = slice(None, None, max(count // SAMPLED, 1))
        inner = np.linspace(0, 1, THRESHOLDS + 2)[1:-1]
        edge = np.full((len(low), 1), np.inf, dtype=np.float32)
        begins = np.hstack([np.quantile(low[:, some], inner, axis=1).T.astype(np.float32), edge])
        ends = np.hstack([-edge, np.quantile(high[:, some], inner, axis=1).T.astype(np.float32)])
        return Bitmaps(
            joints=joints,
            begins=begins,
            ends=ends,
            low=_packed(low, begins, np.less_equal),
            high=_packed(high, ends, np.greater_equal),
        )

    def places(self, numbers: Singles, reach: Singles) -> tuple[Integers, Integers]:
        """(W, D) and (W, D) the thresholds of windows, for low and for high bounds.

        Args:
            numbers: (W, J, K) of the windows.
            reach: (W, J, K) how far each may be off.
        """
        wanted = numbers.reshape(len(numbers), -1).astype(np.float64)
        within = reach.reshape(len(numbers), -1).astype(np.float64)
        axes = range(wanted.shape[1])
        first = [np.searchsorted(self.begins[i], (wanted + within)[:, i]) for i in axes]
        last = [np.searchsorted(self.ends[i], (wanted - within)[:, i], side="right") for i in axes]
        return np.stack(first, axis=1), np.stack(last, axis=1) - 1

    def near(self, begins: Integers, ends: Integers, spare: int) -> Integers:
        """Numbers of the boxes that come near enough in all joints, but for those to spare.

        Args:
            begins: (D,) thresholds of the window for low bounds, from `places`.
            ends: (D,) those for high bounds.
            spare: 0 or 1 joints that may disagree.
        """
        every = np.full(self.low.shape[2], ~np.uint64(0))
        but_one = np.zeros_like(every)
        kept = np.arange(len(every))
        width = len(begins) // self.joints
        for joint in range(self.joints):
            agree = self._agreeing(range(joint * width, (joint + 1) * width), begins, ends, kept)
            if spare:
                but_one &= agree
                but_one |= every & ~agree
            every &= agree
            alive = np.flatnonzero(every | but_one)
            # Neighbours are alike: after some joints most words are empty.
            if len(alive) < len(kept) / 2:
                every, but_one, kept = every[alive], but_one[alive], kept[alive]
        return _set_bits(every | but_one, kept)

    def _agreeing(self, axes: range, begins: Integers, ends: Integers, kept: Integers) -> Words:
        """The kept words, with the bits of boxes that come near enough in all these dimensions."""
        whole = len(kept) == self.low.shape[2]
        agree = np.full(len(kept), ~np.uint64(0))
        for axis in axes:
            for bits in (self.low[axis, begins[axis]], self.high[axis, ends[axis]]):
                agree &= bits if whole else bits[kept]
        return agree


def _packed(bounds: Singles, thresholds: Singles, compare: np.ufunc) -> Words:
    axes, count = bounds.shape
    words = np.zeros((axes, thresholds.shape[1], -(-count // 64)), dtype=np.uint64)
    octets = words.view(np.uint8)
    for axis in range(axes):
        for place, threshold in enumerate(thresholds[axis]):
            bits = np.packbits(compare(bounds[axis], threshold), bitorder="little")
            octets[axis, place, : len(bits)] = bits
    return words


def _set_bits(words: Words, numbers: Integers) -> Integers:
    """Numbers of the set bits of words that have these numbers."""
    filled = np.flatnonzero(words)
    bits = np.unpackbits(words[filled].view(np.uint8), bitorder="little").reshape(-1, 64)
    word, bit = np.nonzero(bits)
    found: Integers = numbers[filled][word] * 64 + bit
    return found
