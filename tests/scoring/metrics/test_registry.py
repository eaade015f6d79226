"""What holds for every metric, over the whole registry."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.scoring.metrics.metric import INVARIANCES, Metric, Missing
from bench.scoring.metrics.registry import HEADLINE, METRICS, metric
from tests.support.scenes import Scene, scene
from tests.support.traces import make_trace, one_gripper

ALL = pytest.mark.parametrize("found", METRICS, ids=lambda m: m.name)
ERRORS = [
    m
    for m in METRICS
    if m.direction == "lower" and not m.name.startswith(("event", "band", "interval"))
]
"""Metrics that are 0 for the truth and grow with the error."""


@pytest.fixture(scope="module")
def given() -> Scene:
    return scene()


def _as_entry(given: Scene, *, factor: float = 0.0) -> Scene:
    """The entry with `factor` times its errors; the truth itself for 0."""
    measured = given.reference.signals
    names = {"q": "q", "samples": "q", "q_command": "q_command"}
    signals = {"time": measured["time"]}
    for name, other in names.items():
        own, true = given.entry.signals[name], measured[other]
        true = true[:, None] if own.ndim == 3 else true
        signals[name] = true + factor * (own - true)
    return replace(given, entry=replace(given.entry, signals=signals))


def test_names_and_symbols_are_unique_and_the_headline_is_one_of_them() -> None:
    assert len({m.name for m in METRICS}) == len(METRICS)
    assert len({m.symbol for m in METRICS}) == len(METRICS)
    assert metric(HEADLINE).unit == "rad"


@ALL
def test_every_metric_says_what_it_is(found: Metric) -> None:
    assert found.meaning
    assert "\n" not in found.meaning
    assert found.unit
    assert found.shown_unit
    assert found.invariant <= INVARIANCES.keys()
    assert (found.target is not None) == (found.direction == "near")


@ALL
def test_a_metric_is_a_number_or_says_why_not(found: Metric, given: Scene) -> None:
    short = scene(executions=2, episodes=1)
    brief = replace(short, declared=replace(short.declared, events=()))
    for trace in (*given.traces(), *brief.traces()):
        value = found.compute(trace)
        if isinstance(value, Missing):
            assert value.reason
            assert found.null
        else:
            assert np.isfinite(value)


@pytest.mark.parametrize("found", ERRORS, ids=lambda m: m.name)
def test_the_truth_scores_exactly_zero(found: Metric, given: Scene) -> None:
    for trace in _as_entry(given).traces():
        assert found.compute(trace) == 0.0


@pytest.mark.parametrize(
    "found",
    [m for m in ERRORS if not m.name.startswith(("position", "orientation"))],
    ids=lambda m: m.name,
)
def test_a_larger_error_scores_worse_in_proportion(found: Metric, given: Scene) -> None:
    small = [found.compute(t) for t in _as_entry(given, factor=0.5).traces()]
    large = [found.compute(t) for t in _as_entry(given, factor=1.0).traces()]
    assert large == pytest.approx([2 * value for value in small], rel=1e-6)


@ALL
def test_rows_that_are_not_scored_change_nothing(found: Metric, given: Scene) -> None:
    """Row 0 and the masked rows may hold anything."""
    trace = given.traces()[0]
    free = trace.weights == 0
    assert free.sum() > 10
    changes = {}
    for name in ("error", "position_error", "orientation_error", "action_error", "samples"):
        values = getattr(trace, name).copy()
        values[free] += 0.4
        changes[name] = values
    other = trace.others.error.copy()
    other[free] += 0.4
    changes["others"] = replace(trace.others, error=other, predicted=trace.others.reference + other)
    changes["predicted"] = trace.predicted + np.where(free, 0.4, 0.0)[:, None]
    assert found.compute(replace(trace, **changes)) == pytest.approx(found.compute(trace))


def test_every_module_is_in_the_registry(repository: Path) -> None:
    helpers = {"__init__", "metric", "registry", "over_time"}
    files = {p.stem for p in (repository / "bench/scoring/metrics").glob("*.py")} - helpers
    text = (repository / "bench/scoring/metrics/registry.py").read_text()
    assert files
    for name in files:
        assert f"    {name},\n" in text
        assert f"{name}.METRIC" in text


def test_a_gripper_counts_in_the_normalised_error_where_it_is_scored() -> None:
    error = np.full((51, 2), 0.03)
    grip = np.full((51, 1), 0.1)
    free = make_trace(error, others=one_gripper(grip))
    scored = make_trace(
        error, joint_weights=np.full(2, 1 / 3), others=one_gripper(grip, weight=1 / 3)
    )
    norm = metric("rmse_norm_rms")
    assert norm.compute(free) == pytest.approx(0.01)
    assert norm.compute(scored) == pytest.approx(np.sqrt((2 * 0.01**2 + 0.1**2) / 3))
    assert metric("joint_rmse").compute(scored) == pytest.approx(0.03)
