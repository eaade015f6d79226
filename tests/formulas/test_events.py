"""Crossings against a state machine, matching against an assignment solver, tau against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.stats import kendalltau

from bench.formulas.events import (
    Direction,
    crossings,
    match,
    precision_recall,
    tau_b,
)

DIRECTIONS = st.sampled_from(["up", "down", "both"])
QUARTERS = st.integers(-8, 8).map(lambda k: k / 4)
TIMES = st.lists(st.integers(0, 40).map(lambda k: k / 8), max_size=9)


@st.composite
def signals(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Clock, values on a coarse grid (so that levels are touched) and counted rows."""
    values = draw(st.lists(QUARTERS, max_size=40))
    steps = draw(st.lists(st.integers(1, 4), min_size=len(values), max_size=len(values)))
    counted = draw(
        st.just([True] * len(values))
        | st.lists(st.booleans(), min_size=len(values), max_size=len(values))
    )
    return np.cumsum(steps) / 8, np.array(values), np.array(counted, dtype=bool)


def by_state_machine(
    time: np.ndarray,
    signal: np.ndarray,
    counted: np.ndarray,
    level: float,
    hysteresis: float,
    direction: str,
) -> list[float]:
    """Row after row, with the state and the last passage of the level in mind."""
    state, passage, times = 0, {1: 0.0, -1: 0.0}, []
    for k in range(len(time)):
        if not counted[k]:
            state = 0
            continue
        if k and counted[k - 1]:
            a, b = signal[k - 1], signal[k]
            at = time[k - 1] + (time[k] - time[k - 1]) * (level - a) / (b - a) if a != b else 0
            if a <= level < b:
                passage[1] = at
            if a >= level > b:
                passage[-1] = at
        new = int(signal[k] > level + hysteresis / 2) - int(signal[k] < level - hysteresis / 2)
        if new and state == -new and direction in ("both", "up" if new > 0 else "down"):
            times.append(passage[new])
        state = new or state
    return times


@given(signals(), QUARTERS, st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0]), DIRECTIONS)
def test_crossings_are_those_of_a_schmitt_trigger(
    case: tuple[np.ndarray, np.ndarray, np.ndarray],
    level: float,
    hysteresis: float,
    direction: Direction,
) -> None:
    found = crossings(*case, level, hysteresis, direction)
    assert found.tolist() == pytest.approx(by_state_machine(*case, level, hysteresis, direction))


@given(signals(), QUARTERS, st.sampled_from([0.0, 0.5, 1.0]))
def test_what_leaves_crossings_as_they_are(
    case: tuple[np.ndarray, np.ndarray, np.ndarray], level: float, hysteresis: float
) -> None:
    time, signal, counted = case
    both = crossings(*case, level, hysteresis, "both")
    up, down = (crossings(*case, level, hysteresis, way) for way in ("up", "down"))
    assert sorted([*up, *down]) == both.tolist()
    assert abs(len(up) - len(down)) <= 1 + np.count_nonzero(~counted)
    assert (np.diff(both) > 0).all()
    shifted = crossings(time + 16, 4 * signal + 2, counted, 4 * level + 2, 4 * hysteresis, "up")
    np.testing.assert_allclose(shifted, up + 16)
    mirrored = crossings(time, -signal, counted, -level, hysteresis, "down")
    assert mirrored.tolist() == up.tolist()
    assert len(crossings(*case, level, hysteresis + 0.5, "both")) <= len(both)
    unread = np.where(counted, signal, np.nan)
    assert crossings(time, unread, counted, level, hysteresis, "both").tolist() == both.tolist()


@given(signals(), QUARTERS, st.sampled_from([0.0, 0.5]))
def test_rows_on_straight_lines_change_no_crossing(
    case: tuple[np.ndarray, np.ndarray, np.ndarray], level: float, hysteresis: float
) -> None:
    time, signal, counted = case
    if len(time) < 2:
        return
    finer = np.sort(np.concatenate((time, (time[1:] + time[:-1]) / 2)))
    values = np.interp(finer, time, signal)
    kept = np.zeros(len(finer), dtype=bool)
    kept[::2] = counted
    kept[1::2] = counted[1:] & counted[:-1]
    expected = crossings(time, signal, counted, level, hysteresis, "both")
    np.testing.assert_allclose(
        crossings(finer, values, kept, level, hysteresis, "both"), expected, atol=1e-12
    )


def test_a_crossing_by_hand() -> None:
    time = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    signal = np.array([0.0, 0.4, 0.8, 0.45, 0.6, 2.0])  # rises in two attempts
    every = np.ones(6, dtype=bool)
    # Beyond 1 only at the last row; the level was passed for the last time between rows 3 and 4.
    assert crossings(time, signal, every, 0.5, 1.0, "up").tolist() == []  # 0 touches the limit
    assert crossings(time, signal, every, 0.5, 0.9, "up").tolist() == pytest.approx([3 + 1 / 3])
    assert crossings(time, signal, every, 0.5, 0.0, "both").tolist() == pytest.approx(
        [1.25, 2 + 6 / 7, 3 + 1 / 3]
    )


def test_a_row_that_is_not_counted_breaks_the_signal() -> None:
    time, signal = np.arange(6.0), np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    counted = np.ones(6, dtype=bool)
    assert crossings(time, signal, counted, 0.5, 0.2, "up").tolist() == [2.5]
    for row, expected in ((1, [2.5]), (2, []), (3, []), (4, [2.5])):
        counted[:] = True
        counted[row] = False
        assert crossings(time, signal, counted, 0.5, 0.2, "up").tolist() == expected


