"""Commands that are measurements: planted ones are found, arms that merely arrive are not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datasets.exact_copies import GAP, exact_copies

STEP = 1e-5  # rad, of the encoder
NOISE = STEP / 12**0.5


def measured(rows: int, seed: int = 0, joints: int = 3) -> np.ndarray:
    """An arm that trembles by a few encoder steps around a pose."""
    rng = np.random.default_rng(seed)
    return 0.3 + STEP * np.cumsum(rng.integers(-1, 2, (rows, joints)), axis=0)


def revealed(time: np.ndarray, command: np.ndarray, q: np.ndarray, noise: float = 0) -> np.ndarray:
    return exact_copies(time, command, q, np.full(q.shape[1], noise))


def clock(rows: int) -> np.ndarray:
    return np.arange(rows) * 0.008


def away(q: np.ndarray) -> np.ndarray:
    """Commands of a slow move that the arm follows some way behind."""
    return q + 0.001 + np.arange(len(q))[:, None] * 1e-4


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_exactly_the_rows_that_copy_are_found(shift: int) -> None:
    q = measured(200)
    command = away(q)
    command[60:140] = q[60 - shift : 140 - shift]
    found = np.flatnonzero(revealed(clock(200), command, q))
    assert found.tolist() == list(range(60, 140))


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(5, 190), st.integers(2, 100))
def test_a_copied_stretch_is_found_wherever_it_lies(seed: int, first: int, rows: int) -> None:
    q = measured(200, seed)
    stop = min(first + rows, 200)
    command = away(q)
    command[first:stop] = q[first - 1 : stop - 1]
    found = revealed(clock(200), command, q)
    follows = (command[first + 1 : stop] != command[first : stop - 1]).any()
    assert found[first:stop].all() == follows
    outside = (
        np.flatnonzero(found)
        if not follows
        else np.setdiff1d(np.flatnonzero(found), np.arange(first, stop))
    )
    assert len(outside) == 0


def test_an_arm_that_arrives_at_a_command_that_stands_still_reveals_nothing() -> None:
    command = np.full((300, 2), 0.5)
    q = np.minimum(0.5, 0.2 + np.arange(300)[:, None] * 0.003) * np.ones(2)
    assert (q[150:] == command[150:]).all()
    assert not revealed(clock(300), command, q, NOISE).any()


def test_an_arm_that_trembles_about_its_command_reveals_nothing() -> None:
    q = measured(300)
    command = np.tile(q[150], (300, 1))
    assert (command == q).all(axis=1).any()
    assert not revealed(clock(300), command, q, NOISE).any()


def test_one_joint_that_agrees_is_not_all_of_them() -> None:
    q = measured(100)
    command = away(q)
    command[1:, :2] = q[:-1, :2]
    assert not revealed(clock(100), command, q).any()


def test_a_last_digit_is_a_difference() -> None:
    q = measured(100)
    command = away(q)
    command[1:] = np.nextafter(q[:-1], 1)
    assert not revealed(clock(100), command, q).any()


def with_lost_packets(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of every four packets of a resting arm two are missing in the log."""
    q = measured(rows, seed)
    command = np.concatenate([q[:1], q[:-1]])
    kept = np.arange(rows) % 4 < 2
    return clock(rows)[kept], command[kept], q[kept]


@settings(max_examples=25)
@given(st.integers(0, 10_000))
def test_rows_whose_measurement_was_lost_are_found_between_the_others(seed: int) -> None:
    time, command, q = with_lost_packets(400, seed)
    exact = (command[1:] == q[:-1]).all(axis=1) | (command[1:] == q[1:]).all(axis=1)
    assert exact.mean() < 0.8
    assert revealed(time, command, q, NOISE)[1:].mean() > 0.97


def test_a_move_between_two_copies_is_kept() -> None:
    """Both rests are found, and no row of the move, however short the rests lie apart."""
    q = measured(100)
    command = np.concatenate([q[:1], q[:-1]])
    move = slice(48, 53)
    command[move] += 0.01 * np.sin(np.pi * np.arange(1, 6) / 6)[:, None]
    assert GAP > 6 * 0.008
    found = revealed(clock(100), command, q, NOISE)
    assert np.flatnonzero(~found).tolist() == list(range(48, 53))


def test_copies_far_apart_are_no_stretch() -> None:
    q = measured(100)
    command = away(q)
    command[[20, 60]] = q[[19, 59]]
    assert GAP < 40 * 0.008
    assert not revealed(clock(100), command, q, NOISE).any()


def test_the_first_row_of_a_rest_whose_measurement_was_lost_belongs_to_it() -> None:
    q = measured(100)
    command = away(q)
    command[50:] = q[49:-1]
    command[50] = (q[49] + q[50]) / 2
    assert revealed(clock(100), command, q, NOISE).argmax() == 50
    command[50] = q[50] + 20 * STEP
    assert revealed(clock(100), command, q, NOISE).argmax() == 51


def test_a_recording_of_one_row_has_nothing_to_reveal() -> None:
    q = measured(1)
    assert revealed(clock(1), q, q).tolist() == [False]
