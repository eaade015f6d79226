"""Joint error over the joints that the reference moves."""

from __future__ import annotations

import numpy as np

from bench.scoring.metrics.joint_rmse import NO_ANGLE
from bench.scoring.metrics.metric import ANGLES, Metric, Missing, Value
from bench.scoring.trace import EpisodeTrace

STILL = Missing("the reference moves no joint")


def compute(trace: EpisodeTrace) -> Value:
    """As `joint_rmse`, over moving joints."""
    if not trace.joints:
        return NO_ANGLE
    moving = np.flatnonzero(trace.moving)
    return float(trace.joint_rms[moving].mean()) if len(moving) else STILL


METRIC = Metric(
    "joint_rmse_moving",
    "E_q,moving",
    "rad",
    "mrad",
    1e3,
    "lower",
    "joint_rmse over the joints that the reference moves (sd over 20 mrad)",
    compute,
    STILL.reason,
    ANGLES | {"still_joints"},
)
