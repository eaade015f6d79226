"""Repeated executions of a twin: its parameters drawn from their residual ranges."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes
from bench.twins.twin import Parameter, ResidualRange, Twin

Floats = NDArray[np.float64]

NORMAL = 1.96
"""Standard deviations from the middle of a normal range to either end."""
DIGITS = 6
"""Decimals that are kept of an execution's position, in its unit."""


def drawn(twin: Twin, number: int, seed: int) -> list[Twin]:
    """So many twins, each with constant parameters of its own.

    A uniform range is drawn evenly. A normal one has its ends at the quantiles 2.5 and 97.5 %; of
    a range whose ends lie unevenly around the twin's value, each side has its own width. Draws
    stay within the bounds of the parameter. Draw k is the same whatever their number.

    Args:
        twin: with residual ranges.
        number: of draws.
        seed: of the draws.

    Raises:
        ProblemsError: the twin has no residual ranges.
    """
    if not twin.residual_ranges:
        where = f"twin {twin.name}: residual_ranges"
        raise ProblemsError([Problem("no_ranges", where, "ranges to draw from", "none")])
    parameters = {parameter.name: parameter for parameter in twin.parameters}
    twins = []
    for draw in range(number):
        random = np.random.default_rng((seed, draw))
        values = {
            each.parameter: _value(each, parameters[each.parameter], random)
            for each in twin.residual_ranges
        }
        own = tuple(replace(p, value=values.get(p.name, p.value)) for p in twin.parameters)
        twins.append(replace(twin, parameters=own))
    return twins


def _value(each: ResidualRange, parameter: Parameter, random: np.random.Generator) -> float:
    if each.distribution == "uniform":
        value = float(random.uniform(each.low, each.high))
    else:
        deviation = float(random.standard_normal()) / NORMAL
        side = each.high - parameter.value if deviation > 0 else parameter.value - each.low
        value = parameter.value + deviation * side
    if parameter.bounds is None:
        return value
    return min(max(value, parameter.bounds[0]), parameter.bounds[1])


def executions(twins: list[Twin], rollout: Callable[[Twin], Episodes]) -> Episodes:
    """The predictions of several twins as repeated executions: `samples`, and `q` as their mean.

    An episode breaks when the first of its executions does.

    Args:
        twins: from `drawn`.
        rollout: predicts every episode with one of them.
    """
    predictions = [rollout(twin) for twin in twins]
    first = predictions[0]
    samples = np.stack([each.signals["q"] for each in predictions], axis=1).round(DIGITS) + 0.0
    signals = {**first.signals, "samples": samples, "q": samples.mean(axis=1)}
    units = {**first.info.signals, "samples": first.info.units}
    if "failed_at" in signals:
        signals["failed_at"] = np.min([each.signals["failed_at"] for each in predictions], axis=0)
    return Episodes(replace(first.info, signals=units), first.start, signals)
