"""How often something is larger than all that was seen: an exponential tail.

Over a level that some of the sizes seen pass, how far they pass it is taken to fall off
exponentially: peaks over a threshold, generalised Pareto with shape 0 (Coles 2001, An Introduction
to Statistical Modeling of Extreme Values, ch. 4).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST = 8
"""Sizes that make a tail, at most: the largest."""
FEW = 4
"""Fewer sizes than this are all of the tail, which then begins at 0."""


@dataclass(frozen=True)
class Tail:
    """The larger of some sizes.

    Attributes:
        sizes: (N,) all that was seen, not negative, the largest first.
        number: how many of them are larger than `begin`, k.
        begin: where the tail begins, in the unit of the sizes.
        excess: by how much they are larger, added up, S.
    """

    sizes: NDArray[np.float64]
    number: int
    begin: float
    excess: float

    def passed(self, level: float) -> float:
        """How many are to be expected at or above a level where as many are drawn again.

        With the mean excess as it is estimated, S/k. Up to where the tail begins they are counted.
        """
        if level <= self.begin or not self.number:
            return float((self.sizes >= level).sum())
        return self.number * math.exp(-(level - self.begin) * self.number / self.excess)

    def passed_on_average(self, level: float) -> float:
        """The same, averaged over what the mean excess may be.

        After k excesses that add up to S, one more is beyond x with a probability of
        (S / (S + x))ᵏ: an exponential of unknown mean σ with the prior 1/σ. A level that was set
        by the sizes themselves is passed so often, if the sizes are independent.
        """
        if level <= self.begin or not self.number:
            return self.passed(level)
        share = self.excess / (self.excess + level - self.begin)
        return float(self.number * share**self.number)

    def level(self, expected: float) -> float:
        """The lowest level in the tail that `expected` are to be expected at or above.

        Args:
            expected: more than 0.
        """
        if not self.number or expected >= self.number:
            return self.begin
        wanted = math.log(self.number) - math.log(expected)
        return self.begin + self.excess / self.number * wanted


def tail_of(sizes: Sequence[float]) -> Tail:
    """The tail of some sizes: their larger half, at most `MOST`, and what equals its smallest.

    Where they are fewer than `FEW`, it is all of them.

    Args:
        sizes: more than 0.
    """
    ordered = np.sort(np.asarray(sizes, dtype=np.float64))[::-1]
    number = len(ordered) if len(ordered) < FEW else min(MOST, math.ceil(len(ordered) / 2))
    smallest = ordered[number - 1] if number else 0.0
    begin = float(ordered[ordered < smallest].max(initial=0.0)) if len(ordered) >= FEW else 0.0
    larger = ordered[ordered > begin]
    return Tail(ordered, len(larger), begin, float((larger - begin).sum()))