@pytest.mark.parametrize("rows", [0, 1, 2, 50])
@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_constant_signal_has_no_events(rows: int, value: float) -> None:
    signal = np.full(rows, value)
    for hysteresis in (0.0, 1.0):
        found = crossings(
            np.arange(float(rows)), signal, np.ones(rows, dtype=bool), 0.5, hysteresis, "both"
        )
        assert found.shape == (0,)


def test_a_negative_hysteresis_is_refused() -> None:
    with pytest.raises(ValueError, match="hysteresis"):
        crossings(np.zeros(1), np.zeros(1), np.ones(1, dtype=bool), 0, -0.1, "up")


def best_by_assignment(reference: list[float], predicted: list[float], tolerance: float) -> tuple:
    """Number of pairs and total |Δt| of the best assignment."""
    if not reference or not predicted:
        return 0, 0.0
    apart = np.abs(np.array(reference)[:, None] - np.array(predicted))
    gain = np.where(apart <= tolerance, 1e4 - apart, 0.0)
    chosen = linear_sum_assignment(gain, maximize=True)
    real = apart[chosen][gain[chosen] > 0]
    return len(real), float(real.sum())


@settings(max_examples=300)
@given(TIMES, TIMES, st.sampled_from([0.0, 0.125, 0.25, 0.5, 1.0, 5.0, 10.0]))
def test_matching_is_the_best_assignment(
    reference: list[float], predicted: list[float], tolerance: float
) -> None:
    pairs = match(np.array(reference), np.array(predicted), tolerance)
    assert pairs.shape == (len(pairs), 2)
    assert len(set(pairs[:, 0])) == len(set(pairs[:, 1])) == len(pairs)
    apart = [abs(reference[i] - predicted[j]) for i, j in pairs]
    assert max(apart, default=0.0) <= tolerance
    assert (len(pairs), sum(apart)) == best_by_assignment(reference, predicted, tolerance)
    matched = [reference[i] for i in pairs[:, 0]]
    assert matched == sorted(matched)


@pytest.mark.parametrize("tolerance", [0.05, 0.5, 3.0])
def test_matching_many_events(tolerance: float) -> None:
    rng = np.random.default_rng(1)
    reference = np.round(rng.uniform(0, 60, 120) * 64) / 64
    predicted = np.round(rng.uniform(0, 60, 180) * 64) / 64
    pairs = match(reference, predicted, tolerance)
    total = np.abs(reference[pairs[:, 0]] - predicted[pairs[:, 1]]).sum()
    expected = best_by_assignment(reference.tolist(), predicted.tolist(), tolerance)
    assert (len(pairs), total) == expected


@given(TIMES, TIMES, st.sampled_from([0.25, 1.0]))
def test_matching_is_the_same_both_ways_and_at_any_time(
    reference: list[float], predicted: list[float], tolerance: float
) -> None:
    one, other = np.array(reference), np.array(predicted)
    pairs = match(one, other, tolerance)
    assert match(one + 64, other + 64, tolerance).tolist() == pairs.tolist()
    back = match(other, one, tolerance)
    assert len(back) == len(pairs)


def test_more_pairs_go_before_nearer_ones_and_earlier_before_later() -> None:
    # 1.0 and 1.4 are the nearest, but then 2.0 and 0.5 would stay alone.
    chain = match(np.array([1.0, 2.0]), np.array([0.5, 1.4]), 0.7)
    assert chain.tolist() == [[0, 0], [1, 1]]
    assert match(np.array([1.0]), np.array([0.5, 1.5]), 1.0).tolist() == [[0, 0]]
    assert match(np.array([0.5, 1.5]), np.array([1.0]), 1.0).tolist() == [[0, 0]]
    assert match(np.array([3.0, 1.0]), np.array([1.1, 9.0, 2.9]), 0.2).tolist() == [[1, 0], [0, 2]]
    assert match(np.array([1.0]), np.array([1.0]), -1.0).tolist() == []


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0), (None, None)),
        ((3, 0, 0), (None, 0.0)),
        ((0, 2, 0), (0.0, None)),
        ((4, 2, 1), (0.5, 0.25)),
        ((1, 1, 0), (0.0, 0.0)),
    ],
)
def test_precision_and_recall(
    counts: tuple[int, int, int], expected: tuple[float | None, float | None]
) -> None:
    assert precision_recall(*counts) == expected


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_tau_is_that_of_scipy(rows: list[tuple[int, int]]) -> None:
    first, second = np.array(rows, dtype=float).reshape(-1, 2).T
    found = tau_b(first, second)
    if len(set(first)) < 2 or len(set(second)) < 2:
        assert found is None
        return
    assert found == pytest.approx(kendalltau(first, second, variant="b").statistic)
    assert tau_b(2 * second + 1, first - 5) == pytest.approx(found)
    assert tau_b(first, -second) == pytest.approx(-found)
    assert tau_b(first, first) == pytest.approx(1)


def test_order_of_few_events() -> None:
    assert tau_b(np.array([]), np.array([])) is None
    assert tau_b(np.array([1.0]), np.array([2.0])) is None
    assert tau_b(np.array([1.0, 2.0]), np.array([5.0, 4.0])) == -1
    assert tau_b(np.array([1.0, 1.0]), np.array([5.0, 4.0])) is None
