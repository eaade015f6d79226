"""Joint error after removing each joint's mean error."""

from __future__ import annotations

from bench.formulas.weighting import joint_rmse
from bench.scoring.metrics.joint_rmse import NO_ANGLE
from bench.scoring.metrics.metric import ANGLES, Metric, Value
from bench.scoring.trace import EpisodeTrace


def compute(trace: EpisodeTrace) -> Value:
    """As `joint_rmse`, of the error less its mean over time."""
    if not trace.joints:
        return NO_ANGLE
    return joint_rmse(trace.followed_error - trace.mean_error, trace.weights)


METRIC = Metric(
    "joint_rmse_centred",
    "E_q,centred",
    "rad",
    "mrad",
    1e3,
    "lower",
    "joint_rmse after removing each joint's mean error",
    compute,
    NO_ANGLE.reason,
    ANGLES | {"constant_error"},
)
