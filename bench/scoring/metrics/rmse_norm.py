"""Weighted normalised joint error over time, and four ways to say it in one number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.scoring.metrics.joint_rmse import NO_ANGLE
from bench.scoring.metrics.metric import ANGLES, JOINT, Metric, Missing, Value
from bench.scoring.trace import EpisodeTrace

UNSCORED = Missing("the robot has no scored joint")


def _metric(name: str, symbol: str, meaning: str, value: Callable[[EpisodeTrace], float]) -> Metric:
    def compute(trace: EpisodeTrace) -> Value:
        scored = trace.joint_weights.sum() + trace.others.weights.sum() > 0
        return value(trace) if scored else UNSCORED

    return Metric(
        f"rmse_norm_{name}",
        symbol,
        "1",
        "%",
        1e2,
        "lower",
        meaning,
        compute,
        UNSCORED.reason,
        JOINT,
    )


def raw(trace: EpisodeTrace) -> Value:
    """Root mean square over time of sqrt(Σ w e² / Σ w) of the revolute joints, arms as in n."""
    if not trace.joints or not (trace.joint_weights > 0).any():
        return NO_ANGLE
    squares = trace.joint_rms**2 * trace.joint_weights
    arms = [np.array([name == arm for name in trace.arm_of]) for arm in dict.fromkeys(trace.arm_of)]
    means = [squares[own].sum() / trace.joint_weights[own].sum() for own in arms]
    return float(np.sqrt(np.mean(means)))


METRICS = (
    _metric(
        "rms",
        "E_n",
        "normalised joint error, root mean square over time",
        lambda trace: float(trace.summary.norm.rms[-1]),
    ),
    _metric(
        "median",
        "E_n,50",
        "normalised joint error, median over time",
        lambda trace: trace.norm_quantiles[0],
    ),
    _metric(
        "p95",
        "E_n,95",
        "normalised joint error, 95th percentile over time",
        lambda trace: trace.norm_quantiles[1],
    ),
    _metric(
        "max",
        "E_n,max",
        "normalised joint error, maximum over time",
        lambda trace: float(trace.summary.norm.largest[-1]),
    ),
    Metric(
        "rmse_weighted",
        "E_w",
        "rad",
        "mrad",
        1e3,
        "lower",
        "weighted joint error without ranges, root mean square over time",
        raw,
        NO_ANGLE.reason,
        ANGLES,
    ),
)
