from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon

from bench.scoring.statistics import kappa, similarity
from bench.scoring.statistics.agreement import kappas, similarities
from bench.scoring.statistics.bootstrap import resample_counts

cells = st.lists(st.integers(0, 30), min_size=4, max_size=4)
counts = st.lists(st.integers(0, 20), min_size=3, max_size=3)
SAME = {"seed": 3, "resamples": 199, "level": 0.95}


def slow_kappa(both: int, first: int, second: int, neither: int) -> float | None:
    """By the definition: observed over what chance gives, in shares."""
    whole = both + first + second + neither
    observed = (both + neither) / whole
    yes = (both + first) / whole * (both + second) / whole
    no = (second + neither) / whole * (first + neither) / whole
    chance = yes + no
    return None if chance > 1 - 1e-12 else (observed - chance) / (1 - chance)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ([20, 5, 10, 15], 0.4),  # by hand: observed 0.70, by chance 0.50
        ([45, 15, 25, 15], 0.13043478),  # by hand: observed 0.60, by chance 0.54
        ([25, 35, 5, 35], 0.25925926),  # the same observed 0.60, by chance 0.46
        ([5, 0, 0, 7], 1.0),
        ([0, 6, 6, 0], -1.0),
        ([0, 1, 0, 23], 0.0),
    ],
)
def test_kappa_is_that_of_worked_examples(table, expected: float) -> None:
    assert kappas(np.array(table)) == pytest.approx(expected)


@given(cells.filter(lambda c: sum(c) > 0))
def test_kappa_is_what_its_definition_gives(table) -> None:
    expected = slow_kappa(*table)
    found = float(kappas(np.array(table)))
    if expected is None:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(expected, abs=1e-9)
        assert -1 <= found <= 1


@given(cells.filter(lambda c: sum(c) > 0))
def test_kappa_knows_neither_side_nor_sign(table) -> None:
    both, first, second, neither = table
    found = kappas(
        np.array([table, [both, second, first, neither], [neither, first, second, both]])
    )
    assert np.array_equal(found, found[[0, 0, 0]], equal_nan=True)


@given(counts, counts)
def test_similarity_is_scipys(first, second) -> None:
    found = float(similarities(np.array(first), np.array(second)))
    if not sum(first) or not sum(second):
        assert np.isnan(found) if not sum(first) and not sum(second) else found == 0
    else:
        assert found == pytest.approx(1 - jensenshannon(first, second, base=2) ** 2, abs=1e-7)
        assert 0 <= found <= 1
        assert float(similarities(np.array(second), np.array(first))) == pytest.approx(found)


@given(counts.filter(sum), st.integers(1, 5))
def test_shares_alone_count_for_similarity(first, times: int) -> None:
    assert similarities(np.array(first), times * np.array(first)) == pytest.approx(1)


def test_similarity_of_a_worked_example() -> None:
    # Half of the failures are shared: each side's divergence from the middle is half a bit.
    assert similarities(np.array([1, 1, 0]), np.array([0, 1, 1])) == pytest.approx(0.5)
    assert similarities(np.array([3, 0]), np.array([0, 5])) == 0


def flags(rng: np.random.Generator, episodes: int, kinds: int, share: float) -> np.ndarray:
    return rng.random((episodes, kinds)) < share


def test_intervals_are_percentiles_of_a_plain_bootstrap() -> None:
    rng = np.random.default_rng(0)
    groups = [f"g{i % 9}" for i in range(24)]
    one, other = flags(rng, 24, 3, 0.5), flags(rng, 24, 3, 0.4)
    names = sorted(set(groups))
    members = [[e for e in range(24) if groups[e] == name] for name in names]
    kappas_, alike = [], []
    for row in resample_counts(9, 199, 3).tolist():
        drawn = [e for g, times in enumerate(row) for _ in range(times) for e in members[g]]
        table = [0, 0, 0, 0]
        for e in drawn:
            table[(0 if one[e, 0] else 2) + (0 if other[e, 0] else 1)] += 1
        kappas_.append(slow_kappa(*table))
        sums = [[sum(bool(side[e, k]) for e in drawn) for k in range(3)] for side in (one, other)]
        alike.append(1 - jensenshannon(*sums, base=2) ** 2)
    for found, values in (
        (kappa(one[:, 0], other[:, 0], groups, **SAME), kappas_),
        (similarity(one, other, groups, **SAME), alike),
    ):
        ordered = sorted(values)  # of 199 the 5th and the 195th bound 2.5 % each
        assert (found.low, found.high) == pytest.approx((ordered[4], ordered[194]))
        assert (found.groups, found.episodes, found.reason) == (9, 24, None)
        assert found.low <= found.value <= found.high


