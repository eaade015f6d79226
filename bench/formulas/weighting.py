"""Means and quantiles over time, weighted by how long each row stands for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


def time_weights(time: Floats, valid: Flags, start: Places | None = None) -> Floats:
    """The trapezoid weights ω of the rows of one episode, in s, or of several end to end.

    Args:
        time: (N,) s, strictly increasing within an episode.
        valid: (N,) rows that count.
        start: (E,) first row of each episode; None for one.

    Returns:
        (N,) s: within each stretch of valid rows the trapezoid of `time`, zero elsewhere; a
        stretch of one row weighs the median step of the episode (1 s if it has one row).
    """
    weights = np.zeros(len(time))
    if len(time) == 0:
        return weights
    starts = np.zeros(1, dtype=np.int64) if start is None else start
    joined = valid[:-1] & valid[1:]
    joined[starts[1:] - 1] = False
    halves = np.where(joined, time[1:] - time[:-1], 0.0) / 2
    weights[:-1] += halves
    weights[1:] += halves
    lone = np.flatnonzero(valid & (weights == 0))
    episodes = np.searchsorted(starts, lone, side="right") - 1
    for episode in np.unique(episodes):
        own = slice(*np.append(starts, len(time))[episode : episode + 2])
        step = np.diff(time[own])
        weights[lone[episodes == episode]] = np.median(step) if len(step) else 1.0
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
