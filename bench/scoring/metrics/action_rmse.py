"""Commands against commands: what a policy asked for in the twin and on the robot."""

from __future__ import annotations

from bench.formulas.weighting import joint_rmse
from bench.scoring.metrics.metric import ANGLES, Metric, Missing, Value
from bench.scoring.trace import EpisodeTrace

NONE = Missing("the entry predicts no commands")


def compute(trace: EpisodeTrace) -> Value:
    """As `joint_rmse`, of predicted minus recorded commands."""
    if trace.action_error is None or not trace.joints:
        return NONE
    return joint_rmse(trace.action_error, trace.weights)


METRIC = Metric(
    "action_rmse",
    "E_c",
    "rad",
    "mrad",
    1e3,
    "lower",
    "root mean square difference of a policy's commands from the recorded ones",
    compute,
    NONE.reason,
    ANGLES,
)
