"""Degenerate input gives a defined outcome; numpy warns of nothing (warnings are errors here)."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bench.scoring.statistics import (
    Estimate,
    compare,
    leave_one_out,
    mean_interval,
    rank_ranges,
    skill,
)

VALUE = st.sampled_from([0.0, 1.0, 1.0, 2.0, 1e-300, 1e12, 5e-324, 0.1, -1.0])
SIZES = st.integers(1, 9)


def _defined(estimate: Estimate) -> None:
    """A value or a reason; both ends or a reason; nothing that is not finite."""
    numbers = [n for n in (estimate.value, estimate.low, estimate.high) if n is not None]
    assert all(math.isfinite(n) for n in numbers)
    assert (estimate.low is None) == (estimate.high is None)
    assert (estimate.reason is None) == (len(numbers) == 3)


@given(data=st.data(), size=SIZES)
def test_any_values_in_any_groups_are_defined(data: st.DataObject, size: int) -> None:
    columns = st.lists(VALUE, min_size=size, max_size=size)
    a, b, c = (data.draw(columns) for _ in range(3))
    groups = data.draw(st.lists(st.sampled_from("abcdefgh"), min_size=size, max_size=size))
    _defined(mean_interval(a, groups, seed=0, resamples=199))
    _defined(compare(a, b, groups, seed=0, resamples=199).estimate)
    _defined(skill(a, b, c, groups, seed=0, resamples=199))
    found = rank_ranges([a, b, c], groups, seed=0, resamples=199)
    assert sorted(found.order) == [0, 1, 2]
    assert all(rank is None or 1 <= rank[0] <= rank[1] <= 3 for rank in found.ranks)
    assert (found.smallest_detectable is None) == (not found.tested.any())
    ends = leave_one_out(a, groups)
    assert (ends is None) == (len(set(groups)) < 2)


LABELS = list("abcdefghijkl")
ONES = [1.0] * 12


def test_constant_values_are_their_own_interval_and_rank_together() -> None:
    assert mean_interval(ONES, LABELS, seed=0) == Estimate(1.0, 1.0, 1.0, 12, 12)
    assert rank_ranges([ONES, ONES], LABELS, seed=0).ranks == ((1, 2), (1, 2))
    assert compare(ONES, ONES, LABELS, seed=0).estimate == Estimate(0.0, 0.0, 0.0, 12, 12)


def test_a_constant_difference_is_its_own_interval() -> None:
    found = compare(ONES, [3.0] * 12, LABELS, seed=0)
    assert found.estimate == Estimate(-2.0, -2.0, -2.0, 12, 12)
    assert rank_ranges([[3.0] * 12, ONES], LABELS, seed=0).ranks == ((2, 2), (1, 1))


def test_two_episodes_have_a_mean_and_no_interval() -> None:
    reason = "2 groups: an interval needs at least 6"
    assert mean_interval([1.0, 3.0], ["a", "b"], seed=0) == Estimate(2.0, None, None, 2, 2, reason)
    found = rank_ranges([[1.0, 3.0], [5.0, 9.0]], ["a", "b"], seed=0)
    assert (found.order, found.ranks) == ((0, 1), (None, None))
    assert found.reason == "2 groups: a comparison needs at least 6"
    ends = leave_one_out([1.0, 3.0], ["a", "b"])
    assert ends is not None
    assert (ends.low, ends.low_without, ends.high, ends.high_without) == (1.0, "b", 3.0, "a")


def test_one_group_has_a_mean_and_nothing_else() -> None:
    found = mean_interval([1.0, 3.0], ["a", "a"], seed=0)
    assert found.reason == "1 group: an interval needs at least 6"
    assert leave_one_out([1.0, 3.0], ["a", "a"]) is None
    board = rank_ranges([[1.0, 3.0], [2.0, 2.5]], ["a", "a"], seed=0)
    assert (board.ranks, board.leave_one_out) == ((None, None), ())


def test_a_robot_that_repeats_itself_exactly_leaves_skill_defined() -> None:
    naive = np.linspace(1.0, 2.0, 12)
    found = skill(naive / 2, naive, np.zeros(12), LABELS, seed=0)
    assert (found.value, found.low, found.high) == (0.5, 0.5, 0.5)
    perfect = skill(np.zeros(12), naive, np.zeros(12), LABELS, seed=0)
    assert (perfect.value, perfect.low, perfect.high) == (1.0, 1.0, 1.0)


def test_nothing_to_gain_is_no_skill() -> None:
    zeros = np.zeros(12)
    found = skill(zeros, zeros, zeros, LABELS, seed=0)
    assert found.value is None
    assert found.reason == (
        "the naive entry is not shown to be worse than a repeat: "
        "the lower end of their difference is 0"
    )


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    "call",
    [
        lambda v: mean_interval(v, LABELS, seed=0),
        lambda v: compare(v, ONES, LABELS, seed=0),
        lambda v: compare(ONES, v, LABELS, seed=0),
        lambda v: skill(v, ONES, ONES, LABELS, seed=0),
        lambda v: skill(ONES, v, ONES, LABELS, seed=0),
        lambda v: skill(ONES, ONES, v, LABELS, seed=0),
        lambda v: rank_ranges([ONES, v], LABELS, seed=0),
        lambda v: leave_one_out(v, LABELS),
    ],
)
def test_a_value_that_is_not_finite_is_refused(
    broken: float, call: Callable[[NDArray[np.float64]], object]
) -> None:
    """Such a value can only come from a broken truth or entry; both are refused before."""
    values = np.ones(12)
    values[4] = broken
    with pytest.raises(ValueError, match="finite values, came 1"):
        call(values)


def test_a_level_near_one_tests_no_pair_that_is_unbounded_there() -> None:
    """All draws are of the three groups that agree in about four of 9,999 resamples."""
    values = np.ones((2, 8))
    values[1] += [5.0, 5.0, 5.0, 1.0, 2.0, 3.0, 4.0, 7.0]
    labels = list("abcdefgh")
    assert rank_ranges(values, labels, seed=0, level=0.95).tested[0, 1]
    found = rank_ranges(values, labels, seed=0, level=0.9999)
    assert not found.tested[0, 1]
    assert np.isnan(found.critical[0, 1])
