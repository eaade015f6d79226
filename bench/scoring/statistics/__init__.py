"""How sure a score is: intervals, skill and comparisons, by resampling groups of episodes."""

from bench.scoring.statistics.comparison import Comparison, LeaveOneOut, rank_ranges
from bench.scoring.statistics.difference import Difference, GroupShare, compare
from bench.scoring.statistics.intervals import Estimate, mean_interval, mean_intervals, skill

__all__ = [
    "Comparison",
    "Difference",
    "Estimate",
    "GroupShare",
    "LeaveOneOut",
    "compare",
    "mean_interval",
    "mean_intervals",
    "rank_ranges",
    "skill",
]
