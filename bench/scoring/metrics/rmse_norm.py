"""Weighted normalised joint error over time, and four ways to say it in one number."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bench.formulas.weighting import root_mean_square, weighted_quantile
from bench.scoring.metrics.metric import Metric
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]


def rmse_norm(trace: EpisodeTrace) -> Floats:
    """sqrt(Σ_j w_j e_j²/Δ_j²) per row and arm, then the root of the mean of the arms' squares.

    Returns:
        (N,) as a fraction of the joints' ranges Δ.
    """
    squares = (trace.error / trace.ranges) ** 2 * trace.joint_weights
    arms = list(dict.fromkeys(trace.arm_of))
    total = np.zeros(len(trace.time))
    for arm in arms:
        columns = [j for j, name in enumerate(trace.arm_of) if name == arm]
        total += squares[:, columns].sum(axis=1)
    norm: Floats = np.sqrt(total / len(arms))
    return norm


def _metric(
    name: str, symbol: str, meaning: str, value: Callable[[Floats, Floats], float]
) -> Metric:
    def compute(trace: EpisodeTrace) -> float:
        return value(rmse_norm(trace), trace.weights)

    return Metric(f"rmse_norm_{name}", symbol, "1", "%", 1e2, "lower", meaning, compute)


METRICS = (
    _metric(
        "rms",
        "E_n",
        "normalised joint error, root mean square over time",
        lambda norm, weights: float(root_mean_square(norm, weights)),
    ),
    _metric(
        "median",
        "E_n,50",
        "normalised joint error, median over time",
        lambda norm, weights: weighted_quantile(norm, weights, 0.5),
    ),
    _metric(
        "p95",
        "E_n,95",
        "normalised joint error, 95th percentile over time",
        lambda norm, weights: weighted_quantile(norm, weights, 0.95),
    ),
    _metric(
        "max",
        "E_n,max",
        "normalised joint error, maximum over time",
        lambda norm, weights: float(norm[weights > 0].max()),
    ),
)
