"""The boxes of a cell that come near enough to windows, 64 boxes at a time.

In as many dimensions as the numbers of a window have, a scan of short signatures is quicker than
going down a tree to the end (Weber, Schek and Blott, A quantitative analysis and performance study
for similarity-search methods in high-dimensional spaces, VLDB 1998). Here a signature is a bit for
each bound and level: whether a box begins at or below it, and whether it ends at or above it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.guard.near_duplicates.cells import Groups, axes_of
from bench.guard.near_duplicates.motion import Booleans, Integers, Singles

LEVELS = 16
"""Levels of each bound, evenly between its least and its largest in the cell."""

Words = NDArray[np.uint64]


@dataclass(frozen=True)
class Levels:
    """Levels of one bound, in each dimension.

    Attributes:
        start: (D, 1) where the lowest begins.
        per: (D, 1) levels a rad.
    """

    start: Singles
    per: Singles

    @staticmethod
    def of(bounds: Singles) -> Levels:
        """Levels for the bounds (D, B) of some boxes."""
        start = bounds.min(axis=1, keepdims=True)
        span = np.maximum(bounds.max(axis=1, keepdims=True) - start, np.float32(1e-6))
        return Levels(start, np.float32(LEVELS) / span)

    def at(self, values: Singles, axes: Integers) -> Integers:
        """(A, n) the level of each value in some dimensions, where `values` is (A, n).

        A larger value never has a lower one, whatever is rounded.
        """
        places = values - self.start[axes]
        places *= self.per[axes]
        np.maximum(places, 0, out=places)
        np.minimum(places, LEVELS - 1, out=places)
        found: Integers = places.astype(np.int64)
        return found


@dataclass(frozen=True)
class Bitmaps:
    """Bits of the boxes of a cell, in words of 64.

    Attributes:
        begins, ends: levels of the low and of the high bounds.
        below: (D, LEVELS, words) the boxes that begin at or below a level.
        above: (D, LEVELS, words) the boxes that end at or above a level.
    """

    begins: Levels
    ends: Levels
    below: Words
    above: Words

    @staticmethod
    def of(low: Singles, high: Singles) -> Bitmaps:
        """The bitmaps of the boxes with these bounds, (D, B)."""
        begins, ends = Levels.of(low), Levels.of(high)
        every, levels = np.arange(len(low)), np.arange(LEVELS, dtype=np.uint8)[:, None]
        low_at, high_at = (
            places.astype(np.uint8)[:, None]
            for places in (begins.at(low, every), ends.at(high, every))
        )
        return Bitmaps(begins, ends, _packed(low_at <= levels), _packed(high_at >= levels))

    def near(
        self, least: Singles, most: Singles, spare: Booleans, groups: Groups
    ) -> tuple[Integers, Integers]:
        """Windows and boxes that come near enough in the first joints, and in enough of the others.

        Args:
            least: (D, W) the least that each number of a match may be.
            most: (D, W) the most.
            spare: (W,) whether one of the other joints may disagree.
            groups: the first joints, which all have to agree, and the others.
        """
        agree = self._agreeing(least, most, groups.first)
        window, word = np.nonzero(agree)
        every, but_one = agree[window, word], np.zeros(len(window), dtype=np.uint64)
        for joint in groups.second:
            axes = axes_of((joint,))
            begins = self.begins.at(most[axes][:, window], axes)
            ends = self.ends.at(least[axes][:, window], axes)
            rows = axes[:, None]
            bits = self.below[rows, begins, word] & self.above[rows, ends, word]
            agrees = np.bitwise_and.reduce(bits, axis=0)
            but_one = (but_one & agrees) | (every & ~agrees)
            every &= agrees
        every[spare[window]] |= but_one[spare[window]]
        return _set_bits(every, window, word)

    def _agreeing(self, least: Singles, most: Singles, joints: tuple[int, ...]) -> Words:
        """(W, words) the boxes that come near enough to each window in all these joints."""
        axes = axes_of(joints)
        place = self.begins.at(most[axes], axes) * LEVELS + self.ends.at(least[axes], axes)
        agree = np.full((least.shape[1], self.below.shape[2]), ~np.uint64(0))
        for axis, places in zip(axes.tolist(), place, strict=True):
            both = self.below[axis][:, None] & self.above[axis]
            agree &= both.reshape(LEVELS**2, -1)[places]
        return agree


def _packed(bits: Booleans) -> Words:
    """(D, LEVELS, words) of the bits (D, LEVELS, B), the rest of the last word empty."""
    packed = np.packbits(bits, axis=-1, bitorder="little")
    words = np.zeros((*bits.shape[:2], -(-bits.shape[2] // 64)), dtype=np.uint64)
    words.view(np.uint8)[:, :, : packed.shape[2]] = packed
    return words


def _set_bits(words: Words, window: Integers, word: Integers) -> tuple[Integers, Integers]:
    """The window and the box of every set bit, where each of the words is that of a window."""
    filled = np.flatnonzero(words)
    bits = np.unpackbits(words[filled].view(np.uint8), bitorder="little").reshape(-1, 64)
    place, bit = np.nonzero(bits)
    return window[filled][place], word[filled][place] * 64 + bit
