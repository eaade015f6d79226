"""Copies to within a resolution, late or early: planted ones are found, tracking is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datasets.layout import Layout
from bench.datasets.near_copies import LAG, near_copies
from tests.datasets import near_copies_oracle

STEP = 0.0015  # rad, of the encoder
NOISE = STEP / 12**0.5
ARM = Layout(((0, 1, 2),), np.full(4, NOISE))
"""Three joints of a chain and a gripper."""
ROWS = 400
COPY = slice(150, 250)


def motion(seed: int, rows: int = ROWS) -> tuple[np.ndarray, np.ndarray]:
    """Planned commands with six decimals, and counts of an arm that follows late and sags."""
    rng = np.random.default_rng(seed)
    speed, phase = rng.uniform(0.8, 2.5, 4), rng.uniform(0, 6, 4)
    time = np.arange(-20, rows)[:, None] * 0.02
    planned = 0.5 * np.sin(speed * time + phase)
    late = planned[14:-6] + rng.uniform(0.004, 0.02, 4)
    return np.round(planned[20:], 6), STEP * np.round(late / STEP)


def planted(q: np.ndarray, command: np.ndarray, joints: list[int], lag: int) -> np.ndarray:
    """Commands that are, in the rows `COPY`, what was measured `lag` rows before."""
    leak = command.copy()
    leak[COPY, joints] = q[COPY.start - lag : COPY.stop - lag, joints]
    return leak


def found(command: np.ndarray, q: np.ndarray, layout: Layout = ARM) -> list[int]:
    known = np.zeros(len(q), dtype=bool)
    return np.flatnonzero(near_copies(command, q, layout, known)).tolist()


@pytest.mark.parametrize("lag", range(-LAG, LAG + 1))
@pytest.mark.parametrize("decimals", [None, 6, 4, 3])
def test_a_chain_that_copies_late_or_early_and_rounded(lag: int, decimals: int | None) -> None:
    command, q = motion(lag + LAG)
    leak = planted(q, command, [0, 1, 2], lag)
    if decimals:
        leak[COPY, :3] = np.round(leak[COPY, :3], decimals)
    assert found(leak, q) == list(range(150, 250))


@pytest.mark.parametrize("lag", range(LAG + 1))
@pytest.mark.parametrize("joint", [1, 3])
def test_a_joint_or_gripper_that_copies_what_was_measured_before(lag: int, joint: int) -> None:
    command, q = motion(7)
    leak = planted(q, command, [joint], lag)
    assert set(range(150, 250)) <= set(found(leak, q)) <= set(range(145, 255))


def test_a_joint_by_itself_that_is_ahead_of_what_is_measured_is_one_that_is_followed() -> None:
    command, q = motion(7)
    for lag in range(-LAG, 0):
        assert found(planted(q, command, [1], lag), q) == []


def test_single_precision_is_a_resolution_too() -> None:
    command, q = motion(3)
    layout = Layout(ARM.chains, np.zeros(4))
    leak = planted(q, command, [0, 1, 2], 2)
    leak[COPY] = leak[COPY].astype(np.float32)
    assert found(leak, q, layout) == list(range(150, 250))
    assert found(leak + 1e-6, q, layout) == []


@pytest.mark.parametrize("lag", [-LAG - 1, LAG + 1])
def test_a_larger_lag_is_not_looked_for(lag: int) -> None:
    command, q = motion(5)
    assert found(planted(q, command, [0, 1, 2], lag), q) == []


def test_filtered_copies_and_copies_that_lag_ever_more_are_not_found() -> None:
    command, q = motion(5)
    filtered = planted(q, command, [0, 1, 2, 3], 1)
    for row in range(COPY.start + 1, COPY.stop):
        filtered[row] = filtered[row - 1] + (filtered[row] - filtered[row - 1]) / 3
    assert found(filtered, q) == []
    drifting = command.copy()
    rows = np.arange(COPY.start, COPY.stop)
    drifting[rows] = q[rows - np.minimum((rows - COPY.start) // 5, 12)]
    assert found(drifting, q) == []


def test_short_runs_and_known_rows_do_not_count() -> None:
    command, q = motion(5)
    leak = command.copy()
    leak[150:157] = q[147:154]
    assert found(leak, q) == []
    leak = planted(q, command, [0, 1, 2], 3)
    known = np.zeros(ROWS, dtype=bool)
    known[COPY] = True
    assert not near_copies(leak, q, ARM, known).any()


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from([None, 4, 3]))
def test_an_arm_that_follows_planned_motions_reveals_nothing(
    seed: int, decimals: int | None
) -> None:
    command, q = motion(seed)
    if decimals:
        command = np.round(command, decimals)
    assert found(command, q) == []


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.booleans())
def test_an_arm_that_holds_or_steps_reveals_nothing(seed: int, on_grid: bool) -> None:
    """It arrives at every command within the resolution, some rows late, and trembles there."""
    rng = np.random.default_rng(seed)
    stops = rng.uniform(-1, 1, (8, 4))
    command = np.repeat(stops, ROWS // 8, axis=0)
    if on_grid:
        command = STEP * np.round(command / STEP)
    late = np.concatenate([command[:3], command[:-3]])
    tremble = rng.choice([-1, 0, 0, 0, 1], command.shape)
    assert found(command, STEP * (np.round(late / STEP) + tremble)) == []


@settings(max_examples=60)
@given(
    st.integers(0, 10_000),
    st.sampled_from([1e-3, 1e-4, 3e-4]),
    st.sampled_from([0.0, 1e-4]),
    st.integers(-6, 6),
)
def test_as_a_plain_loop_finds_them(seed: int, unit: float, noise: float, lag: int) -> None:
    """Of walks on a coarse grid, which meet by chance, with a copy that is broken in places."""
    rng = np.random.default_rng(seed)
    walk = rng.integers(-1, 2, (2, 120, 5)).cumsum(axis=1)
    q, command = unit * walk[0] + rng.choice([0, 0.2 * unit]), unit * walk[1]
    rows = np.arange(20, 100)
    copied = rng.random(5) < 0.7
    command[np.ix_(rows, copied)] = q[np.ix_(rows - lag, copied)]
    command[rng.integers(0, 120, 3)] += 0.4 * unit
    chains, known = ((0, 1), (2, 3)), rng.random(120) < 0.2
    layout = Layout(chains, np.full(5, noise))
    own = near_copies(command, q, layout, known)
    oracle = near_copies_oracle.near_copies(command, q, chains, layout.noise, known)
    np.testing.assert_array_equal(own, oracle)


@pytest.mark.parametrize("rows", [0, 1, 3, 6])
def test_a_recording_shorter_than_a_run_has_nothing_to_reveal(rows: int) -> None:
    q = np.zeros((rows, 4))
    assert found(q, q) == []
