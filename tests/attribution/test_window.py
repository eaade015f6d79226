"""The part of an episode that is looked at."""

from __future__ import annotations

import numpy as np
import pytest

from bench.attribution.window import LENGTH, SETTLES, inputs_in, window_of
from bench.formulas.weighting import time_weights
from bench.io.store import Episodes
from bench.io.store_info import EpisodeInfo, StoreInfo
from bench.scoring.trace import EpisodeTrace
from tests.support.traces import make_trace


def long_trace(at: float) -> EpisodeTrace:
    """A minute with an error of 2 s at some time."""
    time = np.arange(3000) * 0.02
    error = np.zeros((3000, 2))
    error[(time >= at) & (time < at + 2), 0] = 0.1
    reference = 0.3 * np.sin(time[:, None] + np.arange(2))
    return make_trace(
        error,
        time=time,
        weights=time_weights(time, np.arange(3000) > 0),
        reference=reference,
        predicted=reference + error,
        command=reference.copy(),
    )


def test_a_short_episode_is_looked_at_as_a_whole() -> None:
    trace = make_trace(np.full((500, 2), 0.1))
    window = window_of(trace)
    assert window.rows == slice(0, 500)
    assert window.weights[0, 0] == 0
    assert window.missing.max() <= 0


def test_the_weighted_square_is_that_of_the_normalised_error() -> None:
    trace = make_trace(np.random.default_rng(1).normal(0, 0.1, (500, 2)))
    window = window_of(trace)
    expected = np.sum(trace.weights[:, None] * 0.5 * trace.error**2 / 9.0)
    assert float(window.missing @ window.missing) == pytest.approx(expected)


@pytest.mark.parametrize("at", [0.0, 20.0, 57.0])
def test_of_a_long_one_the_stretch_with_the_error(at: float) -> None:
    trace = long_trace(at)
    window = window_of(trace)
    first, last = trace.time[window.rows][[0, -1]]
    assert last - first <= LENGTH
    assert first <= at
    assert at + 2 <= last + 0.05
    settling = trace.time[window.rows] < first + SETTLES
    assert (window.weights[settling] == 0).all() == (window.rows.start > 0)


def test_a_later_window_begins_where_the_robot_was() -> None:
    info = StoreInfo(
        dataset="d",
        robot="r",
        kind="recorded",
        split="holdout_inputs",
        joints=("a",),
        units=("rad",),
        signals={},
        episodes=(EpisodeInfo("e", "e", "e", "run-a", "reference"),),
    )
    time = np.arange(100) * 0.1
    signals = {
        "time": time,
        "q_command": np.sin(time)[:, None],
        "q_start": np.array([[0.0]]),
        "dq_start": np.array([[0.5]]),
    }
    whole = Episodes(info, np.array([0, 100]), signals)
    measured = (time**2)[:, None]
    part = inputs_in(whole, measured, slice(30, 60))
    assert part.start.tolist() == [0, 30]
    assert part.signals["time"].tolist() == time[30:60].tolist()
    assert part.signals["q_start"] == pytest.approx(9.0)
    assert part.signals["dq_start"] == pytest.approx(6.0)
    assert inputs_in(whole, measured, slice(0, 100)).signals["dq_start"] == pytest.approx(0.5)


def test_a_trace_is_left_as_it_is() -> None:
    trace = long_trace(20.0)
    before = trace.weights.copy()
    window_of(trace)
    assert (trace.weights == before).all()
