"""Signed sums: differences of two entries' sums are as large as those of their predictions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.scoring.signature import SUMS, signed_sums
from tests.support.traces import make_trace


def _sums(error: np.ndarray, **fields) -> np.ndarray:  # type: ignore[no-untyped-def]
    return signed_sums(make_trace(error, **fields))


def test_the_mean_square_of_differences_is_that_of_the_predictions() -> None:
    rng = np.random.default_rng(1)
    ratios = []
    for episode in range(60):
        first, second = rng.standard_normal((2, 200, 3))
        pair = [_sums(each, id=f"e{episode}") for each in (first, second)]
        rows = make_trace(first).scored.sum()
        real = ((first - second)[make_trace(first).scored] ** 2).sum(axis=0) / rows
        ratios.append(((pair[0] - pair[1]) ** 2).mean(axis=1) / rows / real)
    assert pair[0].shape == (3, SUMS)
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.05)


def test_signs_follow_from_the_episode_alone_and_rows_that_do_not_count_are_left_out() -> None:
    error = np.random.default_rng(2).standard_normal((100, 2))
    assert np.array_equal(_sums(error, id="a"), _sums(error, id="a"))
    assert not np.allclose(_sums(error, id="a"), _sums(error, id="b"))
    trace = make_trace(error, id="a")
    changed = error.copy()
    changed[~trace.scored] = 99.0
    assert np.allclose(signed_sums(replace(trace, error=changed)), signed_sums(trace))
