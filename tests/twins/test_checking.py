"""Which twins a kind accepts: its own, and of others every departure."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.io.workspace import Workspace
from bench.kinematics.robot import Robot, load_robot
from bench.twins.checking import twin_problems
from bench.twins.kinds import kind
from bench.twins.reconstruct import read_twin, reconstruct
from bench.twins.servo_response import UNITS
from bench.twins.simulation.physics import JOINT_UNITS
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


SERVO = {
    **{"kp": 9.0, "kv": 0.1, "force_min": -3.0, "force_max": 3.0},
    **{"damping": 0.5, "frictionloss": 0.1, "armature": 0.02},
}


def simulated(robot: Robot, sort: str, **more: tuple[float, str]) -> Twin:
    """A twin whose joints all have the servo, and what else the elbow has."""
    parameters = [
        Parameter(f"{joint}.{name}", value, JOINT_UNITS[name], "fitted")
        for joint in robot.joint_names
        for name, value in SERVO.items()
    ]
    own = [Parameter(name.replace("__", "."), *given, "fitted") for name, given in more.items()]
    return Twin("made", sort, "so101", (*parameters, *own), {"step": 0.004})


SIMULATED = pytest.mark.parametrize("sort", ["mujoco", "sysid", "calibrated"])


@SIMULATED
def test_a_simulated_robot_has_servos_and_maybe_more(robot: Robot, sort: str) -> None:
    twin = simulated(robot, sort, elbow_flex__offset=(-0.1, "rad"), delay=(0.01, "s"))
    assert not lines(twin, robot)
    ratio = [
        replace(p, name=f"{p.name}_per_kp", unit="s") if p.name.endswith(".damping") else p
        for p in twin.parameters
    ]
    assert not lines(replace(twin, parameters=tuple(ratio)), robot)


@SIMULATED
def test_a_simulated_robot_that_is_none(robot: Robot, sort: str) -> None:
    twin = simulated(
        robot, sort, wrist_roll__coulomb=(0.1, "N m"), table__height=(-0.1, "m"), bend=(1.0, "1")
    )
    fewer = tuple(p for p in twin.parameters if p.name != "elbow_flex.armature")
    first = replace(fewer[0], value=-1.0, unit="N")
    where = "twin.json: parameters"
    assert lines(replace(twin, parameters=(first, *fewer[1:])), robot) == [
        f"missing_parameter: {where}/{name}: expected a value, came none"
        for name in (
            "elbow_flex.armature",
            "table.friction",
            "wrist_roll.breakaway",
            "wrist_roll.presliding",
            "wrist_roll.stribeck",
        )
    ] + [
        f"unit: {where}/shoulder_pan.kp: expected unit N m/rad, came unit N",
        f"out_of_range: {where}/shoulder_pan.kp: expected a number of at least 0, came -1",
        f"unknown_parameter: {where}/bend: expected a parameter of kind {sort} for this robot, "
        "came another",
    ]


@SIMULATED
def test_settings_of_a_simulation_that_are_none(robot: Robot, sort: str) -> None:
    twin = replace(
        simulated(robot, sort), settings={"step": 0, "scene": {"floor": True}, "commands": "bent"}
    )
    assert lines(twin, robot) == [
        'schema: twin.json: settings: commands: expected one of "held", "straight", came "bent"',
        "schema: twin.json: settings: scene: expected only the fields contacts, objects, came also "
        "'floor'",
        "schema: twin.json: settings: step: expected at least 1e-05, came 0",
    ]
