"""Two entries compared by themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scoring.statistics.difference import compare
from bench.scoring.statistics.intervals import mean_interval

LABELS = list("aabcdefg")
VALUES = st.lists(st.floats(-100, 100), min_size=8, max_size=8)


def test_the_interval_is_that_of_the_mean_difference() -> None:
    a, b = np.random.default_rng(0).lognormal(size=(2, 8))
    found = compare(a, b, LABELS, seed=4)
    assert found.estimate == mean_interval(a - b, LABELS, seed=4)
    assert found.estimate.value == pytest.approx(float(a.mean() - b.mean()))


@given(a=VALUES, b=VALUES)
def test_parts_add_up(a: list[float], b: list[float]) -> None:
    found = compare(a, b, LABELS, seed=0, resamples=39)
    gap = float(np.mean(a) - np.mean(b))
    assert sum(share.contribution for share in found.shares) == pytest.approx(gap, abs=1e-9)
    assert sum(found.episodes) == pytest.approx(gap, abs=1e-9)
    sizes = [abs(share.contribution) for share in found.shares]
    assert sizes == sorted(sizes, reverse=True)
    assert sum(share.episodes for share in found.shares) == 8


def test_the_group_that_decides_is_named() -> None:
    a = [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 9.0]
    b = [1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2]
    found = compare(a, b, LABELS, seed=0, resamples=39)
    first = found.shares[0]
    assert (first.group, first.episodes) == ("g", 1)
    assert first.contribution == pytest.approx(7.8 / 8)
    assert first.share == pytest.approx(7.8 / 6.4)
    assert first.without == pytest.approx(-0.2)
    assert found.deciding == ("g",)


def test_no_difference_has_no_shares() -> None:
    found = compare([1.0] * 8, [1.0] * 8, LABELS, seed=0)
    assert {share.share for share in found.shares} == {None}
    assert found.deciding == ()
    assert (found.estimate.low, found.estimate.high) == (0.0, 0.0)


def test_one_group_cannot_be_left_out() -> None:
    found = compare([1.0, 2.0], [0.0, 0.0], ["a", "a"], seed=0)
    assert found.shares[0].without is None
    assert found.deciding == ()
    assert found.estimate.reason == "1 group: an interval needs at least 6"


@pytest.mark.parametrize(("a", "b"), [([], []), ([1.0], [1.0, 2.0])])
def test_unlike_episodes_are_refused(a: list[float], b: list[float]) -> None:
    with pytest.raises(ValueError, match="the same episodes of both"):
        compare(a, b, ["a"] * len(a), seed=0)
