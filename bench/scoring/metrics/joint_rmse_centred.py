"""Joint error after removing each joint's mean error."""

from __future__ import annotations

from bench.formulas.weighting import joint_rmse, weighted_mean
from bench.scoring.metrics.metric import Metric
from bench.scoring.trace import EpisodeTrace


def compute(trace: EpisodeTrace) -> float:
    """As `joint_rmse`, of the error less its mean over time."""
    return joint_rmse(trace.error - weighted_mean(trace.error, trace.weights), trace.weights)


METRIC = Metric(
    "joint_rmse_centred",
    "E_q,centred",
    "rad",
    "mrad",
    1e3,
    "lower",
    "joint_rmse after removing each joint's mean error",
    compute,
)
