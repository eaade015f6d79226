"""Which twins a kind accepts: its own, and of others every departure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.io.workspace import Workspace
from bench.kinematics.robot import Robot, load_robot
from bench.twins.expected import twin_problems
from bench.twins.kinds import kind
from bench.twins.reconstruct import read_twin, reconstruct
from bench.twins.servo_response import UNITS
from bench.twins.twin import Parameter, Twin
from tests.support.workspace import DATASET, silent


@pytest.fixture(scope="module")
def robot(repository: Path) -> Robot:
    return load_robot(repository / "robots" / "so101" / "robot.json")


def lines(twin: Twin, robot: Robot) -> list[str]:
    return [str(problem) for problem in twin_problems(twin, kind(twin.kind), robot)]


def servo(**numbers: float) -> list[Parameter]:
    return [Parameter(f"elbow_flex.{n}", v, UNITS[n], "fitted") for n, v in numbers.items()]


WHOLE = servo(frequency=50, damping=1, integral=0, feed_forward=1, delay=0.01, friction=0)


@pytest.mark.parametrize("entry", ["delayed-echo-offset", "command-regression", "nominal-a"])
def test_what_a_kind_fits_it_accepts(workspace: Workspace, robot: Robot, entry: str) -> None:
    reconstruct(workspace, DATASET, entry, silent)
    assert not lines(read_twin(workspace.dataset(DATASET).twin(entry) / "twin.json"), robot)


@pytest.mark.parametrize("parameters", [WHOLE, servo(delay=0.0)])
def test_a_servo_is_whole_or_keeps_its_command(parameters: list[Parameter], robot: Robot) -> None:
    assert not lines(Twin("made", "servo", "so101", tuple(parameters)), robot)


def test_a_servo_that_is_neither(robot: Robot) -> None:
    twin = Twin("made", "servo", "so101", tuple(servo(delay=0.1)))
    assert lines(twin, robot) == [
        "out_of_range: twin.json: parameters/elbow_flex.delay: expected a number from 0 to 0, "
        "came 0.1"
    ]
    twin = replace(twin, parameters=(*WHOLE[:4], replace(WHOLE[4], value=11)))
    assert lines(twin, robot) == [
        "missing_parameter: twin.json: parameters/elbow_flex.friction: expected a value, came none",
        "out_of_range: twin.json: parameters/elbow_flex.delay: expected a number from 0 to 10, "
        "came 11",
    ]


def test_a_regression_of_another_length_or_robot(robot: Robot) -> None:
    parameters = [
        Parameter("elbow_flex.command_0", 0.1, "1", "fitted"),
        Parameter("elbow_flex.command_1", 0.1, "1", "fitted"),
        Parameter("elbow_flex.constant", 0.1, "1", "fitted"),
        Parameter("elbow_joint.constant", 0.1, "rad", "fitted"),
    ]
    twin = Twin("made", "regression", "so101", tuple(parameters), {"length": 3})
    said = "expected a parameter of kind regression for this robot, came another"
    assert lines(twin, robot) == [
        "missing_parameter: twin.json: parameters/elbow_flex.command_2: expected a value, "
        "came none",
        "unit: twin.json: parameters/elbow_flex.constant: expected unit rad, came unit 1",
        f"unknown_parameter: twin.json: parameters/elbow_joint.constant: {said}",
    ]
    assert lines(replace(twin, settings={"length": 0}), robot) == [
        "schema: twin.json: settings: length: expected at least 1, came 0"
    ]
