"""Lag: how late the prediction is."""

from __future__ import annotations

import numpy as np

from bench.scoring.metrics.joint_rmse import NO_ANGLE
from bench.scoring.metrics.metric import ANGLES, Metric, Missing, Value
from bench.scoring.trace import EpisodeTrace

NONE = Missing("no joint moves, or no shift in time explains the error")


def compute(trace: EpisodeTrace) -> Value:
    """Mean over the arms that have one of the lag that explains the arm's error best."""
    if not trace.joints:
        return NO_ANGLE
    found = [shift.lag for shift in trace.shifts.values() if shift is not None]
    return float(np.mean(found)) if found else NONE


METRIC = Metric(
    "lag",
    "τ",
    "s",
    "ms",
    1e3,
    "near",
    "how late the prediction is; negative if it is early",
    compute,
    NONE.reason,
    ANGLES | {"constant_error", "still_joints"},
    target=0.0,
)
