"""A distance per row, said in four numbers: RMSE, mean, maximum, end value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bench.formulas.weighting import root_mean_square, weighted_mean
from bench.scoring.metrics.metric import POSE, Metric
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]
END = 0.5
"""How much of the end of an episode its end value averages, s."""
ROUNDING = 1e-9
"""Times that differ by less are equal, s."""


def family(
    quantity: str,
    symbol: str,
    units: tuple[str, str, float],
    meaning: str,
    distance: Callable[[EpisodeTrace], Floats],
) -> tuple[Metric, ...]:
    """The four metrics of one distance (N, A) per row and arm; arms are averaged.

    Args:
        quantity: start of the metrics' names.
        symbol: start of their symbols.
        units: unit, shown unit, factor between them.
        meaning: what the distance is.
        distance: gives the distance of an episode.
    """

    def metric(name: str, sign: str, words: str, value: Callable[..., Floats]) -> Metric:
        def compute(trace: EpisodeTrace) -> float:
            return float(np.mean(value(distance(trace), trace.weights, trace.time)))

        return Metric(
            f"{quantity}_{name}",
            symbol + sign,
            *units,
            "lower",
            f"{meaning}, {words}",
            compute,
            "",
            POSE,
        )

    return (
        metric("rmse", "", "root mean square over time", _rmse),
        metric("mean", ",mean", "mean over time", _mean),
        metric("max", ",max", "maximum over time", _max),
        metric("end", ",end", "mean of the last 0.5 s", _end),
    )


def _rmse(values: Floats, weights: Floats, _time: Floats) -> Floats:
    return root_mean_square(values, weights)


def _mean(values: Floats, weights: Floats, _time: Floats) -> Floats:
    return weighted_mean(values, weights)


def _max(values: Floats, weights: Floats, _time: Floats) -> Floats:
    largest: Floats = values[weights > 0].max(axis=0)
    return largest


def _end(values: Floats, weights: Floats, time: Floats) -> Floats:
    since = time - time[0]
    last = since[weights > 0][-1]
    first = int(np.searchsorted(since, last - END - ROUNDING))
    return weighted_mean(values[first:], weights[first:])
