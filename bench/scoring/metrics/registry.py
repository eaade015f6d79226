"""The metrics of a result, in the order of its tables: one line each."""

from __future__ import annotations

from bench.scoring.metrics import (
    action_rmse,
    coverage,
    events,
    gripper_rmse,
    growth,
    joint_rmse,
    joint_rmse_centred,
    joint_rmse_moving,
    lag,
    orientation,
    position,
    prismatic_rmse,
    rmse_norm,
    samples,
)
from bench.scoring.metrics.metric import Metric

HEADLINE = "joint_rmse"
METRICS: tuple[Metric, ...] = (
    joint_rmse.METRIC,
    joint_rmse_moving.METRIC,
    joint_rmse_centred.METRIC,
    gripper_rmse.METRIC,
    prismatic_rmse.METRIC,
    action_rmse.METRIC,
    *rmse_norm.METRICS,
    *position.METRICS,
    *orientation.METRICS,
    growth.METRIC,
    lag.METRIC,
    *events.METRICS,
    *samples.METRICS,
    coverage.METRIC,
)


def metric(name: str) -> Metric:
    """The metric of that name."""
    return next(m for m in METRICS if m.name == name)
