"""Time weights, weighted means and quantiles, against plain loops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bench.formulas.weighting import (
    joint_rmse,
    root_mean_square,
    time_weights,
    weighted_mean,
    weighted_quantile,
)

STEPS = st.lists(st.floats(0.001, 0.1), min_size=1, max_size=30)


def _plain_weights(time: list[float], valid: list[bool]) -> list[float]:
    """Trapezoid of each stretch by itself, as a loop over its intervals."""
    weights = [0.0] * len(time)
    steps = sorted(b - a for a, b in itertools.pairwise(time))
    middle = len(steps) // 2
    median = steps[middle] if len(steps) % 2 else (steps[middle - 1] + steps[middle]) / 2
    start = None
    for row in range(len(time) + 1):
        inside = row < len(time) and valid[row]
        if inside and start is None:
            start = row
        if not inside and start is not None:
            if row - start == 1:
                weights[start] = median
            for k in range(start, row - 1):
                weights[k] += (time[k + 1] - time[k]) / 2
                weights[k + 1] += (time[k + 1] - time[k]) / 2
            start = None
    return weights


@given(STEPS, st.data())
def test_weights_are_the_trapezoid_of_each_stretch(steps: list[float], data: st.DataObject) -> None:
    time = np.concatenate([[0.0], np.cumsum(steps)])
    valid = np.array(data.draw(st.lists(st.booleans(), min_size=len(time), max_size=len(time))))
    expected = _plain_weights(time.tolist(), valid.tolist())
    np.testing.assert_allclose(time_weights(time, valid), expected, rtol=1e-12, atol=1e-15)


@given(STEPS)
def test_weights_of_a_whole_episode_sum_to_its_length(steps: list[float]) -> None:
    time = np.concatenate([[3.0], 3.0 + np.cumsum(steps)])
    weights = time_weights(time, np.ones(len(time), dtype=bool))
    assert weights.sum() == pytest.approx(time[-1] - time[0])


def test_weights_of_nothing_and_of_one_row() -> None:
    assert len(time_weights(np.array([]), np.array([], dtype=bool))) == 0
    assert time_weights(np.array([2.0]), np.array([True])).tolist() == [1.0]
    assert time_weights(np.array([2.0]), np.array([False])).tolist() == [0.0]


@given(
    arrays(np.float64, (7, 3), elements=st.floats(-1e3, 1e3)),
    st.lists(st.floats(0.1, 2), min_size=7, max_size=7),
)
def test_means_are_the_plain_ones(values: np.ndarray, weights: list[float]) -> None:
    total = sum(weights)
    for column in range(3):
        mean = sum(w * x for w, x in zip(weights, values[:, column], strict=True)) / total
        square = sum(w * x * x for w, x in zip(weights, values[:, column], strict=True)) / total
        found = weighted_mean(values, np.array(weights))[column]
        assert found == pytest.approx(mean, abs=1e-9)
        rms = root_mean_square(values, np.array(weights))[column]
        assert rms == pytest.approx(square**0.5, abs=1e-9)


def test_quantile_is_the_smallest_value_that_reaches_the_share() -> None:
    values, weights = np.array([5.0, 1.0, 3.0, 9.0]), np.array([1.0, 2.0, 1.0, 0.0])
    assert weighted_quantile(values, weights, 0.5) == 1.0
    assert weighted_quantile(values, weights, 0.51) == 3.0
    assert weighted_quantile(values, weights, 0.75) == 3.0
    assert weighted_quantile(values, weights, 1.0) == 5.0  # the 9 has no weight


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=40), st.floats(0, 1))
def test_quantile_of_equal_weights_is_the_inverted_cdf(values: list[float], share: float) -> None:
    found = weighted_quantile(np.array(values), np.full(len(values), 0.02), share)
    reached = sum(value <= found for value in values) / len(values)
    assert reached >= share - 1e-9
    below = [value for value in values if value < found]
    assert len(below) / len(values) < share + 1e-9 or not below


def test_joint_rmse_by_hand() -> None:
    error = np.array([[3.0, 0.0], [4.0, 2.0]])
    # sqrt((9 + 16) / 2) and sqrt(4 / 2), then their mean
    assert joint_rmse(error, np.ones(2)) == pytest.approx((12.5**0.5 + 2**0.5) / 2)


@given(arrays(np.float64, (9, 4), elements=st.floats(-1, 1)))
def test_refining_the_clock_of_a_held_error_changes_nothing(error: np.ndarray) -> None:
    """Every row twice, half as long: the same error over the same time."""
    weights = np.full(9, 0.02)
    twice = np.repeat(error, 2, axis=0)
    assert joint_rmse(twice, np.full(18, 0.01)) == pytest.approx(joint_rmse(error, weights))
