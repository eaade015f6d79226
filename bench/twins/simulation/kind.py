"""The kind `mujoco`: published parameters into a twin, and a twin over the holdout inputs."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from bench.io.documents import Document
from bench.io.store import Episodes
from bench.kinematics.robot import Robot
from bench.twins.expected import Expected, Quantity
from bench.twins.prediction import predicted
from bench.twins.simulation.arm import assemble
from bench.twins.simulation.integrate import Response
from bench.twins.simulation.links import model_file
from bench.twins.simulation.parallel import run_all
from bench.twins.simulation.physics import (
    STEP,
    absolute,
    expected_units,
    may_be_negative,
    physics_of,
    required,
)
from bench.twins.simulation.published import published_parameters
from bench.twins.simulation.scene import SCHEMA as SCENE
from bench.twins.twin import Fit, Kind, Material, Progress, Twin

DIGITS = 9
"""Decimals that are kept of a predicted position, in rad or as a fraction."""


def fit(material: Material, progress: Progress) -> Fit:
    """Take the parameter set that the setting `servo` names; nothing is fitted."""
    joints = material.calibration.info.joints
    path = material.robot_folder / "servos.json"
    parameters = published_parameters(path, material.settings["servo"], joints)
    progress(1, 1)
    return Fit(parameters, {"servo": material.settings["servo"], "step": STEP})


def rollout(
    twin: Twin, inputs: Episodes, _robot: Robot, robot_folder: Path, progress: Progress
) -> Episodes:
    """Simulate every episode of the inputs, as many at once as there are cores.

    Each episode is a run of its own: the result does not depend on the number of threads.

    Args:
        twin: of the kind `mujoco`.
        inputs: signals `time` (T,) s, `q_command` (T, J), `q_start` (E, J).
        robot_folder: folder with `robot.json` and the model that it names.
        progress: told of every episode.

    Returns:
        `time`, `q` (T, J) in the units of the inputs, and `failed_at` (E,) s.

    Raises:
        ProblemsError: the twin's parameters do not describe this robot, or it cannot be simulated.
    """
    physics = physics_of(twin, inputs.info.joints)
    arm = assemble(model_file(robot_folder), physics, inputs.info.units)

    def one(episode: int) -> Response:
        signals = (inputs.signal(name, episode) for name in ("time", "q_command", "q_start"))
        return arm.respond(*signals)

    responses = run_all(one, len(inputs), progress)
    q = np.concatenate([response.position for response in responses])
    failed_at = np.array([response.failed_at for response in responses])
    # Adding zero turns -0.0 into 0.0.
    return predicted(inputs, np.round(q, DIGITS) + 0.0, failed_at)


def expects(twin: Twin, robot: Robot) -> Expected:
    """Servo, friction, scene and whole-robot numbers; every joint has a servo."""
    joints = robot.joint_names
    known = {
        name: Quantity(unit, -math.inf if may_be_negative(name) else 0.0)
        for name, unit in expected_units(joints).items()
    }
    given = {parameter.name: parameter.value for parameter in twin.parameters}
    values = absolute(given)
    by_ratio = values.keys() - given.keys()
    return Expected(known, frozenset(required(values, joints) - by_ratio))


SETTINGS: Document = {
    "type": "object",
    "additionalProperties": False,
    "required": ["servo"],
    "properties": {"servo": {"type": "string"}},
}
TWIN_SETTINGS: Document = {
    "type": "object",
    "properties": {
        "step": {"type": "number", "minimum": 1e-5, "maximum": 1},
        "scene": SCENE,
        "commands": {"enum": ["held", "straight"]},
    },
}
"""Of every twin that `rollout` here simulates, whatever its kind."""
KIND = Kind(
    "mujoco",
    "MuJoCo: the robot's links, a position servo at each joint",
    fit,
    rollout,
    SETTINGS,
    assets=("servos.json",),
    simulates=True,
    expects=expects,
    twin_settings=TWIN_SETTINGS,
)
