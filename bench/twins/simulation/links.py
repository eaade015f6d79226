"""A robot's links and joints as a MuJoCo specification, from a URDF or a table.

API: MuJoCo 4.0, `mujoco.MjSpec` (https://mujoco.readthedocs.io/en/stable/python.html).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import mujoco

from bench.io.documents import read_document
from bench.io.problems import Problem, ProblemsError
from bench.kinematics import rotations
from bench.kinematics.dh import read_dh
from bench.kinematics.inertia import Inertial
from bench.kinematics.model import Model, ModelJoint

TABLE = ".json"
"""How the file of a Denavit-Hartenberg table is called; `compile_robot` sees to it."""
_TYPES = {
    "revolute": mujoco.mjtJoint.mjJNT_HINGE,
    "continuous": mujoco.mjtJoint.mjJNT_HINGE,
    "prismatic": mujoco.mjtJoint.mjJNT_SLIDE,
}


def model_file(robot_folder: Path) -> Path:
    """The model of a robot: the file that its `robot.json` names.

    Raises:
        ProblemsError: there is no `robot.json`, or it has problems.
    """
    document = read_document(robot_folder / "robot.json", "robot")
    return robot_folder / str(document["compiled_from"]["model"]["path"])


def read_links(model: Path) -> Any:
    """A `mujoco.MjSpec` of the links and joints in a model's file, with what links weigh.

    A link that no joint moves is the world. Nothing of a table can touch anything, as it has no
    shapes.

    Args:
        model: a URDF, or a Denavit-Hartenberg table whose rows say what links weigh.

    Raises:
        ProblemsError: the file is missing or wrong, or a table does not say what links weigh.
    """
    if model.suffix == TABLE:
        return _of_table(read_dh(model, str(model)), str(model))
    try:
        return mujoco.MjSpec.from_file(str(model))
    except ValueError as error:
        raise not_simulated(str(model), error) from None


def not_simulated(where: str, error: ValueError) -> ProblemsError:
    """MuJoCo refuses a robot: as the first line of its error says."""
    expected = "a robot that MuJoCo can simulate: links with masses, a URDF that it reads"
    came = str(error).strip().splitlines()[0][:200]
    return ProblemsError([Problem("not_simulated", where, expected, came)])


def _of_table(model: Model, where: str) -> Any:
    if not model.inertials:
        expected = "masses to simulate with: a block `inertial` in every row that moves"
        raise ProblemsError([Problem("no_masses", where, expected, "none")])
    spec = mujoco.MjSpec()
    spec.compiler.degree = False
    bodies: dict[str, Any] = {}
    for link, joint in model.joint_of.items():  # parents come before their children
        body = bodies.get(joint.parent, spec.worldbody).add_body(name=link)
        body.pos, body.quat = joint.xyz, rotations.from_rpy(joint.rpy)
        bodies[link] = body
        if joint.axis is not None:
            _add_joint(body, joint)
        if link in model.inertials:
            _weigh(body, model.inertials[link])
    return spec


def _add_joint(body: Any, joint: ModelJoint) -> None:
    added = body.add_joint(name=joint.name, type=_TYPES[joint.type], axis=joint.axis)
    limits = joint.limits
    if limits is not None and limits.lower is not None and limits.upper is not None:
        added.range = (limits.lower, limits.upper)
        added.limited = mujoco.mjtLimited.mjLIMITED_TRUE


def _weigh(body: Any, inertial: Inertial) -> None:
    """Mass and principal moments; the largest at most the sum of the others, to the last bit."""
    moments, axes = inertial.principal()
    moments[2] = min(moments[2], moments[0] + moments[1])
    body.explicitinertial = True
    body.mass, body.ipos, body.inertia = inertial.mass, inertial.centre, moments
    body.iquat = rotations.from_matrix(axes)
