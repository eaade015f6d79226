"""Error of scored prismatic joints, apart from the revolute ones, in m."""

from __future__ import annotations

from bench.scoring.metrics.metric import ANGLES, Metric, Missing, Value
from bench.scoring.trace import EpisodeTrace

NONE = Missing("the robot has no scored prismatic joint")


def compute(trace: EpisodeTrace) -> Value:
    """Root mean square error of each prismatic joint, then their mean."""
    slides = ~trace.others.is_gripper
    return float(trace.other_rms[slides].mean()) if slides.any() else NONE


METRIC = Metric(
    "prismatic_rmse",
    "E_s",
    "m",
    "mm",
    1e3,
    "lower",
    "root mean square error of the arm's prismatic joints; never in joint_rmse",
    compute,
    NONE.reason,
    ANGLES | {"still_joints"},
)
