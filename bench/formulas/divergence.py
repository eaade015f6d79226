"""Whether an error grows with the time since the start of an episode, and what it is when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Verdict = Literal["compounding", "contracting", "bounded", "undecided"]

SKIPPED = 2.0
"""s after the start that say nothing about growth: the twin starts from the measured state."""
SHORTEST = 12.0
"""s; shorter episodes have no growth."""
WINDOWS = 10
"""Windows between `SKIPPED` and the end."""
PAIRS = np.triu_indices(WINDOWS, 1)
"""The first and the second window of every pair."""
STEADY = 0.1
"""Growth within ± this is none."""
DIGITS = 9
"""Decimals of a second that count, so that a shift of the clock moves no row."""
HORIZONS = (1.0, 2.0, 5.0)
"""s; edges of the windows of a horizon profile within a decade."""


def growth(time: Floats, norm: Floats, weights: Floats, floor: float) -> float | None:
    """The exponent g with which a prediction's error grows in time, error ~ time^g.

    The time from 2 s after the first row to the last row is cut into ten windows of equal length;
    a row belongs to the window that its time lies in, the last row to the last window. The growth
    is the Theil-Sen slope (the median of the slopes of all pairs) of the logarithm of the windows'
    root mean squares over the logarithm of the time from the first row to the windows' middles.

    Args:
        time: (N,) s, strictly increasing.
        norm: (N,) normalised error, 0 or more.
        weights: (N,) time weights; rows of weight zero are not read.
        floor: what the root mean square of a window is raised to where it is less, positive: the
            normalised error of 0.1 mrad in every joint. An error below it all the time does not
            grow: 0.

    Returns:
        0 for an error that stays, 1 for one that grows in proportion to the time, below 0 for one
        that fades; None for an episode shorter than 12 s and where a window has no scored row.

    Raises:
        ValueError: `floor` is not positive.
    """
    if not floor > 0:
        raise ValueError(f"the floor is positive, not {floor}")
    if len(time) == 0 or time[-1] - time[0] < SHORTEST:
        return None
    borders = np.linspace(SKIPPED, time[-1] - time[0], WINDOWS + 1)
    sums = window_sums(time, norm, weights, np.append(borders[:-1], np.inf))
    if not (sums[:, 1] > 0).all():
        return None
    level = np.log(np.maximum(np.sqrt(sums[:, 0] / sums[:, 1]), floor))
    middle = np.log((borders[:-1] + borders[1:]) / 2)
    first, second = PAIRS
    slopes = np.sort((level[second] - level[first]) / (middle[second] - middle[first]))
    return float(slopes[[(len(slopes) - 1) // 2, len(slopes) // 2]].mean())


def verdict(low: float | None, high: float | None) -> Verdict | None:
    """What the interval of the mean growth says; None where there is no interval.

    Args:
        low: lower end.
        high: upper end.
    """
    if low is None or high is None:
        return None
    if low > STEADY:
        return "compounding"
    if high < -STEADY:
        return "contracting"
    return "bounded" if low >= -STEADY and high <= STEADY else "undecided"


def window_sums(time: Floats, norm: Floats, weights: Floats, edges: Floats) -> Floats:
    """What one episode adds to the root mean square error of windows of time since its first row.

    Args:
        time: (N,) s, increasing.
        norm: (N,) error.
        weights: (N,) time weights; rows of weight zero are not read.
        edges: (W+1,) s since the first row, increasing: a window holds its first edge and not its
            second.

    Returns:
        (W, 2) Σω·norm² and Σω of each window; zeros where it holds no scored row.
    """
    error = np.where(weights > 0, norm, 0.0)
    added = np.zeros((2, len(time) + 1))
    added[:, :-1] = weights * error * error, weights
    borders = np.searchsorted(np.round(time - time[:1], DIGITS), edges)
    sums = np.add.reduceat(added, borders, axis=1)[:, :-1]
    sums[:, borders[1:] == borders[:-1]] = 0.0
    return np.ascontiguousarray(sums.T)


def horizon_edges(longest: float) -> Floats:
    """(W+1,) s: 0, 1, 2, 5, 10, 20, 50, 100 … up to the last that is not above `longest` (s).

    The steps are about equal in the logarithm of time, as an error's growth is; they do not
    depend on the recordings, so that profiles of different datasets compare.
    """
    edges = [0.0]
    decade = 1.0
    while decade <= longest:
        edges += [step * decade for step in HORIZONS if step * decade <= longest]
        decade *= 10
    return np.array(edges)


@dataclass(frozen=True)
class HorizonProfile:
    """Error over the time since the start, of the same episodes in every window.

    Attributes:
        edges: (V+1,) s, edges of the windows, from 0.
        values: (V,) mean over the episodes of each one's root mean square error in the window.
        taken: (E,) the episodes that all this is over.
    """

    edges: Floats
    values: Floats
    taken: Flags


def horizon_profile(sums: Floats, lengths: Floats, edges: Floats) -> HorizonProfile | None:
    """Put the episodes' window sums together.

    The profile reaches to the last edge that at least half of the episodes reach, and is over
    those of them that have a scored row in every window. A profile over all episodes would end
    with the shortest one; one that every episode leaves at its own end would compare early windows
    of some motions with late windows of others.

    Args:
        sums: (E, W, 2) of each episode, `window_sums`.
        lengths: (E,) s from first to last row of each episode.
        edges: (W+1,) s, with which the sums were made, from 0: `horizon_edges`.

    Returns:
        None where half of the episodes reach no edge above 0, or no episode is left.
    """
    reaching = np.count_nonzero(lengths[:, np.newaxis] >= edges[1:], axis=0)
    windows = np.count_nonzero(2 * reaching >= max(len(lengths), 1))
    kept = sums[:, :windows]
    taken: Flags = (lengths >= edges[windows]) & (kept[:, :, 1] > 0).all(axis=1)
    if windows == 0 or not taken.any():
        return None
    values = np.sqrt(kept[taken, :, 0] / kept[taken, :, 1]).mean(axis=0)
    return HorizonProfile(edges[: windows + 1], values, taken)
