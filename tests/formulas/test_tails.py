"""Exponential tails, against sums by hand, drawn sizes and what must hold of any."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.formulas.tails import FEW, MOST, tail_of

SIZES = st.lists(st.floats(1e-6, 1e3), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("sizes", "number", "begin", "excess"),
    [
        ([], 0, 0.0, 0.0),
        ([3.0], 1, 0.0, 3.0),
        ([1.0, 5.0, 2.0], 3, 0.0, 8.0),
        ([1.0, 4.0, 2.0, 7.0], 2, 2.0, 2.0 + 5.0),
        ([1.0, 4.0, 2.0, 7.0, 3.0], 3, 2.0, 1.0 + 2.0 + 5.0),
        ([float(k) for k in range(1, 31)], MOST, 22.0, float(sum(range(1, 9)))),
        ([5.0, 2.0, 2.0, 2.0], 4, 0.0, 11.0),
        ([3.0, 3.0, 3.0, 3.0, 1.0], 4, 1.0, 8.0),
        ([2.0] * 5, 5, 0.0, 10.0),
    ],
)
def test_the_larger_half_is_the_tail(
    sizes: list[float], number: int, begin: float, excess: float
) -> None:
    tail = tail_of(sizes)
    assert (tail.number, tail.begin, tail.excess) == (number, begin, excess)


def test_what_is_expected_by_hand() -> None:
    tail = tail_of([1.0, 4.0, 2.0, 7.0])  # two beyond 2, by 3.5 in the mean
    assert tail.passed(9.0) == pytest.approx(2 * math.exp(-2))
    assert tail.passed_on_average(9.0) == pytest.approx(2 * (7 / 14) ** 2)
    assert tail.level(2 * math.exp(-2)) == pytest.approx(9.0)
    for level, counted in ((0.5, 4), (1.0, 4), (1.5, 3), (2.0, 3)):
        assert tail.passed(level) == tail.passed_on_average(level) == counted


def test_of_nothing_nothing_is_expected() -> None:
    tail = tail_of([])
    assert tail.passed(2.5) == tail.passed_on_average(2.5) == tail.level(0.1) == 0


@given(SIZES, st.floats(1e-6, 0.999))
def test_a_level_is_passed_as_often_as_was_asked_for(sizes: list[float], share: float) -> None:
    tail = tail_of(sizes)
    expected = share * tail.number
    level = tail.level(expected)
    assert level >= tail.begin
    assert tail.passed(level) == pytest.approx(expected, rel=1e-6)


@given(SIZES, st.lists(st.floats(0, 1e4), min_size=2, max_size=2).map(sorted))
def test_a_higher_level_is_passed_less_and_an_unknown_mean_makes_it_more(
    sizes: list[float], levels: list[float]
) -> None:
    tail = tail_of(sizes)
    low, high = levels
    assert tail.passed(low) >= tail.passed(high)
    assert tail.passed_on_average(low) >= tail.passed_on_average(high)
    assert tail.passed_on_average(high) >= tail.passed(high) * (1 - 1e-12)


@given(SIZES, st.floats(1e-3, 1e3), st.floats(1e-6, 1e6))
def test_the_unit_makes_no_difference(sizes: list[float], level: float, factor: float) -> None:
    own, other = tail_of(sizes), tail_of([factor * size for size in sizes])
    if level > own.begin and factor * level > other.begin:
        assert other.passed(factor * level) == pytest.approx(own.passed(level), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("number", [1, 3, 16, 40])
def test_the_averaged_figure_is_what_comes_of_levels_set_by_few(number: int) -> None:
    """A level at so many means of what was drawn is passed more often than the fit says."""
    random = np.random.default_rng(number)
    true, fitted, averaged = [], [], []
    for _ in range(4000):
        tail = tail_of(random.exponential(1.0, number).tolist())
        level = tail.begin + 4 * tail.excess / tail.number
        true.append(number * math.exp(-level))
        fitted.append(tail.passed(level))
        averaged.append(tail.passed_on_average(level))
    assert np.mean(averaged) == pytest.approx(np.mean(true), rel=0.15)
    assert np.mean(fitted) < 0.7 * np.mean(averaged)
    assert tail.number == (number if number < FEW else min(MOST, number // 2))
