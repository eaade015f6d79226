"""Intervals of means and of skill: against plain loops, by properties, and by coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bench.scoring.statistics.bootstrap import resample_counts
from bench.scoring.statistics.intervals import Estimate, mean_interval, mean_intervals, skill
from tests.scoring.statistics import slow_bootstrap

LABELS = [f"g{g}" for g in range(8) for _ in range(1 + g % 3)]
VALUES = st.lists(st.floats(0.01, 100.0), min_size=len(LABELS), max_size=len(LABELS))
SEEDS = st.integers(0, 1000)


def ends(estimate: Estimate) -> tuple[float, float, float]:
    assert estimate.value is not None
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.value, estimate.low, estimate.high


def errors(seed: int, episodes: int = len(LABELS)) -> NDArray[np.float64]:
    return np.random.default_rng(seed).lognormal(3.0, 0.5, episodes)


@pytest.mark.parametrize("seed", range(4))
def test_mean_interval_agrees_with_plain_loops(seed: int) -> None:
    values = errors(seed)
    counts = resample_counts(8, 199, seed).tolist()
    groups = slow_bootstrap.by_group(values.tolist(), LABELS)
    expected = slow_bootstrap.interval(groups, slow_bootstrap.ones(groups), counts, 0.9)
    found = mean_interval(values, LABELS, seed=seed, resamples=199, level=0.9)
    assert ends(found) == pytest.approx(expected, rel=1e-9)
    assert found.value == pytest.approx(float(values.mean()), rel=1e-14)
    assert (found.groups, found.episodes, found.reason) == (8, len(LABELS), None)


@pytest.mark.parametrize("seed", range(4))
def test_skill_agrees_with_plain_loops(seed: int) -> None:
    entry, naive, repeat = errors(seed) * 0.7, errors(seed + 10), errors(seed + 20) * 0.2
    counts = resample_counts(8, 199, seed).tolist()
    expected = slow_bootstrap.interval(
        slow_bootstrap.by_group((naive - entry).tolist(), LABELS),
        slow_bootstrap.by_group((naive - repeat).tolist(), LABELS),
        counts,
        0.9,
    )
    found = skill(entry, naive, repeat, LABELS, seed=seed, resamples=199, level=0.9)
    assert ends(found) == pytest.approx(expected, rel=1e-9)
    ratio = (naive.mean() - entry.mean()) / (naive.mean() - repeat.mean())
    assert found.value == pytest.approx(float(ratio), rel=1e-12)


@given(values=VALUES, seed=SEEDS, shift=st.floats(-100, 100))
def test_a_shift_moves_the_interval(values: list[float], seed: int, shift: float) -> None:
    here = mean_interval(values, LABELS, seed=seed, resamples=199)
    there = mean_interval(np.array(values) + shift, LABELS, seed=seed, resamples=199)
    assume(here.low is not None and 1e-6 < here.high - here.low < 1e6)
    assert ends(there) == pytest.approx([end + shift for end in ends(here)], rel=1e-6, abs=1e-6)


@given(values=VALUES, seed=SEEDS, power=st.integers(-40, 40))
def test_scaling_by_a_power_of_two_is_exact(values: list[float], seed: int, power: int) -> None:
    here = mean_interval(values, LABELS, seed=seed, resamples=199)
    there = mean_interval(np.ldexp(values, power), LABELS, seed=seed, resamples=199)
    assert there.reason == here.reason
    if here.reason is None:
        assert ends(there) == tuple(np.ldexp(ends(here), power))


@given(values=VALUES, seed=SEEDS)
def test_a_change_of_sign_mirrors_the_interval(values: list[float], seed: int) -> None:
    here = mean_interval(values, LABELS, seed=seed, resamples=199)
    there = mean_interval(-np.array(values), LABELS, seed=seed, resamples=199)
    assert there.reason == here.reason
    if here.reason is None:
        value, low, high = ends(here)
        assert ends(there) == (-value, -high, -low)


@given(values=VALUES, seed=SEEDS, order=st.permutations(range(len(LABELS))))
def test_the_order_of_episodes_changes_no_bit(
    values: list[float], seed: int, order: list[int]
) -> None:
    here = mean_interval(values, LABELS, seed=seed, resamples=199)
    shuffled = [values[place] for place in order]
    labels = [LABELS[place] for place in order]
    assert mean_interval(shuffled, labels, seed=seed, resamples=199) == here


@given(seed=SEEDS)
def test_many_metrics_give_the_bits_of_each_alone(seed: int) -> None:
    table = np.random.default_rng(seed).lognormal(size=(len(LABELS), 5))
    table[:, 2] = 0.1
    alone = [mean_interval(column, LABELS, seed=seed, resamples=199) for column in table.T]
    assert mean_intervals(table, LABELS, seed=seed, resamples=199) == alone


@given(value=st.floats(-1e4, 1e4), seed=SEEDS)
def test_equal_values_are_their_own_interval(value: float, seed: int) -> None:
    found = mean_interval([value] * len(LABELS), LABELS, seed=seed, resamples=39)
    assert found.value == pytest.approx(value, rel=1e-15, abs=5e-324)
    assert found.low == found.high == found.value
    assert found.reason is None


def test_groups_with_equal_means_are_their_own_interval() -> None:
    values = [0.1, 0.7] * 6
    labels = [place // 2 for place in range(12)]
    value, low, high = ends(mean_interval(values, labels, seed=0))
    assert low == high == value == pytest.approx(0.4)


def test_fewer_than_six_groups_have_no_interval() -> None:
    found = mean_interval([1.0, 2.0, 3.0, 4.0, 5.0], list("abcde"), seed=0)
    assert found == Estimate(3.0, None, None, 5, 5, "5 groups: an interval needs at least 6")
    assert mean_interval([7.0], ["a"], seed=0).reason == "1 group: an interval needs at least 6"
    assert mean_interval([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], list("abcdef"), seed=0).low is not None


def test_one_group_apart_from_equal_others_bounds_nothing() -> None:
    found = mean_interval([0.0] * 21 + [1.0], np.arange(22), seed=0)
    assert found.value == pytest.approx(1 / 22)
    assert found.low is None
    assert found.high is None
    assert found.reason == "too few groups differ from the others to bound the mean"


def test_no_episodes_have_no_value() -> None:
    assert mean_interval([], [], seed=0) == Estimate(None, None, None, 0, 0, "no episodes")
    assert len(mean_intervals(np.zeros((0, 3)), [], seed=0)) == 3


@pytest.mark.parametrize("broken", [np.nan, np.inf, None])
def test_values_that_are_not_finite_are_refused(broken: float | None) -> None:
    with pytest.raises(ValueError, match="finite values, came 1"):
        mean_interval([1.0, broken], ["a", "b"], seed=0)  # type: ignore[list-item]


def test_values_of_the_wrong_shape_are_refused() -> None:
    with pytest.raises(ValueError, match=r"shape \(episodes\), came \(2, 2\)"):
        mean_interval([[1.0, 2.0], [3.0, 4.0]], ["a", "b"], seed=0)
    with pytest.raises(ValueError, match="expected 2 group labels"):
        mean_interval([1.0, 2.0], ["a"], seed=0)


def test_a_wider_level_contains_a_narrower() -> None:
    _, low, high = ends(mean_interval(errors(1), LABELS, seed=0, level=0.8))
    _, lower, higher = ends(mean_interval(errors(1), LABELS, seed=0, level=0.99))
    assert lower < low < high < higher


def test_skill_is_zero_for_the_naive_entry_and_one_for_the_repeat() -> None:
    naive, repeat = errors(1), errors(2) * 0.2
    assert ends(skill(naive, naive, repeat, LABELS, seed=0)) == (0.0, 0.0, 0.0)
    assert ends(skill(repeat, naive, repeat, LABELS, seed=0)) == (1.0, 1.0, 1.0)


@given(seed=SEEDS, factor=st.floats(0.01, 100))
@settings(max_examples=30)
def test_skill_does_not_depend_on_the_unit(seed: int, factor: float) -> None:
    tables = np.stack([errors(seed) * 0.7, errors(seed + 1), errors(seed + 2) * 0.1])
    here = skill(*tables, LABELS, seed=seed, resamples=199)
    there = skill(*(tables * factor), LABELS, seed=seed, resamples=199)
    assume(here.reason is None)
    assert ends(there) == pytest.approx(ends(here), rel=1e-8)


def test_skill_needs_a_naive_entry_that_is_worse_than_a_repeat() -> None:
    found = skill(errors(1), errors(2), errors(3), LABELS, seed=0)
    assert (found.value, found.low, found.high) == (None, None, None)
    assert found.reason is not None
    assert found.reason.startswith("the naive entry is not shown to be worse than a repeat")


def test_skill_needs_repeats_and_groups() -> None:
    assert skill([], [], [], [], seed=0).reason == "no episode has a repeat"
    few = skill([2.0, 3.0], [5.0, 6.0], [1.0, 1.0], ["a", "b"], seed=0)
    assert few.value is None
    assert few.reason is not None
    assert few.reason.endswith("2 groups: an interval needs at least 6")
    with pytest.raises(ValueError, match="came 1, 2 and 1"):
        skill([1.0], [1.0, 2.0], [1.0], ["a"], seed=0)


def covered(values: NDArray[np.float64], groups: NDArray[np.int_], truth: float) -> float:
    found = mean_intervals(values, groups, seed=0, resamples=999)
    return float(np.mean([low <= truth <= high for _, low, high in map(ends, found)]))


def test_intervals_cover_lognormal_errors() -> None:
    values = np.random.default_rng(0).lognormal(0.0, 0.5, (20, 400))
    assert 0.90 <= covered(values, np.arange(20), float(np.exp(0.125))) <= 0.98


def test_intervals_cover_where_episodes_of_a_group_go_together() -> None:
    rng = np.random.default_rng(1)
    groups = np.repeat(np.arange(20), [1, 1, 1, 2, 5] * 4)
    values = rng.normal(10.0, 2.0, (20, 400))[groups] + rng.normal(0.0, 0.5, (40, 400))
    assert 0.89 <= covered(values, groups, 10.0) <= 0.98
    apart = covered(values, np.arange(40), 10.0)
    assert apart < 0.85, "without groups the same intervals are too short"


def test_intervals_of_skill_cover() -> None:
    rng, hits = np.random.default_rng(2), []
    for seed in range(200):
        hard = rng.lognormal(0.0, 0.3, 20)
        entry, naive, repeat = (
            mean * hard * rng.lognormal(-0.045, 0.3, 20) for mean in (16.0, 23.0, 7.5)
        )
        _, low, high = ends(skill(entry, naive, repeat, np.arange(20), seed=seed, resamples=399))
        hits.append(low <= 7.0 / 15.5 <= high)
    assert 0.90 <= float(np.mean(hits)) <= 0.98
