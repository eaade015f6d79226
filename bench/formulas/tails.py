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
        number: how many of them are beyond `begin`, k.
        begin: where the tail begins, in the unit of the sizes.
        excess: by how much they are beyond it, added up, S.
    """

    sizes: NDArray[np.float64]
    number: int
    begin: float
    excess: float

    def passed(self, level: float) -> float:
        """How many are to be expected beyond a level where as many are drawn again.

        With the mean excess as it is estimated, S/k. Within what was seen they are counted.
        """
        if level <= self.begin:
            return float((self.sizes >= level).sum())
        if self.excess == 0:
            return 0.0
        return self.number * math.exp(-(level - self.begin) * self.number / self.excess)

    def passed_on_average(self, level: float) -> float:
        """The same, averaged over what the mean excess may be.

        After k excesses that add up to S, one more is beyond x with a probability of
        (S / (S + x))ᵏ: an exponential of unknown mean σ with the prior 1/σ. A level that was set
        by the sizes themselves is passed so often.
        """
        if level <= self.begin:
            return self.passed(level)
        share = self.excess / (self.excess + level - self.begin)
        return float(self.number * share**self.number)

    def level(self, expected: float) -> float:
        """The lowest level in the tail that `expected` are to be expected beyond.

        Args:
            expected: more than 0.
        """
        if not self.number or expected >= self.number:
            return self.begin
        return self.begin + self.excess / self.number * math.log(self.number / expected)


def tail_of(sizes: Sequence[float]) -> Tail:
    """The tail of some sizes: their larger half, at most `MOST`; all where they are `FEW`."""
    ordered = np.sort(np.asarray(sizes, dtype=np.float64))[::-1]
    if len(ordered) < FEW:
        return Tail(ordered, len(ordered), 0.0, float(ordered.sum()))
    number = min(MOST, math.ceil(len(ordered) / 2))
    begin = float(ordered[number])
    return Tail(ordered, number, begin, float((ordered[:number] - begin).sum()))
