"""Error of grippers, apart from the arm's joints, in their own unit."""

from __future__ import annotations

from bench.formulas.weighting import joint_rmse
from bench.scoring.metrics.metric import Metric
from bench.scoring.trace import EpisodeTrace


def compute(trace: EpisodeTrace) -> float | None:
    """Root mean square of the gripper error; None where the entry predicts no gripper."""
    if trace.gripper_error is None:
        return None
    return joint_rmse(trace.gripper_error, trace.weights)


METRIC = Metric(
    "gripper_rmse",
    "E_g",
    "fraction",
    "%",
    1e2,
    "lower",
    "root mean square error of the gripper as a fraction of its stroke; never in the headline",
    compute,
)
