"""The family test: critical values, and what is left out of it."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.scoring.statistics import family
from bench.scoring.statistics.bootstrap import Ratios, ratios, resample_counts, t_statistics

COUNTS = resample_counts(22, 1999, 0)


def differences(columns: NDArray[np.float64]) -> Ratios:
    return ratios(columns, np.ones(len(columns)), np.ones(columns.shape[1]))


def normal(columns: int, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(size=(22, columns))


def test_more_differences_need_larger_values() -> None:
    values = normal(30)
    few, many = (family.max_t(differences(values[:, :n]), COUNTS, 0.95) for n in (3, 30))
    assert (many.critical[:3] > few.critical).all()
    assert (few.critical > 2.0).all()


def test_one_difference_alone_has_its_own_two_sided_value() -> None:
    found = family.max_t(differences(normal(1)), COUNTS, 0.95)
    assert found.critical[0] == pytest.approx(2.08, abs=0.15)  # Student's t at 21 degrees


def test_blocks_of_differences_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    values = differences(normal(20))
    whole = family.max_t(values, COUNTS, 0.95)
    monkeypatch.setattr(family, "BLOCK", 7)
    assert np.array_equal(family.max_t(values, COUNTS, 0.95).critical, whole.critical)


def test_a_difference_in_few_groups_is_left_out_and_disturbs_none() -> None:
    values = normal(5)
    alone = family.max_t(differences(values), COUNTS, 0.95)
    sparse = np.zeros((22, 2))
    sparse[:3, 0], sparse[:, 1] = [1.0, 2.0, 3.0], values[:, 0]
    both = family.max_t(differences(np.hstack([values, sparse[:, :1]])), COUNTS, 0.95)
    assert both.tested.tolist() == [True] * 5 + [False]
    assert np.isnan(both.critical[5])
    assert np.array_equal(both.critical[:5], alone.critical)


def test_heavy_tails_of_some_do_not_blunt_the_others() -> None:
    values, rng = normal(10), np.random.default_rng(1)
    copies = np.zeros((22, 8))
    for column in copies.T:
        column[rng.choice(22, 8, replace=False)] = rng.lognormal(0.0, 1.0, 8)
    alone = family.max_t(differences(values), COUNTS, 0.95).critical
    together = differences(np.hstack([values, copies]))
    crowded = family.max_t(together, COUNTS, 0.95)
    assert crowded.tested.all()
    assert (crowded.critical[:10] < 1.6 * alone).all()
    largest = np.concatenate([np.abs(t).max(axis=1) for t in t_statistics(together, COUNTS)])
    assert np.quantile(largest, 0.95) > 2.5 * alone.max(), "one value for all is far larger"


def test_equal_entries_add_nothing() -> None:
    values = normal(4)
    alone = family.max_t(differences(values), COUNTS, 0.95).critical
    more = family.max_t(differences(np.hstack([values, np.zeros((22, 3))])), COUNTS, 0.95)
    assert np.array_equal(more.critical[:4], alone)


def test_nothing_to_test_has_a_reason() -> None:
    sparse = np.zeros((22, 2))
    sparse[0] = 1.0
    found = family.max_t(differences(sparse), COUNTS, 0.95)
    assert not found.tested.any()
    assert np.isnan(found.critical).all()
    assert found.reason == "no two entries differ in enough groups"


def test_too_few_resamples_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 19 resamples"):
        family.max_t(differences(normal(2)), COUNTS[:18], 0.95)
