"""The result of unusual episodes: a value, or null with a reason, and never a warning."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bench.formulas.weighting import time_weights
from bench.io.documents import Document
from bench.scoring.metrics.registry import METRICS
from bench.scoring.record import record_of
from bench.scoring.result import ScoreSettings, Subject, headline_metrics, make_result
from bench.scoring.trace import EpisodeTrace
from tests.support.traces import make_trace

SETTINGS = ScoreSettings(seed=1, resamples=199, level=0.95, labels={})
HASH = "0" * 64


def _subject() -> Subject:
    entry = {
        "name": "e",
        "lab": "l",
        "method": "m",
        "track": "rollout",
        "licence": "MIT",
        "contact": "c",
        "url": None,
        "description": None,
        "hash": HASH,
        "predictions": HASH,
    }
    dataset = {"name": "toy", "version": 1, "robot": "so101", "kind": "recorded", "holdout": HASH}
    units = {f"joint_{j}": "rad" for j in range(5)}
    return Subject(entry, "pipeline", dataset, HASH, units, 9, "data/traces/toy/e.zarr")


def _trace(number: int, rows: int = 30, **fields: Any) -> EpisodeTrace:
    error = np.random.default_rng(number).normal(0, 0.01, (rows, 5))
    return make_trace(error, id=f"m{number}.run-a", group=f"g{number}", **fields)


def _result(*traces: EpisodeTrace) -> Document:
    return make_result(_subject(), [record_of(trace, {}) for trace in traces], SETTINGS)


def test_an_episode_without_scored_rows_has_no_metrics_and_is_counted() -> None:
    masked = _trace(0, weights=np.zeros(30))
    result = _result(masked, *(_trace(n) for n in range(1, 9)))
    first = result["episodes"][0]
    assert first["metrics"].pop("coverage") == 0
    assert set(first["metrics"].values()) == {None}
    assert set(first["reasons"].values()) == {"no row of the episode is scored"}
    assert first["reasons"].keys() == first["metrics"].keys()
    assert set(first["joints"].values()) == {None}
    assert (first["rows_scored"], first["time_scored"]) == (0, 0.0)
    headline = result["metrics"]["joint_rmse"]
    assert headline["episodes"] == headline["groups"] == 8
    others = [e["metrics"]["joint_rmse"] for e in result["episodes"][1:]]
    assert headline["value"] == pytest.approx(np.mean(others), rel=1e-8)


def test_nothing_scored_at_all_gives_reasons() -> None:
    result = _result(_trace(0, weights=np.zeros(30)))
    assert result["metrics"].pop("coverage")["value"] == 0
    assert {e["value"] for e in result["metrics"].values()} == {None}
    reasons = {e["reason"] for e in result["metrics"].values()}
    assert reasons == {"no row of the episode is scored"}
    assert result["coverage"]["episodes_scored"] == 0
    assert headline_metrics(result)["joint_rmse_mrad"] is None
    assert headline_metrics(result)["coverage_percent"] == 0


def test_one_row_two_rows_and_a_constant_signal() -> None:
    still = np.zeros((30, 5))
    traces = [
        _trace(0, rows=1),
        _trace(1, rows=2),
        _trace(2, reference=still, command=still),
        *(_trace(n) for n in range(3, 9)),
    ]
    by_id = {e["id"]: e["metrics"] for e in _result(*traces)["episodes"]}
    assert by_id["m0.run-a"]["joint_rmse"] is None  # row 0 is given as input
    assert by_id["m1.run-a"]["joint_rmse"] is not None
    assert by_id["m1.run-a"]["growth"] is by_id["m1.run-a"]["lag"] is None
    assert by_id["m2.run-a"]["joint_rmse_moving"] is None
    assert by_id["m2.run-a"]["joint_rmse"] is not None


def test_two_episodes_have_a_mean_and_no_interval() -> None:
    result = _result(_trace(0), _trace(1))
    for metric in METRICS:
        estimate = result["metrics"][metric.name]
        assert estimate["low"] is None
        assert estimate["reason"]


def test_every_null_has_a_reason_and_every_number_none() -> None:
    result = _result(_trace(0, rows=1), _trace(1, rows=2), _trace(2))
    for episode in result["episodes"]:
        nulls = {name for name, value in episode["metrics"].items() if value is None}
        assert episode["reasons"].keys() == nulls
    for estimate in result["metrics"].values():
        assert estimate["value"] is not None or estimate["reason"]


def test_a_mean_says_over_how_many_episodes_it_is() -> None:
    still = np.zeros((30, 5))
    moving = [_trace(n) for n in range(6)]
    result = _result(_trace(9, reference=still, command=still), *moving)
    assert result["metrics"]["joint_rmse"]["episodes"] == 7
    assert result["metrics"]["joint_rmse_moving"]["episodes"] == 6


def test_masked_rows_are_counted_apart() -> None:
    masked = np.zeros(30, bool)
    masked[10:20] = True
    time = np.arange(30) * 0.02
    weights = time_weights(time, ~masked & (np.arange(30) > 0))
    coverage = _result(_trace(0, masked=masked, weights=weights), _trace(1))["coverage"]
    assert (coverage["rows"], coverage["rows_masked"], coverage["rows_scored"]) == (60, 10, 48)
    assert coverage["time"] == pytest.approx(2 * 0.58)
    assert coverage["time_masked"] == pytest.approx(9 * 0.02)
    assert coverage["time_scored"] == pytest.approx(0.56 + 8 * 0.02 + 9 * 0.02)
    assert (coverage["episodes"], coverage["episodes_scored"]) == (9, 2)


@pytest.mark.parametrize("value", [0.0, 0.25])
def test_constant_errors_have_an_interval_of_no_width(value: float) -> None:
    traces = [make_trace(np.full((30, 5), value), id=f"m{n}.r", group=f"g{n}") for n in range(8)]
    headline = _result(*traces)["metrics"]["joint_rmse"]
    assert headline["value"] == headline["low"] == headline["high"] == value
