"""Commands that are measurements in a part of the robot: arms, and the grippers beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datasets.ingest import ingest
from bench.datasets.layout import Layout, load_layout
from bench.datasets.revealed import revealed_rows
from bench.datasets.split import FITTED, split
from bench.io.documents import read_document
from bench.io.workspace import Workspace

STEP = 1e-4
PAIR = Layout(((0, 1, 2), (4, 5, 6)), np.full(8, STEP / 12**0.5))
"""Two arms of three joints, each with a gripper behind them."""
TIME = np.arange(300) * 0.02
REST = slice(100, 130)


def moving(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Commands of all joints, and an arm that follows by 0.1 s and stands a little off."""
    rng = np.random.default_rng(seed)
    speed, phase = rng.uniform(0.8, 2.5, 8), rng.uniform(0, 6, 8)
    follow = lambda time: 0.4 * np.sin(time[:, None] * speed + phase)  # noqa: E731
    q = follow(TIME - 0.1) + rng.uniform(0.003, 0.02, 8) + rng.normal(0, STEP, (300, 8))
    return follow(TIME), STEP * np.round(q / STEP)


@settings(max_examples=30)
@given(st.integers(0, 10_000))
def test_both_arms_under_honest_commands_reveal_nothing(seed: int) -> None:
    command, q = moving(seed)
    assert not revealed_rows(TIME, command, q, PAIR).any()


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.sampled_from([0, 4]), st.integers(-1, 1))
def test_one_arm_copies_while_the_other_is_commanded(seed: int, arm: int, lag: int) -> None:
    command, q = moving(seed)
    command[REST, arm : arm + 3] = q[REST.start - lag : REST.stop - lag, arm : arm + 3]
    found = np.flatnonzero(revealed_rows(TIME, command, q, PAIR))
    assert found.tolist() == list(range(100, 130))


def test_a_gripper_with_commands_of_its_own_does_not_hide_the_copy_of_its_arm() -> None:
    command, q = moving(1)
    command[:, [3, 7]] = np.where(TIME < 3, 0.0, 1.0)[:, None]
    honest = command.copy()
    command[REST, :3] = q[99:129, :3]
    assert np.flatnonzero(revealed_rows(TIME, command, q, PAIR)).tolist() == list(range(100, 130))
    assert not revealed_rows(TIME, honest, q, PAIR).any()


def test_a_gripper_alone_is_found_once_it_has_moved_for_long() -> None:
    command, q = moving(2)
    command[REST, 7] = q[98:128, 7]
    assert np.flatnonzero(revealed_rows(TIME, command, q, PAIR)).tolist() == list(range(100, 130))
    command, q = moving(2)
    command[100:115, 7] = q[98:113, 7]
    assert not revealed_rows(TIME, command, q, PAIR).any()


def test_a_part_that_stands_still_at_its_command_is_no_copy() -> None:
    """One arm and its gripper stand where they are commanded to the last digit; the other moves."""
    command, q = moving(3)
    command[:, :4] = q[:, :4] = q[0, :4]
    assert not revealed_rows(TIME, command, q, PAIR).any()


@pytest.mark.parametrize("rows", [1, 2])
def test_a_recording_of_a_row_or_two(rows: int) -> None:
    q = np.zeros((rows, 8))
    assert not revealed_rows(TIME[:rows], q, q, PAIR).any()


Rows = tuple[np.ndarray, np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def arm(repository: Path) -> tuple[Layout, list[Rows]]:
    """The layout of so101-synth; time, commands and measurements of its fitted episodes."""
    paths = Workspace(repository).dataset("so101-synth")
    layout = load_layout(paths)
    everything = ingest(paths.document(), paths.folder, layout, lambda _done, _of: None)
    parts = split(everything, read_document(paths.folder / "split.json", "split"))
    fitted = [getattr(parts, name) for name in FITTED]
    return layout, [
        (part.signal("time", i), part.signal("q_command", i), part.signal("q", i))
        for part in fitted
        for i in range(len(part))
    ]


@pytest.mark.parametrize("decimals", [None, 4, 3, 2])
def test_honest_commands_reveal_nothing_however_they_are_rounded(
    arm: tuple[Layout, list[Rows]], decimals: int | None
) -> None:
    layout, episodes = arm
    for time, command, q in episodes:
        shown = command if decimals is None else np.round(command, decimals)
        assert not revealed_rows(time, shown, q, layout).any()


def test_commands_in_counts_of_the_encoder_reveal_nothing(arm: tuple[Layout, list[Rows]]) -> None:
    layout, episodes = arm
    step = 12**0.5 * layout.noise
    for time, command, q in episodes:
        counts = [step * np.round(values / step) for values in (command, q)]
        assert not revealed_rows(time, *counts, layout).any()


@pytest.mark.parametrize("lag", [-5, -1, 0, 1, 5])
@pytest.mark.parametrize("decimals", [6, 4, 3])
def test_a_second_of_a_moving_arm_is_found(
    arm: tuple[Layout, list[Rows]], lag: int, decimals: int
) -> None:
    layout, episodes = arm
    planted = 0
    chain, copy = list(layout.chains[0]), slice(200, 250)
    for time, command, q in episodes:
        leak = command.copy()
        measured = q[copy.start - lag : copy.stop - lag, chain]
        leak[copy, chain] = np.round(measured, decimals)
        moved = np.count_nonzero(np.abs(np.diff(measured, axis=0)).max(axis=1) > 1e-3)
        if moved > 25:
            planted += 1
            assert revealed_rows(time, leak, q, layout)[copy].all()
    assert planted > 15
