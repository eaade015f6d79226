"""How far two sides agree on what fails: Cohen's kappa, and how alike their distributions are.

Kappa: J. Cohen, Educational and Psychological Measurement 20, 1960. Jensen-Shannon divergence: J.
Lin, IEEE Transactions on Information Theory 37, 1991; base 2, so that it lies between 0 and 1.

Intervals are percentiles of both over resampled groups. Both have bounds that they often reach, and
many resamples have no spread, so that a studentised deviation would say nothing. A resample in
which the number is not defined counts as the least and as the most that it can be. All sums are of
whole numbers, hence exact.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.scoring.statistics.bootstrap import (
    LEVEL,
    RESAMPLES,
    Floats,
    Resamples,
    group_members,
    order_statistic,
)
from bench.scoring.statistics.intervals import MIN_GROUPS, Estimate, too_few_groups

Flags = NDArray[np.bool_]

PART = 4096
"""Resamples at a time."""


def kappa(
    first: ArrayLike,
    second: ArrayLike,
    groups: ArrayLike,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Estimate:
    """Cohen's kappa of two sides over the same episodes, with interval.

    Args:
        first: (E,) whether an episode fails on one side.
        second: (E,) whether it does on the other.
        groups: (E,) labels of what is resampled together.
        seed: of the resamples.
        resamples: their number.
        level: of the two-sided interval.

    Returns:
        1 where they agree in every episode, 0 where they agree no more than by chance, down to −1.
        None where all episodes fail on both sides or none on either, as kappa is not defined then.
        No interval below 6 groups, or where fewer than 6 have an episode that fails.

    Raises:
        ValueError: flags or labels that do not fit, too few resamples.
    """
    one, other = (flags[:, 0] for flags in _sides(first, second))
    cells = np.stack([one & other, one & ~other, ~one & other, ~one & ~other], axis=1)
    nothing = "in every episode on both sides" if one.any() else "in no episode on either side"
    fails: Flags = np.logical_or(one, other)
    return _estimate(cells, fails, groups, kappas, (-1.0, 1.0), nothing, seed, resamples, level)


def similarity(
    first: ArrayLike,
    second: ArrayLike,
    groups: ArrayLike,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Estimate:
    """1 minus the Jensen-Shannon divergence of which kinds fail, with interval.

    Args:
        first: (E, K) whether an episode fails in a kind on one side.
        second: (E, K) whether it does on the other.
        groups: (E,) labels of what is resampled together.
        seed: of the resamples.
        resamples: their number.
        level: of the two-sided interval.

    Returns:
        1 where each kind has the same share of all failures on both sides, 0 where they have no
        kind in common, or one side alone has failures. None where neither has any. No interval
        below 6 groups, or where fewer than 6 have an episode that fails.

    Raises:
        ValueError: flags or labels that do not fit, too few resamples.
    """
    one, other = _sides(first, second)
    kinds = one.shape[1]

    def alike(sums: Floats) -> Floats:
        return similarities(sums[..., :kinds], sums[..., kinds:])

    nothing = "in no episode on either side"
    fails: Flags = np.logical_or.reduce(one | other, axis=1)
    both = np.hstack([one, other])
    return _estimate(both, fails, groups, alike, (0.0, 1.0), nothing, seed, resamples, level)


def kappas(cells: Floats) -> Floats:
    """Cohen's kappa of tables (..., 4): numbers of both, first alone, second alone, neither.

    Returns:
        (...) values; NaN where it is not defined.
    """
    both, first, second, neither = np.moveaxis(np.asarray(cells, dtype=np.float64), -1, 0)
    by_chance = (both + first) * (first + neither) + (both + second) * (second + neither)
    over = 2 * (both * neither - first * second)
    found: Floats = np.divide(over, by_chance, out=np.full(over.shape, np.nan), where=by_chance > 0)
    return found


def similarities(first: Floats, second: Floats) -> Floats:
    """1 minus the Jensen-Shannon divergence, base 2, of counts (..., K) on both sides.

    Returns:
        (...) values; 0 where one side counts nothing, NaN where neither does.
    """
    totals = [np.asarray(side, dtype=np.float64).sum(axis=-1) for side in (first, second)]
    p, q = (
        side / np.where(total > 0, total, 1.0)[..., None]
        for side, total in zip((first, second), totals, strict=True)
    )
    middle = (p + q) / 2
    alike = 1 - (_relative(p, middle) + _relative(q, middle)) / 2
    found: Floats = np.where(
        (totals[0] > 0) & (totals[1] > 0),
        np.clip(alike, 0.0, 1.0),
        np.where((totals[0] > 0) | (totals[1] > 0), 0.0, np.nan),
    )
    return found


def _relative(p: Floats, middle: Floats) -> Floats:
    """Σ p log₂(p / m), in bits; nothing where p is 0."""
    ratio = np.divide(p, middle, out=np.ones_like(p), where=p > 0)
    found: Floats = (p * np.log2(ratio)).sum(axis=-1)
    return found


def _sides(first: ArrayLike, second: ArrayLike) -> tuple[Flags, Flags]:
    one, other = _checked(first), _checked(second)
    if one.shape != other.shape:
        raise ValueError(f"expected flags of one shape, came {one.shape} and {other.shape}")
    return one, other


def _checked(flags: ArrayLike) -> Flags:
    """(E, K) flags; a vector is one kind."""
    found = np.asarray(flags)
    if found.dtype != np.bool_ or found.ndim not in (1, 2):
        came = f"{found.dtype} of shape {found.shape}"
        raise ValueError(f"expected flags of shape (episodes,) or (episodes, kinds), came {came}")
    return found[:, None] if found.ndim == 1 else found


def _estimate(
    terms: Flags,
    fails: Flags,
    groups: ArrayLike,
    of_sums: Callable[[Floats], Floats],
    bounds: tuple[float, float],
    nothing: str,
    seed: int,
    resamples: int,
    level: float,
) -> Estimate:
    """A function of the sums over episodes, and its percentiles over resampled groups.

    Args:
        terms: (E, M) what is summed.
        fails: (E,) whether an episode fails on any side.
        groups: (E,) labels.
        of_sums: from sums (..., M) to values (...), NaN where it is not defined.
        bounds: of the values.
        nothing: why there is no value, where the sums give none.
        seed: of the resamples.
        resamples: their number.
        level: of the interval.
    """
    labels, member = group_members(groups, len(terms))
    number, episodes = len(labels), len(terms)
    if not episodes:
        return Estimate(None, None, None, 0, 0, "no episodes")
    sums = np.zeros((number, terms.shape[1]))
    np.add.at(sums, member, terms)
    value = float(of_sums(sums.sum(axis=0)))
    if np.isnan(value):
        return Estimate(None, None, None, number, episodes, nothing)
    failing = len(np.unique(member[fails]))
    if number < MIN_GROUPS or failing < MIN_GROUPS:
        wanted = "an interval" if number < MIN_GROUPS else "an interval of failures"
        reason = too_few_groups(number if number < MIN_GROUPS else failing, wanted)
        return Estimate(value, None, None, number, episodes, reason)
    drawn = Resamples(number, resamples, seed).parts(PART)
    values = np.concatenate([of_sums(counts.astype(np.float64) @ sums) for counts in drawn])
    place = order_statistic(resamples, (1 - level) / 2)
    least, most = (np.sort(np.where(np.isnan(values), bound, values)) for bound in bounds)
    return Estimate(value, float(least[place]), float(most[-1 - place]), number, episodes)
