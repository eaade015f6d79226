"""Scores of repeated executions, against scoringrules, plain loops and their own invariances."""

from __future__ import annotations

import itertools
import math
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
import scoringrules
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bench.formulas import samples as module
from bench.formulas.samples import (
    band,
    energy_score,
    fair_crps,
    inside,
    interval_score,
    rank_counts,
    with_noise,
)

NUMBERS = st.floats(-10, 10, width=32)


@st.composite
def cases(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """(N, M, J) samples and (N, J) measurements, often with ties."""
    rows, number, joints = draw(st.tuples(st.integers(1, 4), st.integers(1, 7), st.integers(1, 3)))
    values = st.sampled_from([-1.0, 0.0, 0.25, 3.0]) | NUMBERS
    samples = draw(arrays(np.float64, (rows, number, joints), elements=values))
    return samples, draw(arrays(np.float64, (rows, joints), elements=values))


def drawn(rows: int, number: int, joints: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Samples and measurements of one distribution."""
    rng = np.random.default_rng(seed)
    return rng.normal(size=(rows, number, joints)), rng.normal(size=(rows, joints))


@given(cases())
def test_crps_by_its_definition(case: tuple[np.ndarray, np.ndarray]) -> None:
    samples, measured = case
    found = fair_crps(samples, measured)
    for row, joint in np.ndindex(measured.shape):
        x, y = samples[row, :, joint].tolist(), measured[row, joint]
        expected = math.fsum(abs(value - y) for value in x) / len(x)
        if len(x) > 1:
            apart = math.fsum(abs(a - b) for a, b in itertools.combinations(x, 2))
            expected -= apart / (len(x) * (len(x) - 1))
        assert found[row, joint] == pytest.approx(expected, abs=1e-12)


@given(cases())
def test_energy_by_its_definition(case: tuple[np.ndarray, np.ndarray]) -> None:
    samples, measured = case
    found = energy_score(samples, measured)
    for row, (x, y) in enumerate(zip(samples, measured, strict=True)):
        expected = math.fsum(math.dist(value, y) for value in x) / len(x)
        if len(x) > 1:
            apart = math.fsum(math.dist(a, b) for a, b in itertools.combinations(x, 2))
            expected -= apart / (len(x) * (len(x) - 1))
        assert found[row] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("number", [2, 20, 100])
def test_scores_equal_those_of_scoringrules(number: int) -> None:
    samples, measured = drawn(40, number, 3, number)
    crps = scoringrules.crps_ensemble(measured, samples, m_axis=1, estimator="fair")
    np.testing.assert_allclose(fair_crps(samples, measured), crps, atol=1e-12)
    energy = scoringrules.es_ensemble(measured, samples, m_axis=1, v_axis=2, estimator="fair")
    np.testing.assert_allclose(energy_score(samples, measured), energy, atol=1e-12)
    lower, upper = measured - samples[:, 0] ** 2, measured + samples[:, 1]
    lower, upper = np.minimum(lower, upper), np.maximum(lower, upper)
    score = scoringrules.interval_score(samples[:, 0], lower, upper, 0.2)
    np.testing.assert_allclose(
        interval_score(lower, upper, samples[:, 0], level=0.8), score, atol=1e-12
    )


@given(cases(), NUMBERS, st.floats(0.1, 10), st.randoms())
def test_what_leaves_scores_as_they_are(
    case: tuple[np.ndarray, np.ndarray], shift: float, scale: float, random: object
) -> None:
    samples, measured = case
    order = list(range(samples.shape[1]))
    random.shuffle(order)  # type: ignore[attr-defined]
    moved, moved_measured = samples[:, order] * scale + shift, measured * scale + shift
    for score in (fair_crps, energy_score):
        np.testing.assert_allclose(
            score(moved, moved_measured), scale * score(samples, measured), atol=1e-11
        )
        np.testing.assert_allclose(score(-samples, -measured), score(samples, measured), atol=1e-12)


@given(cases())
def test_bounds_of_scores(case: tuple[np.ndarray, np.ndarray]) -> None:
    samples, measured = case
    error = np.abs(samples - measured[:, None]).mean(axis=1)
    found = fair_crps(samples, measured)
    assert (found <= error + 1e-12).all()
    # No two samples are further apart than both are from the measurement together.
    assert (found >= -1e-12).all()
    assert (energy_score(samples, measured) >= -1e-12).all()
    np.testing.assert_allclose(
        fair_crps(samples[:, :1], measured), np.abs(samples[:, 0] - measured), atol=1e-15
    )
    np.testing.assert_allclose(
        energy_score(samples[:, :, :1], measured[:, :1]), found[:, 0], atol=1e-12
    )


def test_equal_samples_score_like_one() -> None:
    samples, measured = drawn(5, 1, 2, 0)
    many = np.repeat(samples, 100, axis=1)
    np.testing.assert_allclose(fair_crps(many, measured), fair_crps(samples, measured), atol=1e-14)
    np.testing.assert_allclose(
        energy_score(many, measured), energy_score(samples, measured), atol=1e-14
    )


def test_the_expected_score_does_not_depend_on_the_number_of_samples() -> None:
    few, measured = drawn(20_000, 2, 1, 1)
    many, _ = drawn(20_000, 25, 1, 2)
    difference = fair_crps(few, measured) - fair_crps(many, measured)
    assert abs(difference.mean()) < 4 * difference.std() / math.sqrt(len(difference))
    # E|x − y| − E|x − x'| / 2 of normal distributions
    assert fair_crps(many, measured).mean() == pytest.approx(1 / math.sqrt(math.pi), abs=0.02)


@pytest.mark.parametrize("number", [20, 21, 39, 100])
def test_a_band_is_between_weibull_quantiles(number: int) -> None:
    samples, _ = drawn(7, number, 2, number)
    found = band(samples)
    assert found is not None
    for ends, share in zip(found, (0.05, 0.95), strict=True):
        expected = np.quantile(samples, share, axis=1, method="weibull")
        np.testing.assert_allclose(ends, expected, atol=1e-12)


def test_ends_of_a_band_by_hand() -> None:
    samples = np.arange(1.0, 40.0)[None, ::-1, None]  # 39 samples: place k holds k
    found = band(samples)
    assert found is not None
    assert [ends.item() for ends in found] == pytest.approx([2.0, 38.0])
    extremes = band(samples, 1 / 40, 39 / 40)
    assert extremes is not None
    assert [ends.item() for ends in extremes] == pytest.approx([1.0, 39.0])


@pytest.mark.parametrize(
    ("number", "low", "high"), [(1, 0.05, 0.95), (19, 0.05, 0.95), (30, 0.01, 0.9), (30, 0.1, 0.99)]
)
def test_too_few_samples_have_no_band(number: int, low: float, high: float) -> None:
    assert band(np.zeros((3, number, 2)), low, high) is None


@pytest.mark.parametrize("number", [20, 39, 100])
def test_a_band_of_the_right_distribution_holds_what_it_says(number: int) -> None:
    samples, measured = drawn(40_000, number, 1, number)
    found = band(samples)
    assert found is not None
    assert inside(*found, measured).mean() == pytest.approx(0.9, abs=0.006)


def test_a_band_of_constant_samples_is_a_point() -> None:
    found = band(np.full((3, 25, 2), 0.7))
    assert found is not None
    lower, upper = found
    assert (lower == 0.7).all()
    assert (upper == 0.7).all()
    assert inside(lower, upper, np.full((3, 2), 0.7)).all()
    assert (interval_score(lower, upper, np.full((3, 2), 0.7)) == 0).all()


def test_interval_score_by_hand() -> None:
    lower, upper = np.zeros(4), np.full(4, 2.0)
    found = interval_score(lower, upper, np.array([-1.0, 0.0, 1.0, 2.5]))
    np.testing.assert_allclose(found, [2 + 20, 2, 2, 2 + 10])


def test_rank_counts_by_hand() -> None:
    samples = np.array([[[0.0], [1.0], [2.0]], [[5.0], [6.0], [7.0]], [[3.0], [1.0], [2.0]]])
    measured = np.array([[1.5], [9.0], [0.0]])
    assert rank_counts(samples, measured, seed=0).tolist() == [1, 0, 1, 1]


@given(cases(), st.integers(0, 2**32))
def test_ranks_lie_where_ties_allow(case: tuple[np.ndarray, np.ndarray], seed: int) -> None:
    samples, measured = case
    counts = rank_counts(samples, measured, seed)
    assert counts.shape == (samples.shape[1] + 1,)
    assert counts.sum() == measured.size
    assert counts.tolist() == rank_counts(samples[:, ::-1], measured, seed).tolist()
    least = (samples < measured[:, None]).sum(axis=1)
    most = (samples <= measured[:, None]).sum(axis=1)
    for rank in range(samples.shape[1] + 1):
        assert counts[: rank + 1].sum() <= (least <= rank).sum()
        assert counts[: rank + 1].sum() >= (most <= rank).sum()


def test_ties_are_drawn_evenly() -> None:
    counts = rank_counts(np.zeros((8000, 3, 1)), np.zeros((8000, 1)), seed=3)
    assert counts.min() > 2000 - 4 * math.sqrt(8000 * 0.25 * 0.75)
    assert counts.tolist() != rank_counts(np.zeros((8000, 3, 1)), np.zeros((8000, 1)), 4).tolist()


def test_noise_has_the_declared_spread_and_follows_the_seed() -> None:
    samples, _ = drawn(2000, 10, 2, 5)
    noise = with_noise(samples, np.array([0.5, 0.0]), seed=1) - samples
    assert noise[..., 0].std() == pytest.approx(0.5, rel=0.02)
    assert abs(noise[..., 0].mean()) < 0.02
    assert (noise[..., 1] == 0).all()
    again = with_noise(samples, np.array([0.5, 0.0]), seed=1) - samples
    assert (again == noise).all()
    other = with_noise(samples, np.array([0.5, 0.0]), seed=2) - samples
    assert (other[..., 0] != noise[..., 0]).any()


def test_noise_makes_a_perfect_twin_calibrated() -> None:
    """Twenty exact repeats of the truth against a noisy measurement: right only with noise."""
    rng = np.random.default_rng(0)
    truth = rng.normal(size=(20_000, 1))
    measured = truth + rng.normal(0, 0.1, truth.shape)
    samples = np.repeat(truth[:, None], 20, axis=1)
    found = band(with_noise(samples, np.array([0.1]), seed=7))
    assert found is not None
    assert inside(*found, measured).mean() == pytest.approx(0.9, abs=0.01)


def test_parts_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    samples, measured = drawn(23, 20, 2, 6)
    samples[::3] = np.round(samples[::3])
    measured[::3] = np.round(measured[::3])

    def everything() -> list[np.ndarray]:
        ends = band(samples)
        assert ends is not None
        return [
            fair_crps(samples, measured),
            energy_score(samples, measured),
            rank_counts(samples, measured, 1),
            with_noise(samples, np.ones(2), 1),
            *ends,
        ]

    whole = everything()
    monkeypatch.setattr(module, "VALUES_AT_ONCE", 100)
    monkeypatch.setattr(module, "VALUES_OF_PAIRS", 100)
    for one, other in zip(whole, everything(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-14, atol=1e-14)


@pytest.mark.parametrize("score", [fair_crps, energy_score, lambda x, y: rank_counts(x, y, 0)])
def test_many_samples_need_little_memory(score: Callable[..., np.ndarray]) -> None:
    samples, measured = drawn(2000, 100, 14, 7)  # 22 MB
    tracemalloc.start()
    try:
        score(samples, measured)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 12e6


def test_no_rows_give_no_scores() -> None:
    samples, measured = np.zeros((0, 20, 3)), np.zeros((0, 3))
    assert fair_crps(samples, measured).shape == (0, 3)
    assert energy_score(samples, measured).shape == (0,)
    assert rank_counts(samples, measured, 0).tolist() == [0] * 21
