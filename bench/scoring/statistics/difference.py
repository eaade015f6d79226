"""Two entries compared by themselves, and which groups and episodes decide."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bench.scoring.statistics.bootstrap import (
    LEVEL,
    RESAMPLES,
    ROUNDING,
    Floats,
    checked,
    group_members,
    group_sums,
)
from bench.scoring.statistics.intervals import Estimate, mean_interval


@dataclass(frozen=True)
class GroupShare:
    """What one group contributes to the difference of two means.

    Attributes:
        group: its label.
        episodes: number of its episodes.
        contribution: its part of the difference, in the unit of the values; the parts of all
            groups add up to the difference.
        share: `contribution` over the difference; None where that is 0 but for rounding.
        without: the difference when this group is left out; None where there is no other.
    """

    group: str
    episodes: int
    contribution: float
    share: float | None
    without: float | None


@dataclass(frozen=True)
class Difference:
    """Mean of a minus mean of b.

    Attributes:
        estimate: the difference, with an interval that is not adjusted for other comparisons.
        shares: groups, the largest contribution by size first.
        deciding: groups without any one of which the difference is 0 or has the other sign.
        episodes: what each episode contributes, in the order given; adds up to the difference.
    """

    estimate: Estimate
    shares: tuple[GroupShare, ...]
    deciding: tuple[str, ...]
    episodes: tuple[float, ...]


def compare(
    a: ArrayLike,
    b: ArrayLike,
    groups: ArrayLike,
    *,
    seed: int,
    resamples: int = RESAMPLES,
    level: float = LEVEL,
) -> Difference:
    """The difference of two means over the same episodes, and where it comes from.

    The interval holds for two entries that were chosen before looking. Picked from a board it
    finds differences too often; `rank_ranges` compares all pairs.

    Args:
        a: (E,) finite values of the first entry.
        b: (E,) finite values of the second entry, same episodes.
        groups: (E,) labels.
        seed: of the resamples.
        resamples: R.
        level: of the two-sided interval.

    Raises:
        ValueError: no episodes, different numbers of episodes, or as `mean_interval`.
    """
    one, other = checked(a, ["episodes"]), checked(b, ["episodes"])
    if len(one) != len(other) or not len(one):
        raise ValueError(f"expected the same episodes of both, came {len(one)} and {len(other)}")
    gap = one - other
    labels, member = group_members(groups, len(gap))
    estimate = mean_interval(gap, groups, seed=seed, resamples=resamples, level=level)
    sums = group_sums(gap[:, np.newaxis], member, len(labels))[:, 0]
    shares = _shares(sums, np.bincount(member).astype(np.float64), labels)
    total = math.fsum(sums)
    return Difference(
        estimate=estimate,
        shares=tuple(sorted(shares, key=lambda share: -abs(share.contribution))),
        deciding=tuple(
            share.group
            for share in shares
            if total != 0 and share.without is not None and share.without * total <= 0
        ),
        episodes=tuple((gap / len(gap)).tolist()),
    )


def _shares(sums: Floats, sizes: Floats, labels: tuple[str, ...]) -> list[GroupShare]:
    """Contribution of each group, in the order of the labels."""
    total, episodes = math.fsum(sums), sizes.sum()
    shared = abs(total) > ROUNDING * np.abs(sums).max()
    return [
        GroupShare(
            group=label,
            episodes=int(size),
            contribution=float(part / episodes),
            share=float(part / total) if shared else None,
            without=float((total - part) / (episodes - size)) if size < episodes else None,
        )
        for label, part, size in zip(labels, sums, sizes, strict=True)
    ]
