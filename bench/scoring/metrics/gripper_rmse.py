"""Error of grippers, apart from the arm's joints, as a share of their range."""

from __future__ import annotations

from bench.scoring.metrics.metric import JOINT, Metric, Missing, Value
from bench.scoring.trace import EpisodeTrace

NONE = Missing("the robot has no gripper, or the entry does not predict it")


def compute(trace: EpisodeTrace) -> Value:
    """Root mean square of each gripper joint's error over its range, then their mean."""
    others = trace.others
    if not others.is_gripper.any():
        return NONE
    return float((trace.other_rms / others.ranges)[others.is_gripper].mean())


METRIC = Metric(
    "gripper_rmse",
    "E_g",
    "1",
    "%",
    1e2,
    "lower",
    "root mean square error of the grippers as a share of their range; never in joint_rmse",
    compute,
    NONE.reason,
    JOINT | {"still_joints"},
)
