"""Several weighted quantiles of the same values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BINS = 1024
"""Classes into which the values are counted before those of one class are sorted."""


def weighted_quantiles(values: Floats, weights: Floats, shares: Sequence[float]) -> Floats:
    """For each share the smallest value at which the cumulated weight reaches it.

    The definition is that of `bench.formulas.weighting.weighted_quantile`: nothing is interpolated,
    and a share counts as reached from 1e-12 of it below. The values are counted into classes of
    equal width, and only the classes that hold a quantile are sorted.

    Args:
        values: (N,) finite values.
        weights: (N,) weights with a positive sum; rows of weight zero do not count.
        shares: S numbers between 0 and 1.

    Returns:
        (S,) values.
    """
    rows = np.flatnonzero(weights > 0)
    if len(rows) < len(values):
        values, weights = values[rows], weights[rows]
    lowest = np.minimum.reduce(values)
    width = np.maximum.reduce(values) - lowest
    if width == 0:
        return np.full(len(shares), lowest)
    classes = ((values - lowest) / width * BINS).astype(np.intp)
    reached = np.cumsum(np.bincount(classes, weights, BINS + 1))
    wanted = np.asarray(shares, dtype=np.float64) * reached[-1] * (1 - 1e-12)
    found = np.empty(len(wanted))
    for place, weight in enumerate(wanted):
        chosen = int(np.searchsorted(reached, weight))
        members = np.flatnonzero(classes == chosen)
        order = members[np.argsort(values[members])]
        below = reached[chosen - 1] if chosen else 0.0
        last = np.searchsorted(below + np.cumsum(weights[order]), weight)
        found[place] = values[order[min(int(last), len(order) - 1)]]
    return found
