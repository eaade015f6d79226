"""Means and quantiles over time, weighted by how long each row stands for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def time_weights(time: Floats, valid: Flags) -> Floats:
    """The trapezoid weights ω of the rows of one episode, in s.

    Args:
        time: (N,) s, strictly increasing.
        valid: (N,) rows that count.

    Returns:
        (N,) s: within each stretch of valid rows the trapezoid of `time`, zero elsewhere; a
        stretch of one row weighs the median step of the episode (1 s if it has one row).
    """
    weights = np.zeros(len(time))
    if len(time) == 0:
        return weights
    step = np.diff(time)
    joined = valid[:-1] & valid[1:]
    halves = np.where(joined, step, 0.0) / 2
    weights[:-1] += halves
    weights[1:] += halves
    lone = valid & (weights == 0)
    if lone.any():
        weights[lone] = np.median(step) if len(step) else 1.0
    return weights


def weighted_mean(values: Floats, weights: Floats) -> Floats:
    """Mean over the first axis, Σωx/Σω.

    Args:
        values: (N, ...) values.
        weights: (N,) weights with a positive sum.
    """
    # einsum adds without BLAS: the same sums for every number of threads.
    total = np.einsum("t,tk->k", weights, values.reshape(len(values), -1))
    mean: Floats = (total / weights.sum()).reshape(values.shape[1:])
    return mean


def root_mean_square(values: Floats, weights: Floats) -> Floats:
    """Root of the weighted mean of squares over the first axis, sqrt(Σωx²/Σω)."""
    return np.sqrt(weighted_mean(values * values, weights))


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """The smallest value at which the cumulated weight reaches `share` of the whole.

    Args:
        values: (N,) values.
        weights: (N,) weights with a positive sum; rows of weight zero do not count.
        share: between 0 and 1.
    """
    counted = weights > 0
    order = np.argsort(values[counted], kind="stable")
    reached = np.cumsum(weights[counted][order])
    place = np.searchsorted(reached, share * reached[-1] * (1 - 1e-12))
    return float(values[counted][order][min(int(place), len(order) - 1)])


def joint_rmse(error: Floats, weights: Floats) -> float:
    """Mean over joints of each joint's root mean square error.

    Args:
        error: (N, J) predicted minus measured, rad.
        weights: (N,) time weights.
    """
    return float(root_mean_square(error, weights).mean())
