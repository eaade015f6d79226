"""Marks, slopes and errors ahead, against plain loops and by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.formulas.rolling_origin import (
    HEADLINE,
    HORIZONS,
    MARKS,
    gains,
    horizon_rms,
    into_one_turn,
    last_velocity,
    line_velocity,
    origins,
)


def test_horizons_are_those_of_the_page() -> None:
    assert HORIZONS == (0.5, 1.0, 1.5, 2.0)
    assert set(HEADLINE) <= set(HORIZONS)


def test_marks_on_an_even_clock() -> None:
    """50 rows a second: marks at 2, 2.5 … 5 s, and targets from the fifth on."""
    time = np.arange(251) * 0.02
    found = origins(time, np.ones(251, bool))
    assert found.rows.tolist() == [100, 125, 150, 175, 200, 225, 250]
    assert found.targets.tolist() == [4, 5, 6]
    assert found.target_rows.tolist() == [200, 225, 250]
    assert found.origin_rows[0].tolist() == [175, 150, 125, 100]


def test_a_masked_row_is_neither_origin_nor_target() -> None:
    valid = np.ones(351, bool)
    valid[225] = False  # mark 5
    found = origins(np.arange(351) * 0.02, valid)
    assert found.targets.tolist() == [4, 10]


def test_short_and_broken_clocks() -> None:
    assert len(origins(np.array([0.0]), np.array([True])).targets) == 0
    assert len(origins(np.arange(199) * 0.02, np.ones(199, bool)).targets) == 0
    time = np.arange(400) * 0.02
    gap = np.delete(time, slice(140, 160))  # 2.8 to 3.2 s: the row before 3 s is too old
    assert origins(gap, np.ones(len(gap), bool)).targets.tolist() == [7, 8, 9, 10, 11]


@given(
    st.lists(st.floats(0.001, 0.3), min_size=1, max_size=200),
    st.floats(-5, 5),
    st.integers(0, 10**6),
)
def test_marks_against_a_plain_loop(steps: list[float], start: float, seed: int) -> None:
    time = start + np.concatenate([[0.0], np.cumsum(steps)])
    valid = np.random.default_rng(seed).random(len(time)) > 0.1
    found = origins(time, valid)
    rows, counted, m = [], [], 0
    while time[0] + 2 + 0.5 * m <= time[-1] + 1e-9:
        mark = time[0] + 2 + 0.5 * m
        row = max(i for i, t in enumerate(time) if t <= mark + 1e-9)
        rows.append(row)
        counted.append(valid[row] and mark - time[row] <= 0.125)
        m += 1
    targets = [k for k in range(MARKS, len(rows)) if all(counted[k - MARKS : k + 1])]
    assert found.rows.tolist() == rows
    assert found.targets.tolist() == targets
    for k, own in zip(targets, found.origin_rows, strict=True):
        assert own.tolist() == [rows[k - 1], rows[k - 2], rows[k - 3], rows[k - 4]]


@given(
    st.lists(st.floats(0.002, 0.2), min_size=0, max_size=40),
    st.floats(0.0, 200.0),
    st.integers(0, 10**6),
)
def test_slopes_against_polyfit(steps: list[float], start: float, seed: int) -> None:
    time = start + np.concatenate([[0.0], np.cumsum(steps)])
    values = np.random.default_rng(seed).normal(size=(len(time), 2))
    found = line_velocity(time, values, 0.1)
    for k, now in enumerate(time):
        rows = [i for i in range(k + 1) if time[i] >= now - 0.1 - 1e-9]
        if len(rows) == 1:
            assert found[k].tolist() == [0.0, 0.0]
        else:
            wanted = np.polyfit(time[rows] - now, values[rows], 1)[0]
            assert found[k] == pytest.approx(wanted, rel=1e-6, abs=1e-6)


def test_a_slope_sees_no_later_row() -> None:
    time = np.arange(30) * 0.02
    values = np.sin(time)[:, None]
    whole = line_velocity(time, values, 0.1)
    for rows in range(1, 30):
        assert (line_velocity(time[:rows], values[:rows], 0.1) == whole[:rows]).all()


def test_the_last_slope_alone() -> None:
    time = 100 + np.array([0.0, 0.02, 0.041, 0.06, 0.1])
    values = np.cos(np.arange(10.0)).reshape(5, 2)
    for rows in range(1, 6):
        whole = line_velocity(time[:rows], values[:rows], 0.1)[-1]
        assert last_velocity(time[:rows], values[:rows]) == pytest.approx(whole, rel=1e-9)


def test_gains() -> None:
    found = gains(np.array([1.0, 1.09, 1.10]), 0.09)
    assert found == pytest.approx([1.0, 1 - math.exp(-1), 1 - math.exp(-1 / 9)])


def test_errors_at_horizons_by_hand() -> None:
    error = np.zeros((2, 2, 1))
    error[0], error[1] = [[3.0], [1.0]], [[4.0], [1.0]]
    assert horizon_rms(error) == pytest.approx(np.array([[math.sqrt(12.5)], [1.0]]))


def test_only_endless_joints_are_brought_into_one_turn() -> None:
    error = np.array([[2 * math.pi + 0.1, 2 * math.pi + 0.1], [math.pi, -math.pi]])
    found = into_one_turn(error, np.array([True, False]))
    assert found == pytest.approx(np.array([[0.1, 2 * math.pi + 0.1], [math.pi, -math.pi]]))
