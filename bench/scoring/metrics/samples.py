"""Repeated executions: is the spread of the entry as wide as what is left unexplained?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bench.formulas import samples as formulas
from bench.formulas.weighting import weighted_mean
from bench.scoring.metrics.joint_rmse import NO_ANGLE
from bench.scoring.metrics.metric import ANGLES, JOINT, Direction, Metric, Missing, Value
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]

DRAWN = ANGLES - {"joint_sign"}
"""What a band does not change with: the noise that is drawn for it has a sign."""
LEVEL = 0.9
"""Share of the executions that the band holds: from its 5 % to its 95 % quantile."""

FEW = Missing(f"fewer than {formulas.FEWEST_FOR_BAND} executions")


def _over_rows(
    name: str,
    symbol: str,
    units: tuple[str, str, float],
    meaning: str,
    value: Callable[[EpisodeTrace], Floats | Missing],
    *,
    invariant: frozenset[str] = ANGLES,
    direction: Direction = "lower",
    target: float | None = None,
    null: str = FEW.reason,
) -> Metric:
    """A metric that is the mean over time and joints of a value (N, J) or (N,)."""

    def compute(trace: EpisodeTrace) -> Value:
        if not trace.joints:
            return NO_ANGLE
        values = value(trace)
        if isinstance(values, Missing):
            return values
        return float(np.mean(weighted_mean(values, trace.weights)))

    return Metric(name, symbol, *units, direction, meaning, compute, null, invariant, target=target)


def _crps(trace: EpisodeTrace) -> Floats:
    if trace.samples is None:
        return np.abs(trace.error)
    return formulas.fair_crps(trace.samples, trace.reference)


def _energy(trace: EpisodeTrace) -> Floats:
    if trace.samples is None:
        scaled = trace.error / trace.ranges
        distance: Floats = np.sqrt(np.einsum("nj,nj->n", scaled, scaled))
        return distance
    return formulas.energy_score(trace.samples / trace.ranges, trace.reference / trace.ranges)


def _band_metric(
    value: Callable[[Floats, Floats, Floats], Floats],
) -> Callable[[EpisodeTrace], Floats | Missing]:
    def of(trace: EpisodeTrace) -> Floats | Missing:
        return FEW if trace.band is None else value(*trace.band, trace.reference)

    return of


METRICS = (
    _over_rows(
        "crps",
        "CRPS",
        ("rad", "mrad", 1e3),
        "fair continuous ranked probability score; of one execution the mean absolute error",
        _crps,
        null=NO_ANGLE.reason,
    ),
    _over_rows(
        "energy_score",
        "ES",
        ("1", "%", 1e2),
        "fair energy score of the joint vector, each joint divided by its range",
        _energy,
        invariant=JOINT,
        null=NO_ANGLE.reason,
    ),
    _over_rows(
        "band_coverage",
        "B",
        ("1", "%", 1e2),
        "share of time and joints in the band from the 5 % to the 95 % quantile of the executions",
        _band_metric(lambda low, high, q: formulas.inside(low, high, q).astype(np.float64)),
        direction="near",
        target=LEVEL,
        invariant=DRAWN,
    ),
    _over_rows(
        "band_width",
        "B_w",
        ("rad", "mrad", 1e3),
        "width of that band",
        _band_metric(lambda low, high, _q: high - low),
        invariant=DRAWN | {"constant_error"},
    ),
    _over_rows(
        "interval_score",
        "B_s",
        ("rad", "mrad", 1e3),
        "width of that band plus 20 times the distance outside it",
        _band_metric(lambda low, high, q: formulas.interval_score(low, high, q, LEVEL)),
        invariant=DRAWN,
    ),
)
