"""Intervals of means over episodes and of skill."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bench.scoring.statistics.bootstrap import (
    LEVEL,
    RESAMPLES,
    Floats,
    Ratios,
    Resamples,
    checked,
    group_members,
    group_sums,
    order_statistic,
    ratios,
    t_statistics,
)

MIN_GROUPS = 6  # fewer give no interval


@dataclass(frozen=True)
class Estimate:
    """A number and how sure it is.

    Attributes:
        value: the estimate; None where it is not defined.
        low: lower end of the interval; None where it is not computed.
        high: upper end of the interval; None where it is not computed.
        groups: number of groups that were resampled.
        episodes: number of episodes behind the estimate.
        reason: why `value` or the interval is None; None where both are there.
    """

    value: float | None
    low: float | None
    high: float | None
    groups: int
    episodes: int
    reason: str | None = None


def mean_interval(
    values: ArrayLike,
    groups: ArrayLike,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Estimate:
    """Mean over episodes with a studentised cluster bootstrap interval.

    Args:
        values: (E,) finite values, one for each episode.
        groups: (E,) labels, strings or integers: what is resampled together.
        seed: of the resamples.
        resamples: R; 9,999 make the order statistics whole.
        level: of the two-sided interval.

    Returns:
        The mean and its interval. Without episodes the value is None too. Fewer than 6 groups
        give no interval. Where all groups have the same mean the interval is the value itself.
        Where so few groups differ that resamples bound no end, there is no interval.

    Raises:
        ValueError: values that are not finite, labels that do not fit, too few resamples.
    """
    column = checked(values, ["episodes"])[:, np.newaxis]
    return mean_intervals(column, groups, seed=seed, resamples=resamples, level=level)[0]


def mean_intervals(
    values: ArrayLike,
    groups: ArrayLike,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> list[Estimate]:
    """`mean_interval` of many metrics over the same episodes, from the same resamples.

    Args:
        values: (E, M) finite values, a column for each metric.
        groups: (E,) labels.
        seed: of the resamples.
        resamples: R.
        level: of each two-sided interval.

    Returns:
        M estimates, each the same bits as `mean_interval` of its column.

    Raises:
        ValueError: as `mean_interval`.
    """
    table = checked(values, ["episodes", "metrics"])
    labels, member = group_members(groups, len(table))
    if not labels:
        return [Estimate(None, None, None, 0, 0, "no episodes")] * table.shape[1]
    sizes = np.bincount(member).astype(np.float64)
    scale = np.abs(table).max(axis=0) * sizes.max()
    means = ratios(group_sums(table, member, len(labels)), sizes, scale)
    counts = Resamples(len(labels), resamples, seed)
    return _intervals(means, counts, level, len(table))


def skill(
    entry: ArrayLike,
    naive: ArrayLike,
    repeat: ArrayLike,
    groups: ArrayLike,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Estimate:
    """(E_naive − E) / (E_naive − E_repeat), means over the episodes that have a repeat.

    0 is as good as the naive entry, 1 as good as one further run of the robot. It may exceed 1
    and fall below 0. All three means come from the same resamples.

    Args:
        entry: (E,) finite errors of the entry.
        naive: (E,) finite errors of the naive entry, same episodes.
        repeat: (E,) finite errors of the repeat, same episodes.
        groups: (E,) labels.
        seed: of the resamples.
        resamples: R.
        level: of the two-sided interval.

    Returns:
        The skill with interval; value None with a reason where there are no episodes or where
        the lower end of the interval of E_naive − E_repeat does not exist or is not above 0.

    Raises:
        ValueError: as `mean_interval`, or different numbers of episodes.
    """
    error, worst, best = (checked(v, ["episodes"]) for v in (entry, naive, repeat))
    if not len(error) == len(worst) == len(best):
        raise ValueError(
            "expected the same episodes of entry, naive and repeat, "
            f"came {len(error)}, {len(worst)} and {len(best)}"
        )
    labels, member = group_members(groups, len(error))
    if not labels:
        return Estimate(None, None, None, 0, 0, "no episode has a repeat")
    room = mean_interval(worst - best, groups, seed=seed, resamples=resamples, level=level)
    reason = _no_room(room)
    if reason:
        return Estimate(None, None, None, len(labels), len(error), reason)
    sums = group_sums(np.column_stack([worst - error, worst - best]), member, len(labels))
    scale = np.array([(np.abs(worst) + np.abs(error)).max() * np.bincount(member).max()])
    quotient = ratios(sums[:, :1], sums[:, 1], scale)
    counts = Resamples(len(labels), resamples, seed)
    return _intervals(quotient, counts, level, len(error))[0]


def too_few_groups(groups: int, wanted: str) -> str:
    """Why fewer than 6 groups give neither an interval nor a comparison."""
    return f"{groups} group{'s' * (groups > 1)}: {wanted} needs at least {MIN_GROUPS}"


def _no_room(room: Estimate) -> str | None:
    """Why E_naive − E_repeat is not shown to be above 0; None where it is."""
    if room.low is None:
        return f"no interval of the naive error minus the repeat's: {room.reason}"
    if room.low <= 0:
        return (
            "the naive entry is not shown to be worse than a repeat: "
            f"the lower end of their difference is {room.low:.9g}"
        )
    return None


def _intervals(estimate: Ratios, counts: Resamples, level: float, episodes: int) -> list[Estimate]:
    """Bootstrap-t intervals of M ratios."""
    groups = len(estimate.weight)
    place = order_statistic(len(counts), (1 - level) / 2)
    values = estimate.value.tolist()
    if groups < MIN_GROUPS:
        reason = too_few_groups(groups, "an interval")
        return [Estimate(value, None, None, groups, episodes, reason) for value in values]
    deviations = np.concatenate([block.T for block in t_statistics(estimate, counts)], axis=1)
    last = len(counts) - 1 - place
    deviations.partition([place, last], axis=1)
    found = []
    for metric, value in enumerate(values):
        error = float(estimate.error[metric])
        ends = deviations[metric, [last, place]]
        found.append(_interval(value, error, ends, groups, episodes))
    return found


def _interval(value: float, error: float, ends: Floats, groups: int, episodes: int) -> Estimate:
    """Value minus the upper and lower quantile of the deviations, times the error."""
    if error == 0:
        return Estimate(value, value, value, groups, episodes)
    if not np.isfinite(ends).all():
        reason = "too few groups differ from the others to bound the mean"
        return Estimate(value, None, None, groups, episodes, reason)
    low, high = (value - error * float(end) for end in ends)
    return Estimate(value, low, high, groups, episodes)
