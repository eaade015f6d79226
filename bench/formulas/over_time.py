"""Errors of several episodes that lie end to end, each episode's in a few numbers.

Sums run over the rows of one episode only and in an order that depends on its length alone, so an
episode has the same numbers wherever it lies, bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.formulas.weighting import time_weights

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

END = 0.5
"""How much of the end of an episode its end value averages, s."""
ROUNDING = 1e-9
"""Times that differ by less are equal, s."""


@dataclass(frozen=True)
class Clock:
    """The rows of E episodes end to end, and what each row weighs.

    Attributes:
        time: (T,) s, strictly increasing within an episode.
        weights: (T,) s, time weights of each episode (`time_weights`); 0 where a row is not scored.
        start: (E,) first row of each episode; each has at least one row.
    """

    time: Floats
    weights: Floats
    start: Places

    @classmethod
    def of(cls, time: Floats, valid: Flags, start: Places) -> Clock:
        """Weigh the rows.

        Args:
            time: (T,) s.
            valid: (T,) rows that count.
            start: (E,) first row of each episode.
        """
        return cls(time, time_weights(time, valid, start), start)


@dataclass(frozen=True)
class OverTime:
    """An episode's K errors over time; nan where no row is scored.

    Attributes:
        rms: (K,) root of the weighted mean of squares.
        mean: (K,) weighted mean.
        largest: (K,) maximum over the scored rows.
        end: (K,) weighted mean over the last 0.5 s that are scored.
    """

    rms: Floats
    mean: Floats
    largest: Floats
    end: Floats

    def part(self, which: slice) -> OverTime:
        """Some of the K."""
        return OverTime(self.rms[which], self.mean[which], self.largest[which], self.end[which])


def over_time(values: Floats, clock: Clock) -> list[OverTime]:
    """The numbers of each episode.

    Args:
        values: (K, T) errors.
        clock: of their rows.
    """
    scored = clock.weights > 0
    if not scored.any():
        nothing = np.full((len(clock.start), len(values)), np.nan)
        return [OverTime(row, row, row, row) for row in nothing]
    weighted = values * clock.weights
    whole = np.add.reduceat(clock.weights, clock.start)
    whole = np.where(whole > 0, whole, np.nan)
    mean = np.add.reduceat(weighted, clock.start, axis=1) / whole
    square = np.add.reduceat(weighted * values, clock.start, axis=1) / whole
    largest = np.maximum.reduceat(np.where(scored, values, -np.inf), clock.start, axis=1)
    largest = np.where(np.isnan(whole), np.nan, largest)
    borders = _ends(clock, scored)
    weight = np.add.reduceat(clock.weights, borders)[::2]
    end = np.add.reduceat(weighted, borders, axis=1)[:, ::2] / np.where(weight > 0, weight, np.nan)
    numbers = np.stack([np.sqrt(square), mean, largest, end]).transpose(2, 0, 1)
    return [OverTime(*each) for each in numbers]


def _ends(clock: Clock, scored: Flags) -> Places:
    """(2E − 1,) the first row of the last 0.5 s that are scored, and the next episode's first."""
    borders = np.repeat(np.append(clock.start, len(scored)), 2)[1:-2]
    for number, (first, after) in enumerate(
        zip(clock.start, np.append(clock.start[1:], len(scored)), strict=True)
    ):
        rows = np.flatnonzero(scored[first:after])
        if len(rows):
            since = clock.time[first:after] - clock.time[first]
            borders[2 * number] += np.searchsorted(since, since[rows[-1]] - END - ROUNDING)
    return borders
