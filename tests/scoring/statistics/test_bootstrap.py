"""Resamples, linearised ratios, and sums that no order of addition changes."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scoring.statistics import bootstrap
from tests.scoring.statistics import slow_bootstrap


def make(groups: int, columns: int, seed: int) -> bootstrap.Ratios:
    rng = np.random.default_rng(seed)
    sums, sizes = rng.lognormal(size=(groups, columns)), rng.integers(1, 5, groups).astype(float)
    return bootstrap.ratios(sums, sizes, np.ones(columns))


def test_every_resample_draws_as_many_groups_as_there_are() -> None:
    counts = bootstrap.resample_counts(7, 500, 3)
    assert counts.shape == (500, 7)
    assert counts.min() == 0
    assert (counts.sum(axis=1) == 7).all()


def test_counts_have_the_variance_of_draws_with_replacement() -> None:
    counts = bootstrap.resample_counts(5, 20000, 0).astype(float)
    expected = np.where(np.eye(5, dtype=bool), 0.8, -0.2)
    np.testing.assert_allclose(counts.mean(axis=0), 1.0, atol=0.03)
    np.testing.assert_allclose(np.cov(counts.T), expected, atol=0.03)


def test_the_seed_alone_decides_the_resamples() -> None:
    first = bootstrap.resample_counts(9, 50, 1)
    assert np.array_equal(first, bootstrap.resample_counts(9, 50, 1))
    assert not np.array_equal(first, bootstrap.resample_counts(9, 50, 2))


@given(seed=st.integers(0, 2**32 - 1), groups=st.integers(2, 60))
def test_the_order_of_addition_changes_no_bit(seed: int, groups: int) -> None:
    estimate, counts = make(groups, 3, seed), bootstrap.resample_counts(groups, 40, seed)
    shuffled = np.random.default_rng(seed).permutation(groups)
    other = bootstrap.Ratios(
        estimate.value, estimate.error, estimate.residual[shuffled], estimate.weight[shuffled]
    )
    here = np.concatenate(list(bootstrap.t_statistics(estimate, counts)))
    there = np.concatenate(list(bootstrap.t_statistics(other, counts[:, shuffled])))
    assert np.array_equal(here, there)


def test_the_number_of_threads_changes_no_bit() -> None:
    program = """
