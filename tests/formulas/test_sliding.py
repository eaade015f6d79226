"""Sliding sums and products against loops, the periodogram against a plain transform."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.formulas import sliding as module
from bench.formulas.sliding import (
    fast_length,
    periodogram,
    sliding_products,
    sliding_sums,
    stretches,
)


@given(st.lists(st.booleans(), max_size=20))
def test_stretches_cover_the_flags(flags: list[bool]) -> None:
    runs = stretches(np.array(flags, dtype=bool)).tolist()
    assert [k for first, after in runs for k in range(first, after)] == [
        k for k, flag in enumerate(flags) if flag
    ]
    assert all(one[1] < other[0] for one, other in itertools.pairwise(runs))


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(1, 9), st.integers(0, 10**6))
def test_sums_over_moved_stretches(flags: list[bool], width: int, seed: int) -> None:
    mask = np.array(flags)
    signals = np.random.default_rng(seed).normal(size=(2, len(mask) + width - 1))
    expected = [[x[s : s + len(mask)][mask].sum() for s in range(width)] for x in signals]
    np.testing.assert_allclose(sliding_sums(signals, stretches(mask), width), expected, atol=1e-12)


@given(st.integers(1, 700), st.integers(1, 90), st.integers(0, 3), st.sampled_from([300, 1 << 20]))
def test_products_are_those_of_a_plain_correlation(
    samples: int, width: int, joints: int, at_once: int
) -> None:
    rng = np.random.default_rng(samples)
    signals = rng.normal(size=(joints, samples + width - 1))
    patterns = rng.normal(size=(joints, samples))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "VALUES_AT_ONCE", at_once)
        found = sliding_products(signals, patterns, width)
    assert found.shape == (joints, width)
    for row, x, pattern in zip(found, signals, patterns, strict=True):
        np.testing.assert_allclose(row, np.correlate(x, pattern, "valid"), atol=1e-11)


@pytest.mark.parametrize("samples", [1, 2, 3, 4, 97, 128, 1000])
def test_the_periodogram_is_the_sum_of_the_squared_transforms(samples: int) -> None:
    signals = np.random.default_rng(samples).normal(size=(3, samples))
    expected = (np.abs(np.fft.rfft(signals, axis=1)) ** 2).sum(axis=0)
    np.testing.assert_allclose(periodogram(signals), expected, rtol=1e-9, atol=1e-11 * samples)
    assert (periodogram(signals) >= 0).all()


def test_the_periodogram_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    signals = np.random.default_rng(0).normal(size=(5, 60))
    whole = periodogram(signals)
    monkeypatch.setattr(module, "VALUES_AT_ONCE", 300)
    np.testing.assert_allclose(periodogram(signals), whole, atol=1e-12 * whole.max())


@given(st.integers(1, 10**7))
def test_a_fast_length_is_long_enough_and_not_much_longer(least: int) -> None:
    found = fast_length(least)
    assert least <= found <= max(1.25 * least, 8)
    while found % 2 == 0:
        found //= 2
    assert found in (1, 3, 5, 9, 15)
