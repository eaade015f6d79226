"""What holds for every metric, over the whole registry."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.scoring.metrics.metric import Metric
from bench.scoring.metrics.registry import HEADLINE, METRICS, metric
from tests.support.traces import make_trace

ALL = pytest.mark.parametrize("found", METRICS, ids=lambda m: m.name)


def _trace(scale: float = 1.0):
    rng = np.random.default_rng(7)
    return make_trace(
        scale * rng.normal(0.02, 0.01, (60, 5)),
        gripper_error=scale * rng.normal(0, 0.1, (60, 1)),
        position_error=scale * abs(rng.normal(0.005, 0.001, (60, 1))),
        orientation_error=scale * abs(rng.normal(0.03, 0.01, (60, 1))),
    )


def test_names_are_unique_and_the_headline_is_one_of_them() -> None:
    assert len({m.name for m in METRICS}) == len(METRICS)
    assert metric(HEADLINE).unit == "rad"


@ALL
def test_the_truth_scores_exactly_zero(found: Metric) -> None:
    assert found.compute(_trace(0.0)) == 0.0


@ALL
def test_a_larger_error_scores_worse_in_proportion(found: Metric) -> None:
    small, large = found.compute(_trace()), found.compute(_trace(3.0))
    assert small is not None
    assert large == pytest.approx(3 * small)


@ALL
def test_row_zero_is_not_scored(found: Metric) -> None:
    trace = _trace()
    other = trace.error.copy()
    other[0] = 5.0
    changes = {"error": other}
    for name in ("position_error", "orientation_error", "gripper_error"):
        values = getattr(trace, name).copy()
        values[0] = 5.0
        changes[name] = values
    assert found.compute(replace(trace, **changes)) == found.compute(trace)


@ALL
def test_the_order_of_joints_does_not_matter(found: Metric) -> None:
    trace = _trace()
    order = [3, 0, 4, 1, 2]
    columns = ("error", "reference", "predicted", "command")
    turned = replace(
        trace,
        joints=tuple(trace.joints[j] for j in order),
        joint_weights=trace.joint_weights[order],
        ranges=trace.ranges[order],
        **{name: getattr(trace, name)[:, order] for name in columns},
    )
    assert found.compute(turned) == pytest.approx(found.compute(trace), rel=1e-12)


@ALL
def test_the_sign_of_the_error_does_not_matter(found: Metric) -> None:
    trace = _trace()
    assert trace.gripper_error is not None
    mirrored = replace(trace, error=-trace.error, gripper_error=-trace.gripper_error)
    assert found.compute(mirrored) == pytest.approx(found.compute(trace), rel=1e-12)