import hashlib, numpy as np
from bench.scoring.statistics import compare, mean_intervals, rank_ranges, skill
values = np.random.default_rng(0).lognormal(size=(12, 300))
groups = np.arange(300) % 97
found = rank_ranges(values, groups, seed=1, resamples=1999)
alone = [
    mean_intervals(values.T, groups, seed=1, resamples=1999),
    skill(values[0], values[1] + 3, values[2] / 9, groups, seed=1, resamples=1999),
    compare(values[3], values[4], groups, seed=1, resamples=1999),
    found.leave_one_out, found.smallest_detectable, found.ranks,
]
bits = found.low.tobytes() + found.high.tobytes() + repr(alone).encode()
print(hashlib.sha256(bits).hexdigest())
"""
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for threads in ("1", "2", "4")
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64


@pytest.mark.parametrize("groups", [2, 3, 8, 22])
def test_deviations_agree_with_plain_loops(groups: int) -> None:
    rng = np.random.default_rng(groups)
    labels = [f"g{g:02d}" for g in range(groups) for _ in range(1 + g % 3)]
    values = rng.lognormal(size=len(labels))
    member = bootstrap.group_members(labels, len(labels))[1]
    sizes = np.bincount(member).astype(float)
    sums = bootstrap.group_sums(values[:, np.newaxis], member, groups)
    estimate = bootstrap.ratios(sums, sizes, np.ones(1))
    counts = bootstrap.resample_counts(groups, 60, 5)
    slow = slow_bootstrap.by_group(values.tolist(), labels)
    value, error = slow_bootstrap.estimate(slow, slow_bootstrap.ones(slow))
    assert estimate.value[0] == pytest.approx(value, rel=1e-14)
    assert estimate.error[0] == pytest.approx(error, rel=1e-12)
    np.testing.assert_allclose(
        np.concatenate(list(bootstrap.t_statistics(estimate, counts)))[:, 0],
        slow_bootstrap.deviations(slow, slow_bootstrap.ones(slow), counts.tolist()),
        rtol=1e-9,
        atol=1e-12,
    )


def test_blocks_of_resamples_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    estimate, counts = make(11, 4, 0), bootstrap.resample_counts(11, 100, 0)
    whole = np.concatenate(list(bootstrap.t_statistics(estimate, counts)))
    monkeypatch.setattr(bootstrap, "BLOCK_VALUES", 30)
    blocks = list(bootstrap.t_statistics(estimate, counts))
    assert len(blocks) == 50
    assert np.array_equal(whole, np.concatenate(blocks))


def test_resamples_without_spread_are_unbounded_unless_they_equal_the_estimate() -> None:
    sums = np.array([[0.0], [0.0], [3.0], [1.0]])
    estimate = bootstrap.ratios(sums, np.ones(4), np.ones(1))
    counts = np.array([[4, 0, 0, 0], [2, 2, 0, 0], [0, 0, 4, 0], [0, 0, 0, 4]], dtype=np.int32)
    assert next(iter(bootstrap.t_statistics(estimate, counts)))[:, 0].tolist() == [
        -np.inf,
        -np.inf,
        np.inf,
        0.0,
    ]


def test_a_resampled_denominator_of_zero_gives_its_limit() -> None:
    weight = np.array([3.0, -1.0, 1.0])
    estimate = bootstrap.ratios(np.array([[1.0], [2.0], [4.0]]), weight, np.ones(1))
    counts = np.array([[0, 2, 2], [1, 1, 1]], dtype=np.int32)
    found = next(iter(bootstrap.t_statistics(estimate, counts)))[:, 0]
    assert found[0] == 0.0
    assert found[1] == pytest.approx(0.0, abs=1e-12)


def test_group_sums_are_correctly_rounded() -> None:
    values = np.array([[1e16], [1.0], [-1e16], [1.0]])
    assert bootstrap.group_sums(values, np.zeros(4, dtype=np.intp), 1).tolist() == [[2.0]]


def test_labels_are_sorted_whatever_their_order() -> None:
    labels, member = bootstrap.group_members(["b", "a", "b"], 3)
    assert labels == ("a", "b")
    assert member.tolist() == [1, 0, 1]
    assert bootstrap.group_members([10, 9], 2)[0] == ("9", "10")


@pytest.mark.parametrize("groups", [["a"], [["a", "b"]], [0.5, 1.0], [None, "a"]])
def test_labels_that_do_not_fit_are_refused(groups: object) -> None:
    with pytest.raises(ValueError, match="group labels"):
        bootstrap.group_members(groups, 2)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("resamples", "share", "place"),
    [(9999, 0.025, 249), (9999, 0.05, 499), (999, 0.01, 9), (39, 0.025, 0), (100, 0.025, 1)],
)
def test_order_statistics_take_the_outer_place(resamples: int, share: float, place: int) -> None:
    assert bootstrap.order_statistic(resamples, share) == place
    assert bootstrap.order_statistic(resamples, (1 - (1 - 2 * share)) / 2) == place


def test_too_few_resamples_are_refused_with_the_number_needed() -> None:
    with pytest.raises(ValueError, match="at least 39 resamples, came 38"):
        bootstrap.order_statistic(38, 0.025)


@pytest.mark.parametrize("groups", [2, 7, 300])
@pytest.mark.parametrize("rows", [1, 13, 64, 1000])
def test_resamples_are_the_same_in_any_parts(groups: int, rows: int) -> None:
    parts = list(bootstrap.Resamples(groups, 101, 5).parts(rows))
    assert max(map(len, parts)) <= rows
    np.testing.assert_array_equal(np.concatenate(parts), bootstrap.resample_counts(groups, 101, 5))