def test_the_order_of_episodes_does_not_matter() -> None:
    rng = np.random.default_rng(1)
    one, other = flags(rng, 30, 2, 0.5), flags(rng, 30, 2, 0.5)
    groups, order = np.array([f"g{i // 3}" for i in range(30)]), rng.permutation(30)
    assert similarity(one, other, groups, **SAME) == similarity(
        one[order], other[order], groups[order], **SAME
    )
    assert kappa(one[:, 0], other[:, 0], groups, **SAME) == kappa(
        one[order, 0], other[order, 0], groups[order], **SAME
    )


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_not_defined_has_no_value_but_a_reason(fails: bool) -> None:
    same, groups = np.full(8, fails), range(8)
    found = kappa(same, same, groups, **SAME)
    expected = "in every episode on both sides" if fails else "in no episode on either side"
    assert (found.value, found.low, found.high, found.reason) == (None, None, None, expected)
    alike = similarity(same[:, None], same[:, None], groups, **SAME)
    assert (alike.value, alike.reason) == ((1.0, None) if fails else (None, expected))


def test_failures_on_one_side_alone_agree_in_nothing() -> None:
    one, none = np.arange(16) % 2 == 0, np.zeros(16, dtype=bool)
    assert kappa(one, none, range(16), **SAME).value == 0
    alike = similarity(one[:, None], none[:, None], range(16), **SAME)
    assert (alike.value, alike.low, alike.high) == (0, 0, 0)


@pytest.mark.parametrize(
    ("episodes", "failing", "reason"),
    [
        (5, 3, "5 groups: an interval needs at least 6"),
        (20, 5, "5 groups: an interval of failures needs at least 6"),
        (20, 1, "1 group: an interval of failures needs at least 6"),
    ],
)
def test_few_groups_have_a_value_and_no_interval(episodes, failing, reason: str) -> None:
    one = np.arange(episodes) < failing
    for found in (
        kappa(one, one, range(episodes), **SAME),
        similarity(one[:, None], one[:, None], range(episodes), **SAME),
    ):
        assert (found.value, found.low, found.high, found.reason) == (1, None, None, reason)


def test_resamples_without_a_value_reach_as_far_as_it_can() -> None:
    # Six of many groups fail, on both sides: resamples that draw none of them bound nothing.
    one = np.arange(400) < 6
    found = kappa(one, one, range(400), seed=1, resamples=9999, level=0.999)
    assert (found.low, found.high) == (-1, 1)
    assert kappa(one, one, range(400), seed=1, resamples=9999, level=0.9).low == 1


def test_no_episodes_have_no_value() -> None:
    empty = np.zeros(0, dtype=bool)
    assert kappa(empty, empty, [], **SAME).reason == "no episodes"
    assert similarity(empty[:, None], empty[:, None], [], **SAME).value is None


def test_flags_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r"expected flags of shape .* came float64"):
        kappa(np.zeros(3), np.zeros(3, dtype=bool), range(3), **SAME)
    with pytest.raises(ValueError, match="flags of one shape, came"):
        kappa(np.zeros(3, dtype=bool), np.zeros(2, dtype=bool), range(3), **SAME)
    with pytest.raises(ValueError, match="flags of one shape"):
        similarity(np.zeros((3, 2), dtype=bool), np.zeros((3, 1), dtype=bool), range(3), **SAME)


def test_kappa_has_every_place_of_a_table() -> None:
    """The four cells of the table come from the flags as they should."""
    pairs = list(itertools.product([True, False], repeat=2))
    first, second = (np.array([pair[k] for pair in pairs] * 3) for k in (0, 1))
    assert kappa(first, second, range(12), **SAME).value == 0
    more = np.append(first, [True] * 6), np.append(second, [True] * 6)
    assert kappa(*more, range(18), **SAME).value == pytest.approx(slow_kappa(9, 3, 3, 3))
