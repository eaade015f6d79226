"""All pairs of entries compared together, and the rank ranges that follow.

An entry's range of ranks counts the entries that are significantly better and worse, over
simultaneous intervals of all differences (Mogstad, Romano, Shaikh and Wilhelm, Review of Economic
Studies 91, 2024). With the family error of `family.max_t`, a board of equal entries names a
winner in one of twenty boards at most.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.scoring.statistics.bootstrap import (
    LEVEL,
    RESAMPLES,
    Floats,
    Ratios,
    Resamples,
    checked,
    exact_sums,
    group_members,
    group_sums,
    ratios,
)
from bench.scoring.statistics.family import Family, Flags, max_t
from bench.scoring.statistics.intervals import MIN_GROUPS, too_few_groups

Scalar = TypeVar("Scalar", bound=np.generic)

MIN_RANKED_GROUPS = 12  # fewer order the entries but do not rank them
POWER = 0.8  # at which the smallest detectable difference is stated


@dataclass(frozen=True)
class LeaveOneOut:
    """The extremes of a mean when one group is left out, and which group that is."""

    low: float
    low_without: str
    high: float
    high_without: str


@dataclass(frozen=True, eq=False)
class Comparison:
    """K entries compared, all pairs together.

    Attributes:
        means: mean over episodes of each entry, in the order given.
        order: entries, best first; equal means keep their order.
        ranks: of each entry (1 + entries significantly better, K − entries significantly worse);
            None where the board is underpowered.
        better: (K, K) row significantly better than column.
        tested: (K, K) the pair was tested; not where the two differ in too few groups.
        difference: (K, K) mean of the row minus mean of the column.
        error: (K, K) its cluster-robust standard error.
        critical: (K, K) what |difference| / error must exceed; NaN where not tested.
        low: (K, K) lower end of the adjusted interval of the difference; NaN where not tested.
        high: (K, K) upper end, likewise.
        smallest_detectable: median over the tested pairs of (critical + 0.842) × error: a true
            difference of that size would be significant on 80 % of boards if errors were normal
            and known; `docs/statistics.md` states the share. None where no pair is tested.
        leave_one_out: extremes of each mean; empty where there is one group.
        underpowered: fewer than 12 groups.
        groups: number of groups.
        episodes: number of episodes.
        reason: why no pair was tested; None where one was, or where there is one entry.
    """

    means: tuple[float, ...]
    order: tuple[int, ...]
    ranks: tuple[tuple[int, int] | None, ...]
    better: Flags
    tested: Flags
    difference: Floats
    error: Floats
    critical: Floats
    low: Floats
    high: Floats
    smallest_detectable: float | None
    leave_one_out: tuple[LeaveOneOut, ...]
    underpowered: bool
    groups: int
    episodes: int
    reason: str | None


def rank_ranges(
    values: ArrayLike,
    groups: ArrayLike,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
    lower_is_better: bool = True,
) -> Comparison:
    """Compare all pairs of entries at one family error, and give each entry a range of ranks.

    Args:
        values: (K, E) finite values, a row for each entry, the same episodes in all.
        groups: (E,) labels, strings or integers.
        seed: of the resamples, one matrix for all pairs.
        resamples: R.
        level: 1 − the error of the whole family, two-sided.
        lower_is_better: False for rates of success.

    Returns:
        The comparison. Fewer than 6 groups: no pair is tested, with a reason. Fewer than 12:
        underpowered, tested and ordered but not ranked.

    Raises:
        ValueError: no entry or episode, values that are not finite, labels that do not fit, too
            few resamples.
    """
    table = checked(values, ["entries", "episodes"])
    if not table.size:
        raise ValueError(f"expected entries and episodes, came shape {table.shape}")
    entries, episodes = table.shape
    labels, member = group_members(groups, episodes)
    sizes = np.bincount(member).astype(np.float64)
    sums = group_sums(table.T, member, len(labels))
    scale = np.abs(table).max(axis=1) * sizes.max()
    means = ratios(sums, sizes, scale).value
    i, j = np.triu_indices(entries, 1)
    pairs = ratios(sums[:, i] - sums[:, j], sizes, np.maximum(scale[i], scale[j]))
    family = _family(pairs, resamples, seed, level)
    difference = _matrix(pairs.value, -pairs.value, entries, 0.0)
    error, critical, half = (
        _matrix(value, value, entries, 0.0)
        for value in (pairs.error, family.critical, family.critical * pairs.error)
    )
    better = (-difference if lower_is_better else difference) > np.nan_to_num(half, nan=np.inf)
    underpowered = len(labels) < MIN_RANKED_GROUPS
    return Comparison(
        means=tuple(means.tolist()),
        order=tuple(np.argsort(means if lower_is_better else -means, kind="stable").tolist()),
        ranks=(None,) * entries if underpowered else _ranks(better),
        better=better,
        tested=_matrix(family.tested, family.tested, entries, False),
        difference=difference,
        error=error,
        critical=critical,
        low=difference - half,
        high=difference + half,
        smallest_detectable=_smallest_detectable(pairs, family),
        leave_one_out=_leave_one_out(sums, sizes, labels),
        underpowered=underpowered,
        groups=len(labels),
        episodes=episodes,
        reason=family.reason,
    )


def _family(pairs: Ratios, resamples: int, seed: int, level: float) -> Family:
    """Test the pairs, unless there are none or too few groups."""
    groups, number = pairs.residual.shape
    none, unknown = np.zeros(number, dtype=bool), np.full(number, np.nan)
    if not number:
        return Family(none, unknown, None)
    if groups < MIN_GROUPS:
        return Family(none, unknown, too_few_groups(groups, "a comparison"))
    return max_t(pairs, Resamples(groups, resamples, seed), level)


def _matrix(
    above: NDArray[Scalar], below: NDArray[Scalar], entries: int, diagonal: float
) -> NDArray[Scalar]:
    """(K, K) matrix from the values of the pairs above and below the diagonal."""
    matrix = np.full((entries, entries), diagonal, dtype=above.dtype)
    rows, columns = np.triu_indices(entries, 1)
    matrix[rows, columns] = above
    matrix[columns, rows] = below
    return matrix


def _ranks(better: Flags) -> tuple[tuple[int, int], ...]:
    """1 + how many are better, K − how many are worse."""
    entries = len(better)
    return tuple(
        (1 + int(above), entries - int(below))
        for above, below in zip(better.sum(axis=0), better.sum(axis=1), strict=True)
    )


def _smallest_detectable(pairs: Ratios, family: Family) -> float | None:
    """Median over the tested pairs of (critical + the normal quantile of the power) × error."""
    if not family.tested.any():
        return None
    reach = (family.critical + NormalDist().inv_cdf(POWER)) * pairs.error
    return float(np.median(reach[family.tested]))


def leave_one_out(values: ArrayLike, groups: ArrayLike) -> LeaveOneOut | None:
    """The extremes of one mean over episodes when a group is left out.

    Args:
        values: (E,) finite values, one for each episode.
        groups: (E,) labels, strings or integers.

    Returns:
        Lowest and highest mean over all groups but one; None where there are fewer than two
        groups. Of equal extremes the first group by label is named.

    Raises:
        ValueError: values that are not finite, labels that do not fit.
    """
    column = checked(values, ["episodes"])[:, np.newaxis]
    labels, member = group_members(groups, len(column))
    if len(labels) < 2:
        return None
    sizes = np.bincount(member).astype(np.float64)
    return _leave_one_out(group_sums(column, member, len(labels)), sizes, labels)[0]


def _leave_one_out(sums: Floats, sizes: Floats, labels: tuple[str, ...]) -> tuple[LeaveOneOut, ...]:
    """Extremes of each mean over all groups but one."""
    if len(labels) == 1:
        return ()
    means = (exact_sums(sums) - sums) / (sizes.sum() - sizes)[:, np.newaxis]
    lowest, highest = means.argmin(axis=0), means.argmax(axis=0)
    return tuple(
        LeaveOneOut(
            low=float(means[low, entry]),
            low_without=labels[low],
            high=float(means[high, entry]),
            high_without=labels[high],
        )
        for entry, (low, high) in enumerate(zip(lowest, highest, strict=True))
    )
