"""Joint error: root mean square over time, mean over the scored revolute joints."""

from __future__ import annotations

from bench.scoring.metrics.metric import ANGLES, Metric, Missing, Value
from bench.scoring.trace import EpisodeTrace

NO_ANGLE = Missing("the robot has no scored revolute joint")


def compute(trace: EpisodeTrace) -> Value:
    """sqrt(Σωe²/Σω) of each joint, then the mean over joints."""
    return float(trace.joint_rms.mean()) if len(trace.joints) else NO_ANGLE


METRIC = Metric(
    "joint_rmse",
    "E_q",
    "rad",
    "mrad",
    1e3,
    "lower",
    "root mean square joint error, mean over the revolute joints of all arms",
    compute,
    NO_ANGLE.reason,
    ANGLES,
)
