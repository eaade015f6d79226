"""Several weighted quantiles at once, against a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.formulas.quantiles import weighted_quantiles
from bench.formulas.weighting import weighted_quantile

SHARES = (0.0, 0.05, 0.5, 0.95, 1.0)


def by_hand(values: list[float], weights: list[float], share: float) -> float:
    counted = sorted((v, w) for v, w in zip(values, weights, strict=True) if w > 0)
    wanted = share * sum(w for _, w in counted) * (1 - 1e-12)
    reached = 0.0
    for value, weight in counted:
        reached += weight
        if reached >= wanted:
            return value
    raise AssertionError(share)


@given(
    st.lists(
        st.tuples(
            st.floats(-1e6, 1e6) | st.sampled_from([0.0, 1.0, 1.0 + 1e-15]), st.integers(0, 5)
        ),
        min_size=1,
        max_size=60,
    ),
    st.lists(st.integers(0, 64).map(lambda k: k / 64), max_size=5),
)
def test_the_smallest_value_that_reaches_the_share(
    rows: list[tuple[float, int]], shares: list[float]
) -> None:
    values, weights = [v for v, _ in rows], [float(w) for _, w in rows]
    weights[0] += 1.0
    found = weighted_quantiles(np.array(values), np.array(weights), shares)
    assert found.tolist() == [by_hand(values, weights, share) for share in shares]


@pytest.mark.parametrize("rows", [1, 2, 5000])
@pytest.mark.parametrize("shape", ["normal", "heavy", "ties", "constant"])
def test_it_equals_the_quantile_of_one_share(rows: int, shape: str) -> None:
    rng = np.random.default_rng(rows)
    values = {
        "normal": rng.normal(size=rows),
        "heavy": rng.normal(size=rows) ** 31,
        "ties": rng.integers(0, 4, rows).astype(float),
        "constant": np.full(rows, 0.3),
    }[shape]
    weights = rng.uniform(0.01, 0.03, rows)
    weights[1::7] = 0
    expected = [weighted_quantile(values, weights, share) for share in SHARES]
    assert weighted_quantiles(values, weights, SHARES).tolist() == expected


def test_equal_weights_give_the_inverted_distribution() -> None:
    values = np.random.default_rng(1).lognormal(size=777)
    found = weighted_quantiles(values, np.full(777, 0.02), SHARES)
    assert found.tolist() == np.quantile(values, SHARES, method="inverted_cdf").tolist()


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=30), st.integers(-5, 5))
def test_shift_scale_order_and_refinement(numbers: list[int], shift: int) -> None:
    values = np.array(numbers, dtype=float)
    weights = np.arange(1.0, len(values) + 1)
    plain = weighted_quantiles(values, weights, SHARES)
    moved = weighted_quantiles(4 * values + shift, weights, SHARES)
    assert moved.tolist() == (4 * plain + shift).tolist()
    turned = weighted_quantiles(values[::-1], weights[::-1], SHARES)
    assert turned.tolist() == plain.tolist()
    refined = weighted_quantiles(np.repeat(values, 2), np.repeat(weights, 2) / 2, SHARES)
    assert refined.tolist() == plain.tolist()


def test_rows_without_weight_are_not_read() -> None:
    values, weights = np.array([np.nan, 2.0, 1.0, np.inf]), np.array([0.0, 1.0, 1.0, 0.0])
    assert weighted_quantiles(values, weights, (0.5, 0.51)).tolist() == [1.0, 2.0]
