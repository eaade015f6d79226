"""The metrics of a result, in the order of its tables: one line each."""

from __future__ import annotations

from bench.scoring.metrics import (
    gripper_rmse,
    joint_rmse,
    joint_rmse_centred,
    joint_rmse_moving,
    orientation,
    position,
    rmse_norm,
)
from bench.scoring.metrics.metric import Metric

HEADLINE = "joint_rmse"
METRICS: tuple[Metric, ...] = (
    joint_rmse.METRIC,
    joint_rmse_moving.METRIC,
    joint_rmse_centred.METRIC,
    gripper_rmse.METRIC,
    *rmse_norm.METRICS,
    *position.METRICS,
    *orientation.METRICS,
)


def metric(name: str) -> Metric:
    """The metric of that name."""
    return next(m for m in METRICS if m.name == name)
