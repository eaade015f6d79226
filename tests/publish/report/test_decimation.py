"""Fewer points, no lost peak."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bench.publish.report.decimation import BUCKETS, decimated

VALUES = arrays(np.float32, st.integers(1, 400), elements=st.floats(-1e6, 1e6, width=32))


@given(values=VALUES, buckets=st.integers(1, 20))
def test_every_stretch_keeps_its_lowest_highest_first_and_last(
    values: np.ndarray, buckets: int
) -> None:
    time = np.arange(len(values)) * 0.5
    kept_time, kept = decimated(time, values, buckets)
    if len(values) <= 4 * buckets:
        np.testing.assert_array_equal(kept, values)
        return
    width = int(np.ceil(len(values) / buckets))
    for first in range(0, len(values), width):
        stretch = values[first : first + width]
        inside = (kept_time >= time[first]) & (kept_time <= time[first + len(stretch) - 1])
        shown = kept[inside]
        assert (shown.min(), shown.max()) == (stretch.min(), stretch.max())
        assert (shown[0], shown[-1]) == (stretch[0], stretch[-1])
        assert len(shown) <= 4


@given(values=VALUES, buckets=st.integers(1, 20))
def test_what_is_kept_are_points_of_the_signal_in_order(values: np.ndarray, buckets: int) -> None:
    kept_time, kept = decimated(np.arange(len(values)), values, buckets)
    assert (np.diff(kept_time) > 0).all()
    np.testing.assert_array_equal(kept, values[kept_time.astype(int)])
    assert len(kept) <= max(4 * buckets, 4)


@pytest.mark.parametrize("place", [0, 1, 70_001, 99_998, 99_999])
def test_one_spike_in_a_hundred_thousand_rows_is_drawn(place: int) -> None:
    values = np.zeros(100_000)
    values[place] = -1.0
    time, shown = decimated(np.linspace(0, 900, 100_000), values)
    assert shown.min() == -1.0
    assert time[shown.argmin()] == np.linspace(0, 900, 100_000)[place]
    assert len(shown) <= 4 * BUCKETS
