"""Growth against scipy's Theil-Sen slope and known exponents; profiles by hand and by loops."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import theilslopes

from bench.formulas.divergence import (
    growth,
    horizon_edges,
    horizon_profile,
    verdict,
    window_sums,
)

FLOOR = 1e-5


def episode(seconds: float, seed: int, step: float = 0.02) -> tuple[np.ndarray, ...]:
    """Clock with jitter, an error that wanders, weights of which some are zero."""
    rng = np.random.default_rng(seed)
    rows = int(seconds / step)
    time = 3.0 + step * np.arange(rows) + rng.uniform(0, step / 4, rows)
    norm = np.exp(np.cumsum(rng.normal(0, 0.05, len(time)))) * 0.01
    weights = rng.uniform(0.5, 1.5, len(time)) * (rng.random(len(time)) > 0.1)
    return time, norm, weights


def by_loops(time: np.ndarray, norm: np.ndarray, weights: np.ndarray, floor: float) -> float:
    """Window by window with masks, and scipy's slope."""
    since = time - time[0]
    width = (since[-1] - 2) / 10
    levels, middles = [], []
    for k in range(10):
        inside = (since >= 2 + k * width) & (since < 2 + (k + 1) * width)
        if k == 9:
            inside = since >= 2 + 9 * width
        square = sum(weights[inside] * norm[inside] ** 2) / sum(weights[inside])
        levels.append(max(square**0.5, floor))
        middles.append(2 + (k + 0.5) * width)
    return float(theilslopes(np.log(levels), np.log(middles)).slope)


@settings(max_examples=40)
@given(st.floats(13, 60), st.integers(0, 10**6), st.sampled_from([1e-9, 0.01, 1.0]))
def test_growth_is_scipys_slope_over_ten_windows(seconds: float, seed: int, floor: float) -> None:
    time, norm, weights = episode(seconds, seed)
    expected = by_loops(time, norm, weights, floor)
    assert growth(time, norm, weights, floor) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("exponent", [-1.0, -0.5, 0.0, 0.1, 0.5, 1.0, 2.0])
def test_growth_is_the_exponent_of_a_power_of_time(exponent: float) -> None:
    time = np.arange(0.02, 100, 0.02)
    found = growth(time, 0.003 * time**exponent, np.ones(len(time)), FLOOR)
    # The first window is long against its own time: its mean square is not that of its middle.
    assert found == pytest.approx(exponent, abs=0.03)


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.floats(-1e3, 1e3), st.floats(0.01, 100), st.floats(0.1, 10))
def test_what_leaves_growth_as_it_is(seed: int, shift: float, scale: float, weigh: float) -> None:
    time, norm, weights = episode(25.37, seed)
    plain = growth(time, norm, weights, FLOOR)
    moved = growth(time + shift, scale * norm, weigh * weights, scale * FLOOR)
    assert moved == pytest.approx(plain, abs=1e-9)


@settings(max_examples=30)
@given(st.integers(0, 10**6))
def test_each_row_twice_at_half_the_weight_changes_nothing(seed: int) -> None:
    time, norm, weights = episode(25.37, seed)
    inner = slice(1, -1)
    twice = np.sort(np.concatenate((time, time[inner] + 1e-9)))
    half = weights.copy()
    half[inner] /= 2
    repeats = np.full(len(time), 2)
    repeats[[0, -1]] = 1
    found = growth(twice, np.repeat(norm, repeats), np.repeat(half, repeats), FLOOR)
    assert found == pytest.approx(growth(time, norm, weights, FLOOR), abs=1e-9)


def test_a_finer_clock_gives_nearly_the_same_growth() -> None:
    def at(step: float) -> float | None:
        time = np.arange(0, 60, step)
        return growth(
            time, 0.01 * (1 + time / 30 + 0.5 * np.sin(time)), np.full(len(time), step), FLOOR
        )

    coarse, fine = at(0.04), at(0.005)
    assert coarse is not None
    assert coarse == pytest.approx(fine, abs=5e-3)


@pytest.mark.parametrize("level", [0.0, 1e-7, 0.02])
def test_an_error_that_stays_does_not_grow(level: float) -> None:
    time = np.arange(0, 30, 0.02)
    found = growth(time, np.full(len(time), level), np.ones(len(time)), FLOOR)
    assert found == pytest.approx(0, abs=1e-12)


def test_growth_below_the_floor_is_not_seen() -> None:
    time = np.arange(0, 30, 0.02)
    assert growth(time, 1e-7 * time, np.ones(len(time)), FLOOR) == 0
    assert growth(time, 1e-7 * time, np.ones(len(time)), 1e-9) > 0.9  # type: ignore[operator]


def test_short_episodes_have_no_growth() -> None:
    time = np.arange(0, 12.01, 0.02)
    ones = np.ones(len(time))
    assert growth(time, ones, ones, FLOOR) is not None
    assert growth(time[:-1], ones[:-1], ones[:-1], FLOOR) is None
    for rows in (0, 1, 2):
        assert growth(time[:rows], ones[:rows], ones[:rows], FLOOR) is None


def test_masked_rows_are_not_read_and_a_masked_window_leaves_none() -> None:
    time, norm, weights = episode(42, 1)
    since = time - time[0]
    some = np.where((since > 10.5) & (since < 13), 0.0, weights)
    broken = np.where(some > 0, norm, np.nan)
    assert growth(time, broken, some, FLOOR) == pytest.approx(by_loops(time, norm, some, FLOOR))
    whole = np.where((since > 9) & (since < 15), 0.0, weights)
    assert growth(time, norm, whole, FLOOR) is None


