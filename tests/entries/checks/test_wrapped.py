from __future__ import annotations

import numpy as np
import pytest

from bench.entries.checks.wrapped import run
from tests.entries.checks.one import one_episode

TIME = np.arange(500) * 0.02
COMMAND = 2.8 + 0.6 * np.sin(TIME)[:, None]
TURN = 2 * np.pi


def found(q: np.ndarray, **more: object) -> list[str]:
    given = one_episode(TIME, TIME, COMMAND, q, **more)  # type: ignore[arg-type]
    return [problem.came for problem in run(given)]


def test_angles_wrapped_to_half_a_turn_are_found() -> None:
    wrapped = np.arctan2(np.sin(COMMAND), np.cos(COMMAND))
    first = TIME[np.argmax(COMMAND[:, 0] > np.pi)]
    (came,) = found(wrapped)
    assert came.startswith("-1 turns for ")
    assert came.endswith(f" from {first:.6g} s on")


@pytest.mark.parametrize("turns", [-2, -1, 1, 3])
def test_whole_turns_from_the_start_are_found(turns: int) -> None:
    assert found(COMMAND + 0.1 + turns * TURN) == [f"{turns:+d} turns for 9.98 s from 0 s on"]


@pytest.mark.parametrize("rows", [1, 26])
def test_up_to_half_a_second_is_allowed(rows: int) -> None:
    q = COMMAND.copy()
    q[100 : 100 + rows] += TURN
    assert found(q) == []
    q[100:127] = COMMAND[100:127] + TURN
    assert len(found(q)) == 1


def test_a_joint_that_turns_without_end_may_be_turns_off() -> None:
    assert found(COMMAND + TURN, continuous=("j0",)) == []


def test_a_joint_that_drifts_away_is_only_a_bad_twin() -> None:
    assert found(COMMAND + 1.2 * TIME[:, None]) == []


def test_a_simulator_that_broke_is_held_where_it_stood() -> None:
    q = COMMAND.copy()
    q[200:] += TURN
    assert found(q, failed_at=TIME[200]) == []
    assert len(found(q, failed_at=TIME[300])) == 1


@pytest.mark.parametrize("offset", [1.0, 3.0, 5.0, 8.0, 100.0])
def test_other_offsets_are_only_bad_twins(offset: float) -> None:
    assert found(COMMAND + offset) == []
