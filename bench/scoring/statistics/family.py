"""One test of many differences: studentised max-t, balanced, from one resample matrix.

Each difference has a critical value of its own: the one that it would have if it were tested
alone, times a multiple common to all. The multiple is the quantile of the largest deviation, each
in units of that value, so that the error of the whole family is 1 − level (Westfall and Young,
Resampling-based multiple testing, 1993; balance: Beran, Journal of the American Statistical
Association 83, 1988). Without the units one heavy-tailed difference, such as that of two entries
which agree on most motions, sets the critical value of all others; `docs/statistics.md` has both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scoring.statistics.bootstrap import (
    Counts,
    Floats,
    Ratios,
    Resamples,
    order_statistic,
    ratio_columns,
    t_statistics,
)

Flags = NDArray[np.bool_]

UNBOUNDED_SHARE = 0.001  # of the resamples; in about six groups two entries must differ
BLOCK = 64  # differences whose resamples are held at a time


@dataclass(frozen=True)
class Family:
    """P differences tested together.

    Attributes:
        tested: (P,) False where two entries differ in too few groups.
        critical: (P,) critical value of |difference| / error; NaN where not tested.
        reason: why nothing was tested; None where something was.
    """

    tested: Flags
    critical: Floats
    reason: str | None


def max_t(differences: Ratios, counts: Counts | Resamples, level: float) -> Family:
    """Critical values of P differences such that the error of the family is 1 − `level`.

    A difference is left out, and never significant, if its deviation is unbounded in more than
    1 of 1,000 resamples.

    Args:
        differences: P ratios, P at least 1, over G groups, G at least 2.
        counts: the resamples, or their (R, G) counts.
        level: two-sided.

    Raises:
        ValueError: too few resamples.
    """
    resamples, number = len(counts), len(differences.value)
    last = resamples - 1 - order_statistic(resamples, 1 - level)
    largest, alone = np.zeros(resamples), np.full(number, np.nan)
    for first in range(0, number, BLOCK):
        block = slice(first, first + BLOCK)
        size = _sizes(ratio_columns(differences, block), counts)
        bounded = np.isinf(size).sum(axis=1) <= np.ceil(UNBOUNDED_SHARE * resamples)
        scale = np.partition(size, last, axis=1)[:, last]
        bounded &= np.isfinite(scale)  # a level above 0.999 may ask for an unbounded deviation
        scale[scale == 0] = 1.0  # a difference that is the same in every group never deviates
        alone[block][bounded] = scale[bounded]
        scaled = size[bounded] / scale[bounded, np.newaxis]
        largest = np.maximum(largest, scaled.max(axis=0, initial=0.0))
    tested = ~np.isnan(alone)
    if not tested.any():
        return Family(tested, alone, "no two entries differ in enough groups")
    multiple = np.partition(largest, last)[last]
    if not np.isfinite(multiple):
        none = np.zeros(number, dtype=bool)
        return Family(none, np.full(number, np.nan), "the entries differ in too few groups")
    return Family(tested, multiple * alone, None)


def _sizes(differences: Ratios, counts: Counts | Resamples) -> Floats:
    """(P, R) absolute deviations."""
    return np.concatenate([np.abs(block.T) for block in t_statistics(differences, counts)], axis=1)
