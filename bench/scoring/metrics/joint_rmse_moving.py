"""Joint error over the joints that the reference moves."""

from __future__ import annotations

import numpy as np

from bench.formulas.weighting import joint_rmse, root_mean_square, weighted_mean
from bench.scoring.metrics.metric import Metric
from bench.scoring.trace import EpisodeTrace

MOVING = 0.020
"""Standard deviation over time from which a joint of the reference counts as moving, rad."""


def compute(trace: EpisodeTrace) -> float | None:
    """As `joint_rmse`, over moving joints; None where none moves."""
    spread = root_mean_square(
        trace.reference - weighted_mean(trace.reference, trace.weights), trace.weights
    )
    moving = np.flatnonzero(spread > MOVING)
    return joint_rmse(trace.error[:, moving], trace.weights) if len(moving) else None


METRIC = Metric(
    "joint_rmse_moving",
    "E_q,moving",
    "rad",
    "mrad",
    1e3,
    "lower",
    "joint_rmse over the joints that the reference moves (sd over 20 mrad)",
    compute,
)
