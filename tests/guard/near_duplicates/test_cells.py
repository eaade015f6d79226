"""The filter's cells and bitmaps, held against boxes compared one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.guard.near_duplicates.bitmaps import Bitmaps
from bench.guard.near_duplicates.cells import Groups, cells, groups_of, spreads
from bench.guard.near_duplicates.features import Boxes, boxes
from bench.guard.near_duplicates.index import candidates
from bench.guard.near_duplicates.motion import windows_of
from tests.guard.near_duplicates.motions import wandering


def scattered(rng: np.random.Generator, count: int, joints: int) -> Boxes:
    """Boxes of any place and size, on a grid, so that many bounds are equal."""
    low = rng.integers(-20, 20, (count, 4 * joints)) / 10
    high = low + rng.integers(0, 8, low.shape) / 10
    numbers = np.zeros(count, dtype=np.int64)
    return Boxes(numbers, numbers, numbers, low.astype(np.float32), high.astype(np.float32))


def meeting(found: Boxes, least: np.ndarray, most: np.ndarray, joints: int) -> np.ndarray:
    """(W, B, J) whether a box meets what a window reaches, joint by joint."""
    low, high = found.low[None] <= most.T[:, None], found.high[None] >= least.T[:, None]
    return (low & high).reshape(least.shape[1], len(found), joints, 4).all(axis=3)


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 3, 6, 7]), st.integers(1, 200))
def test_bitmaps_lose_no_box_that_a_window_meets(seed: int, joints: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    searched = scattered(rng, count, joints)
    # Some windows lie beyond all boxes, and some bounds are equal to theirs.
    least = (rng.integers(-40, 40, (4 * joints, 30)) / 10).astype(np.float32)
    most = least + (rng.integers(0, 50, least.shape) / 10).astype(np.float32)
    spare = rng.random(30) < 0.5
    groups = groups_of(spreads(searched, least, most))
    if joints == 1:
        spare[:] = False
    for turn in (groups, groups.turned()):
        if not turn.first:
            continue
        bitmaps = Bitmaps.of(searched.low.T.copy(), searched.high.T.copy())
        window, box = bitmaps.near(least, most, spare, turn)
        found = set(zip(window.tolist(), box.tolist(), strict=True))
        assert len(found) == len(window)
        assert max(box, default=0) < count
        agree = meeting(searched, least, most, joints)
        first = agree[:, :, list(turn.first)].all(axis=2)
        wanted = first & (agree.sum(axis=2) >= joints - spare[:, None])
        assert found >= set(zip(*map(np.ndarray.tolist, np.nonzero(wanted)), strict=True))


def test_bitmaps_leave_out_boxes_that_a_window_does_not_meet() -> None:
    low = np.arange(640, dtype=np.float32).reshape(1, -1).repeat(4, axis=0)
    bitmaps = Bitmaps.of(low, low + np.float32(1))
    reach = np.full((4, 1), 320, dtype=np.float32)
    window, box = bitmaps.near(reach, reach + 1, np.array([False]), Groups((0,), ()))
    assert set(window.tolist()) == {0}
    assert {319, 320, 321} <= set(box.tolist())
    assert len(box) < 100


def test_groups_share_the_joints_that_tell_much() -> None:
    spread = np.array([8, 7, 6, 5, 4, 3, 0], dtype=np.float64).repeat(4)
    assert groups_of(spread) == Groups((0, 3, 4), (1, 2, 5, 6))
    assert groups_of(spread[:4]) == Groups((0,), ())
    assert groups_of(spread[:8]).turned() == Groups((1,), (0,))


@pytest.mark.parametrize("count", [1, 64, 65, 1000])
def test_every_box_is_in_one_cell(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.guard.near_duplicates.cells.CELL", 64)
    searched = scattered(np.random.default_rng(count), count, 2)
    found = list(cells(searched, (1,), np.ones(8)))
    assert max(len(cell) for cell in found) <= 64
    assert sorted(np.concatenate(found).tolist()) == list(range(count))


def test_a_motion_has_the_boxes_that_it_has_alone_beside_shorter_and_longer_ones() -> None:
    rng = np.random.default_rng(9)
    motions = [wandering(rng, samples, 2) for samples in (24, 41, 42, 60, 200)]
    together = boxes(motions)
    for number, motion in enumerate(motions):
        alone, own = boxes([motion]), np.flatnonzero(together.owner == number)
        order = np.lexsort([together.group[own], together.scales[own]])
        own = own[order]
        np.testing.assert_array_equal(together.scales[own], alone.scales)
        np.testing.assert_array_equal(together.group[own], alone.group)
        # The box of its last stretches may be wider, by stretches of its own.
        assert (together.low[own] <= alone.low + 1e-5).all()
        assert (together.high[own] >= alone.high - 1e-5).all()
        rest = np.flatnonzero(alone.scales[:-1] == alone.scales[1:])
        np.testing.assert_allclose(together.low[own][rest], alone.low[rest], atol=1e-5)
        np.testing.assert_allclose(together.high[own][rest], alone.high[rest], atol=1e-5)


@pytest.mark.parametrize("resting", [0, 4])
def test_small_cells_find_what_one_cell_finds(
    resting: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = np.random.default_rng(8)
    moves = np.arange(6) >= resting
    motions = [wandering(rng, 100, 6) * moves for _ in range(6)]
    others = [motion + rng.normal(0, 0.003, motion.shape) for motion in motions]
    windows = [windows_of(motion) for motion in motions]

    def pairs() -> list[tuple[int, int, tuple[float, ...]]]:
        found = candidates(windows, others, 0.3)
        return sorted((each.query, each.other, tuple(each.scales)) for each in found)

    at_once = pairs()
    monkeypatch.setattr("bench.guard.near_duplicates.cells.CELL", 40)
    monkeypatch.setattr("bench.guard.near_duplicates.index.AT_ONCE", 7)
    assert pairs() == at_once
    assert {(i, i) for i in range(6)} <= {each[:2] for each in at_once}