@pytest.mark.parametrize("floor", [0.0, -1.0, float("nan")])
def test_a_floor_has_to_be_positive(floor: float) -> None:
    with pytest.raises(ValueError, match="floor"):
        growth(*episode(20, 0), floor)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.11, 0.5, "compounding"),
        (0.1, 0.5, "undecided"),
        (-0.1, 0.1, "bounded"),
        (-0.05, 0.02, "bounded"),
        (-0.2, 0.05, "undecided"),
        (0.05, 0.2, "undecided"),
        (-0.2, 0.2, "undecided"),
        (-0.5, -0.1, "undecided"),
        (-0.5, -0.11, "contracting"),
        (None, None, None),
        (None, 0.2, None),
        (0.2, None, None),
    ],
)
def test_verdict(low: float | None, high: float | None, said: str | None) -> None:
    assert verdict(low, high) == said


@given(st.integers(0, 10**6), st.lists(st.floats(0, 30), min_size=1, max_size=6, unique=True))
def test_window_sums_by_loops(seed: int, edges: list[float]) -> None:
    time, norm, weights = episode(20, seed, step=0.5)
    found = window_sums(time, norm, weights, np.array(sorted(edges)))
    assert found.shape == (len(edges) - 1, 2)
    for window, (first, after) in zip(found, itertools.pairwise(sorted(edges)), strict=True):
        rows = [k for k in range(len(time)) if first <= time[k] - time[0] < after]
        assert window[0] == pytest.approx(sum(weights[k] * norm[k] ** 2 for k in rows))
        assert window[1] == pytest.approx(sum(weights[k] for k in rows))


def test_windows_without_scored_rows_hold_zeros() -> None:
    time, edges = np.arange(0, 10, 0.5), np.array([0.0, 1.0, 2.0, 5.0, 20.0, 50.0])
    weights = np.where(time < 2, 0.0, 1.0)
    norm = np.where(time < 2, np.nan, 2.0)
    found = window_sums(time, norm, weights, edges)
    assert found.tolist() == [[0, 0], [0, 0], [24, 6], [40, 10], [0, 0]]
    assert window_sums(time, norm, 0 * weights, edges).tolist() == [[0, 0]] * 5
    assert window_sums(time[:0], norm[:0], weights[:0], edges).tolist() == [[0, 0]] * 5


@pytest.mark.parametrize(
    ("longest", "edges"),
    [
        (0.0, [0]),
        (0.99, [0]),
        (1.0, [0, 1]),
        (5.0, [0, 1, 2, 5]),
        (9.9, [0, 1, 2, 5]),
        (130.0, [0, 1, 2, 5, 10, 20, 50, 100]),
        (1000.0, [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]),
    ],
)
def test_edges_of_a_profile(longest: float, edges: list[float]) -> None:
    assert horizon_edges(longest).tolist() == edges


def test_a_profile_by_hand() -> None:
    edges = horizon_edges(10)
    sums = np.ones((5, 4, 2))
    sums[:, :, 0] = np.array([[1, 4, 9, 16]]) * np.array([[1, 4, 1, 1, 1]]).T
    lengths = np.array([7.0, 12.0, 5.0, 1.5, 4.9])
    sums[2, 1] = 0  # its second window is masked
    found = horizon_profile(sums, lengths, edges)
    assert found is not None
    assert found.edges.tolist() == [0, 1, 2, 5]  # three of five reach 5 s, one 10 s
    assert found.taken.tolist() == [True, True, False, False, False]
    assert found.values.tolist() == [1.5, 3.0, 4.5]


def test_half_of_the_episodes_is_enough() -> None:
    edges = horizon_edges(10)
    sums = np.ones((4, 4, 2))
    found = horizon_profile(sums, np.array([10.0, 10.0, 2.0, 3.0]), edges)
    assert found is not None
    assert found.edges[-1] == 10
    found = horizon_profile(sums, np.array([10.0, 9.0, 2.0, 3.0]), edges)
    assert found is not None
    assert found.edges[-1] == 5


def test_nothing_to_profile() -> None:
    edges = horizon_edges(10)
    assert horizon_profile(np.zeros((0, 4, 2)), np.zeros(0), edges) is None
    assert horizon_profile(np.ones((3, 4, 2)), np.array([0.5, 0.5, 20.0]), edges) is None
    assert horizon_profile(np.zeros((2, 4, 2)), np.array([20.0, 20.0]), edges) is None
    assert horizon_profile(np.zeros((2, 0, 2)), np.array([20.0, 20.0]), edges[:1]) is None


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(1, 8))
def test_blocks_and_order_of_episodes_do_not_show(seed: int, number: int) -> None:
    rng = np.random.default_rng(seed)
    episodes = [
        episode(seconds, seed + k, 0.1) for k, seconds in enumerate(rng.uniform(0.5, 60, number))
    ]
    lengths = np.array([time[-1] - time[0] for time, _, _ in episodes])
    wide = horizon_edges(1000)
    sums = np.stack([window_sums(*one, wide) for one in episodes])
    found = horizon_profile(sums, lengths, wide)
    narrow = horizon_edges(lengths.max())
    order = rng.permutation(number)
    other = horizon_profile(
        np.stack([window_sums(*episodes[k], narrow) for k in order]), lengths[order], narrow
    )
    if found is None or other is None:
        assert found is other
        return
    assert found.edges.tolist() == other.edges.tolist()
    assert found.taken[order].tolist() == other.taken.tolist()
    np.testing.assert_allclose(found.values, other.values, rtol=1e-12)
