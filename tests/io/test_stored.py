"""Signals that stay on disk: the same values as in memory, every chunk decoded once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.io.store import Episodes, load_episodes, open_episodes, write_store
from bench.io.store_info import PER_EPISODE
from bench.io.stored import StoredSignals
from tests.support.episodes import make_episodes


@given(
    st.integers(1, 60),
    st.integers(1, 9),
    st.lists(st.tuples(st.integers(0, 59), st.integers(0, 59)), max_size=12),
)
def test_rows_are_those_of_the_array(
    length: int, chunk: int, wanted: list[tuple[int, int]]
) -> None:
    values = np.random.default_rng(length).normal(size=(length, 2))
    signals = StoredSignals(("q",), lambda _name, rows: values[rows], lambda _name: chunk)
    for first, last in wanted:
        begin, end = sorted((first % length, last % length))
        np.testing.assert_array_equal(
            signals.rows("q", slice(begin, end + 1)), values[begin : end + 1]
        )


@pytest.mark.parametrize("chunk", [1, 7, 10, 1000])
def test_a_walk_in_order_decodes_every_chunk_once(chunk: int) -> None:
    values, decoded = np.arange(100.0), []

    def read(_name: str, rows: slice) -> np.ndarray:
        decoded.extend(range(rows.start // chunk, -(-min(rows.stop, 100) // chunk)))
        return values[rows]

    signals = StoredSignals(("time",), read, lambda _name: chunk)
    for first, last in ((0, 3), (3, 15), (15, 16), (16, 60), (60, 100)):
        np.testing.assert_array_equal(signals.rows("time", slice(first, last)), values[first:last])
    assert decoded == list(range(-(-100 // chunk)))


def test_unknown_signals_are_no_items() -> None:
    signals = StoredSignals(("q",), lambda _n, rows: np.zeros(3)[rows], lambda _n: 3)
    assert list(signals) == ["q"]
    assert "time" not in signals
    with pytest.raises(KeyError):
        signals["time"]


@pytest.fixture
def stored(tmp_path: Path) -> tuple[Episodes, Episodes]:
    write_store(tmp_path / "s.zarr", make_episodes())
    return load_episodes(tmp_path / "s.zarr"), open_episodes(tmp_path / "s.zarr")


def test_an_opened_store_is_the_loaded_one(stored: tuple[Episodes, Episodes]) -> None:
    loaded, opened = stored
    assert opened.hashes() == loaded.hashes()
    for number in reversed(range(len(loaded))):
        for name in loaded.signals:
            np.testing.assert_array_equal(opened.signal(name, number), loaded.signal(name, number))


@pytest.mark.parametrize("keep", [[0], [1, 2, 3], [4, 0, 2], []])
def test_a_selection_is_the_same(stored: tuple[Episodes, Episodes], keep: list[int]) -> None:
    loaded, opened = (each.select(keep, "calibration", ["time", "q"]) for each in stored)
    assert opened.info == loaded.info
    np.testing.assert_array_equal(opened.start, loaded.start)
    assert set(opened.signals) == {"time", "q"} - PER_EPISODE
    for name, values in loaded.signals.items():
        np.testing.assert_array_equal(opened.signals[name], values)
