"""Divergence: how the error grows with the time since the start."""

from __future__ import annotations

import numpy as np

from bench.formulas import divergence
from bench.scoring.metrics.joint_rmse import NO_ANGLE
from bench.scoring.metrics.metric import JOINT, Metric, Missing, Value
from bench.scoring.trace import EpisodeTrace

FLOOR = 1e-4
"""Errors below this in every joint count as this, rad."""

SHORT = Missing("the episode is shorter than 12 s, or a window of it has no scored row")


def compute(trace: EpisodeTrace) -> Value:
    """Theil-Sen slope of the log of the normalised error over the log of time."""
    floor = _norm_of(FLOOR, trace)
    if floor == 0:
        return NO_ANGLE
    found = divergence.growth(trace.time, trace.norm, trace.weights, floor)
    return SHORT if found is None else found


def _norm_of(error: float, trace: EpisodeTrace) -> float:
    """The normalised error of an error of this size in every revolute joint."""
    squares = trace.joint_weights * (error / trace.ranges) ** 2
    return float(np.sqrt(squares.sum() / max(len(trace.scoring_arms), 1)))


METRIC = Metric(
    "growth",
    "γ",
    "1",
    "1",
    1.0,
    "near",
    "exponent with which the normalised error grows with time since the start",
    compute,
    SHORT.reason,
    JOINT | {"scale_of_ranges"},
    target=0.0,
)
