"""Joint error: root mean square over time, mean over the scored revolute joints."""

from __future__ import annotations

from bench.formulas.weighting import joint_rmse
from bench.scoring.metrics.metric import Metric
from bench.scoring.trace import EpisodeTrace


def compute(trace: EpisodeTrace) -> float:
    """sqrt(Σωe²/Σω) of each joint, then the mean over joints."""
    return joint_rmse(trace.error, trace.weights)


METRIC = Metric(
    "joint_rmse",
    "E_q",
    "rad",
    "mrad",
    1e3,
    "lower",
    "root mean square joint error, mean over the arm's joints",
    compute,
)
