"""A distance per row, said in four numbers: RMSE, mean, maximum, end value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bench.formulas.weighting import root_mean_square, weighted_mean
from bench.scoring.metrics.metric import Metric
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]
END = 0.5
"""How much of the end of an episode its end value averages, s."""


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

    def metric(name: str, sign: str, words: str, value: Callable[..., float]) -> Metric:
        def compute(trace: EpisodeTrace) -> float:
            per_arm = distance(trace)
            return float(
                np.mean([value(column, trace.weights, trace.time) for column in per_arm.T])
            )

        return Metric(
            f"{quantity}_{name}", symbol + sign, *units, "lower", f"{meaning}, {words}", compute
        )

    return (
        metric("rmse", "", "root mean square over time", _rmse),
        metric("mean", ",mean", "mean over time", _mean),
        metric("max", ",max", "maximum over time", _max),
        metric("end", ",end", "mean of the last 0.5 s", _end),
    )


def _rmse(values: Floats, weights: Floats, _time: Floats) -> float:
    return float(root_mean_square(values, weights))


def _mean(values: Floats, weights: Floats, _time: Floats) -> float:
    return float(weighted_mean(values, weights))


def _max(values: Floats, weights: Floats, _time: Floats) -> float:
    return float(values[weights > 0].max())


def _end(values: Floats, weights: Floats, time: Floats) -> float:
    last = time[weights > 0][-1]
    end = np.where(time >= last - END, weights, 0.0)
    return float(weighted_mean(values, end))
