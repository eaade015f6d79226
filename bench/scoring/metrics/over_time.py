"""A distance per row, said in four numbers: RMSE, mean, maximum, end value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bench.formulas.over_time import OverTime
from bench.scoring.metrics.metric import POSE, Metric
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]


def family(
    quantity: str,
    symbol: str,
    units: tuple[str, str, float],
    meaning: str,
    distance: Callable[[EpisodeTrace], OverTime],
) -> tuple[Metric, ...]:
    """The four metrics of one distance of every arm's tool; arms are averaged.

    Args:
        quantity: start of the metrics' names.
        symbol: start of their symbols.
        units: unit, shown unit, factor between them.
        meaning: what the distance is.
        distance: gives the distance of an episode, over time.
    """

    def metric(name: str, sign: str, words: str, value: Callable[[OverTime], Floats]) -> Metric:
        def compute(trace: EpisodeTrace) -> float:
            return float(value(distance(trace)).mean())

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
        metric("rmse", "", "root mean square over time", lambda found: found.rms),
        metric("mean", ",mean", "mean over time", lambda found: found.mean),
        metric("max", ",max", "maximum over time", lambda found: found.largest),
        metric("end", ",end", "mean of the last 0.5 s", lambda found: found.end),
    )
