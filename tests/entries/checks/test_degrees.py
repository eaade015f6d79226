from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from bench.entries.check import Contents
from bench.entries.checks import wrapped
from bench.entries.checks.degrees import run
from bench.io.store import Episodes
from tests.entries.checks.one import one_episode
from tests.entries.toy import episodes_of

TIME = np.arange(500) * 0.02
COMMAND = np.column_stack([0.4 * np.sin(TIME), 0.3 * np.cos(1.3 * TIME), 0.01 * np.sin(TIME)])


def found(q: np.ndarray) -> list[str]:
    return [str(problem) for problem in run(one_episode(TIME, TIME, COMMAND, q))]


def test_two_moving_joints_in_degrees_are_found() -> None:
    late = np.interp(TIME - 0.06, TIME, COMMAND[:, 1])
    q = np.column_stack([np.degrees(COMMAND[:, 0]) + 3, np.degrees(late), COMMAND[:, 2]])
    (line,) = found(q)
    assert line.startswith("degrees: trajectories.zarr: joints 'j0', 'j1': expected rad, came ")


@pytest.mark.parametrize("columns", [[0], [1], [2], [0, 2], [1, 2]])
def test_fewer_than_two_moving_joints_are_not_enough(columns: list[int]) -> None:
    q = COMMAND.copy()
    q[:, columns] = np.degrees(q[:, columns])
    assert found(q) == []


@pytest.mark.parametrize("factor", [0.0, -1.0, 0.2, 3.0, 20.0, 45.0, 70.0])
def test_other_slopes_are_only_bad_twins(factor: float) -> None:
    assert found(factor * COMMAND) == []


def several(*episodes: np.ndarray, check: Callable = run) -> list[str]:
    """What a check says of an entry of some episodes, all of the same motion."""
    given = one_episode(TIME, TIME, COMMAND, episodes[0])
    names = [f"e{number}" for number in range(len(episodes))]
    joints, units = given.inputs.info.joints, given.inputs.info.units
    shown = episodes_of(dict.fromkeys(names, (TIME, COMMAND)), joints, units)
    signals = {"time": shown.signals["time"], "q_command": shown.signals["q"]}
    inputs = Episodes(
        replace(given.inputs.info, episodes=shown.info.episodes), shown.start, signals
    )
    entry = episodes_of(dict(zip(names, ((TIME, q) for q in episodes), strict=True)), joints, units)
    contents = Contents(info=entry.info, episodes=entry)
    own = replace(given, contents=contents, inputs=inputs)
    return [str(problem) for problem in check(own)]


def test_one_episode_in_degrees_is_found_among_others() -> None:
    assert several(COMMAND, np.degrees(COMMAND), COMMAND) == [
        "degrees: trajectories.zarr: episode e1: joints 'j0', 'j1': expected rad, came slope on "
        "the command 57.3, 57.3, near 180/pi: degrees"
    ]
    assert several(COMMAND, 3 * COMMAND, -COMMAND) == []


def test_an_episode_in_degrees_is_not_whole_turns_off_as_well() -> None:
    turned = COMMAND + 2 * np.pi * (TIME > 4)[:, None] * [1, 0, 0]
    assert len(several(COMMAND, np.degrees(COMMAND), turned)) == 1
    (line,) = several(COMMAND, np.degrees(COMMAND), turned, check=wrapped.run)
    assert line.startswith("wrapped: ")
    assert "e2" in line


def test_all_episodes_in_degrees_are_one_problem() -> None:
    (line,) = several(*[np.degrees(COMMAND)] * 3)
    assert line.startswith("degrees: trajectories.zarr: joints 'j0', 'j1': expected rad")


def test_large_angles_in_radians_are_not_degrees() -> None:
    assert found(COMMAND + 60.0) == []
