"""Error of scored prismatic joints, apart from the revolute ones, in m."""

from __future__ import annotations

import numpy as np

from bench.formulas.weighting import joint_rmse
from bench.scoring.metrics.metric import ANGLES, Metric, Missing, Value
from bench.scoring.trace import EpisodeTrace

NONE = Missing("the robot has no scored prismatic joint")


def compute(trace: EpisodeTrace) -> Value:
    """Root mean square error of each prismatic joint, then their mean."""
    others = trace.others
    slides = np.flatnonzero(~others.is_gripper)
    return joint_rmse(others.error[:, slides], trace.weights) if len(slides) else NONE


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
