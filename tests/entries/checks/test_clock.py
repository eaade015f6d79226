from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bench.entries.checks.clock import run
from tests.entries.checks.one import one_episode

RISING = st.lists(st.floats(0.001, 0.4), min_size=2, max_size=30).map(np.cumsum)


def codes(wanted: np.ndarray, clock: np.ndarray) -> list[str]:
    return [problem.code for problem in run(one_episode(wanted, clock))]


@given(RISING)
def test_the_clock_of_the_inputs_always_passes(wanted: np.ndarray) -> None:
    assert codes(wanted, wanted) == []


@given(RISING, RISING)
def test_coverage_and_gaps_are_those_of_the_definition(
    wanted: np.ndarray, clock: np.ndarray
) -> None:
    step = np.median(np.diff(wanted))
    short = clock[0] > wanted[0] + step / 2 or clock[-1] < wanted[-1] - step / 2
    limit = max(2 * step, 0.05)
    gap = any(
        after - before > limit and any(before < t < after for t in wanted)
        for before, after in itertools.pairwise(clock)
    )
    found = codes(wanted, clock)
    assert ("clock_coverage" in found) == short
    assert ("clock_gap" in found) == gap


def test_half_a_step_is_allowed_and_no_more() -> None:
    wanted = np.arange(100) * 0.02
    late = np.r_[0.01, wanted[1:]]
    assert codes(wanted, late) == []
    assert codes(wanted, np.r_[0.0101, wanted[1:]]) == ["clock_coverage"]
    assert codes(wanted, wanted[:-1]) == ["clock_coverage"]


def test_fifty_milliseconds_are_allowed_on_a_fast_clock() -> None:
    wanted = np.arange(1001) * 0.001
    assert codes(wanted, np.arange(21) * 0.05) == []
    assert codes(wanted, np.r_[0.0, 0.051, 0.1 + np.arange(19) * 0.05]) == ["clock_gap"]


def test_two_steps_are_allowed_on_a_slow_clock() -> None:
    wanted = np.arange(50) * 0.1
    assert codes(wanted, np.r_[wanted[::2], wanted[-1]]) == []
    assert codes(wanted, np.r_[wanted[::3], wanted[-1]]) == ["clock_gap"]


def test_a_single_row() -> None:
    assert codes(np.array([0.0]), np.array([0.0])) == []
    assert codes(np.array([0.0]), np.array([0.5])) == ["clock_coverage"]


def test_a_clock_that_stands_still() -> None:
    assert codes(np.arange(4.0), np.array([0.0, 1.0, 1.0, 3.0])) == ["clock_not_rising"]
