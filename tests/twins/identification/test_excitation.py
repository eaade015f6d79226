"""Recordings that cannot determine a servo: one fixture a kind, with its exact message."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.io.store import Episodes
from bench.twins.identification.excitation import excitation_problems
from tests.twins.identification import made

TIME = 0.02 * np.arange(100)


@pytest.fixture(scope="module")
def urdf(repository: Path) -> Path:
    return repository / "robots" / "so101" / "robot.urdf"


def episodes(motions: int = 4, change: float = 1.0) -> Episodes:
    """A robot that follows its commands exactly."""
    commands = [made.command_of(number, 100) for number in range(motions)]
    return made.episodes_of(TIME, commands, [change * command for command in commands])


def problems(found: Episodes, urdf: Path, fewest: int = 3) -> list[str]:
    runs = made.runs_of(found, urdf)
    return [str(problem) for problem in excitation_problems(runs, made.start(), fewest)]


def test_recordings_that_move_every_joint_are_fine(urdf: Path) -> None:
    assert problems(episodes(), urdf) == []


def test_a_joint_that_never_moves(urdf: Path) -> None:
    found = episodes()
    for name in ("q", "q_command"):
        found.signals[name][:, 1] = 0.2
    assert problems(found, urdf) == [
        "joint_never_moves: calibration: shoulder_lift: expected a joint that moves by over 0.02 "
        "rad (sd) in some episode, came one that rests in all of them"
    ]


def test_a_joint_that_is_commanded_but_jammed_never_moves(urdf: Path) -> None:
    found = episodes()
    found.signals["q"][:, 1] = found.signals["q_command"][0, 1]
    assert [p.split(":")[0] for p in problems(found, urdf)] == ["joint_never_moves"]


def test_too_few_motions(urdf: Path) -> None:
    assert problems(episodes(motions=2), urdf) == [
        f"too_little_excitation: calibration: {joint}: expected motion of the joint in at least 3 "
        "groups, came 2"
        for joint in made.MOVED
    ]
    assert problems(episodes(motions=2), urdf, fewest=2) == []


def test_near_duplicates_count_once(urdf: Path) -> None:
    found = episodes(motions=4)
    alike = tuple(replace(each, group="same") for each in found.info.episodes)
    found = replace(found, info=replace(found.info, episodes=alike))
    assert {p.split(":")[0] for p in problems(found, urdf)} == {"too_little_excitation"}


def test_a_servo_that_saturates(urdf: Path) -> None:
    found = episodes()
    found.signals["q"][50:100, 0] -= 1.0  # 7 N m/rad by 1 rad is over the 6 N m of the servo
    assert problems(found, urdf) == [
        "saturated: calibration: m0.a: shoulder_pan: expected a servo at its torque limit for at "
        "most 10% of the time, came 50.5%"
    ]


def test_no_recordings_at_all(urdf: Path) -> None:
    none = episodes().select([], "calibration")
    assert {p.split(":")[0] for p in problems(none, urdf)} == {"joint_never_moves"}
