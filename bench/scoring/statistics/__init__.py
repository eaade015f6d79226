"""How sure a score is: intervals, skill and comparisons, by resampling groups of episodes."""

from bench.scoring.statistics.agreement import kappa, similarity
from bench.scoring.statistics.bootstrap import fewest
from bench.scoring.statistics.comparison import (
    MIN_RANKED_GROUPS,
    Comparison,
    LeaveOneOut,
    leave_one_out,
    rank_ranges,
)
from bench.scoring.statistics.difference import Difference, GroupShare, compare
from bench.scoring.statistics.intervals import (
    MIN_GROUPS,
    Estimate,
    mean_interval,
    mean_intervals,
    skill,
)

__all__ = [
    "MIN_GROUPS",
    "MIN_RANKED_GROUPS",
    "Comparison",
    "Difference",
    "Estimate",
    "GroupShare",
    "LeaveOneOut",
    "compare",
    "fewest",
    "kappa",
    "leave_one_out",
    "mean_interval",
    "mean_intervals",
    "rank_ranges",
    "similarity",
    "skill",
]
