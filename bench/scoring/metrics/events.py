"""Events: does in the entry happen what happened on the robot, when, and in which order?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.formulas.events import precision_recall
from bench.scoring.events import Tally
from bench.scoring.metrics.metric import ANGLES, Direction, Metric, Missing, Value
from bench.scoring.trace import EpisodeTrace


def _timing(found: Tally) -> Value:
    gaps = np.abs(found.differences)
    return float(gaps.mean()) if len(gaps) else Missing("no event was matched")


def _precision(found: Tally) -> Value:
    precision, _ = precision_recall(found.recorded, found.predicted, found.matched)
    return Missing("no event is predicted") if precision is None else precision


def _recall(found: Tally) -> Value:
    _, recall = precision_recall(found.recorded, found.predicted, found.matched)
    return Missing("no event was recorded") if recall is None else recall


def _order(found: Tally) -> Value:
    return Missing("fewer than two events were matched") if found.order is None else found.order


def _metric(
    name: str,
    symbol: str,
    units: tuple[str, str, float],
    direction: Direction,
    meaning: str,
    value: Callable[[Tally], Value],
) -> Metric:
    def compute(trace: EpisodeTrace) -> Value:
        if not trace.declared.events:
            return Missing("the dataset declares no events")
        if not trace.events:
            return Missing("the entry does not predict every joint that has events")
        return value(Tally.of(trace.events))

    return Metric(
        f"event_{name}",
        symbol,
        *units,
        direction,
        meaning,
        compute,
        "no events are declared, or none to compare are found",
        ANGLES - {"joint_zero", "joint_sign"} | {"still_joints"},
    )


METRICS = (
    _metric("timing", "E_t", ("s", "ms", 1e3), "lower", "time between matched events", _timing),
    _metric(
        "precision",
        "P_e",
        ("1", "%", 1e2),
        "higher",
        "share of the entry's events that the reference has",
        _precision,
    ),
    _metric(
        "recall",
        "R_e",
        ("1", "%", 1e2),
        "higher",
        "share of the reference's events that the entry has",
        _recall,
    ),
    _metric(
        "order",
        "τ_b",
        ("1", "1", 1.0),
        "higher",
        "Kendall's tau-b of the order of matched events",
        _order,
    ),
)
