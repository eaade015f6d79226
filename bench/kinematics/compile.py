"""Compiling a robot's folder: description.json and its URDF become robot.json.

The URDF says how the robot is built; the description says what a URDF cannot: which chains are
arms, what is logged and scored and how much it weighs, where the arms are mounted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.io.documents import Document, check, file_hash, read_document
from bench.io.problems import Problem, ProblemsError
from bench.kinematics import rotations
from bench.kinematics.robot import robot_from_document
from bench.kinematics.urdf import Urdf, UrdfJoint, read_urdf

_UNIT = {"revolute": "rad", "continuous": "rad", "prismatic": "m"}
_NOWHERE = {"xyz": [0.0, 0.0, 0.0], "quaternion": [1.0, 0.0, 0.0, 0.0]}


def compile_robot(folder: Path) -> Document:
    """The `robot.json` (kind robot) of a folder with a `description.json` and the URDF it names.

    Problems name files relative to `folder`.

    Raises:
        ProblemsError: everything that is wrong with the URDF, or, where that is right, everything
            in the description that does not fit it.
    """
    description = read_document(folder / "description.json", "robot_description")
    model = description["model"]["path"]
    urdf = read_urdf(folder / model, model)
    problems = [p for arm in description["arms"] for p in _Fit(arm, urdf).problems()]
    if problems:
        raise ProblemsError(problems)
    document: Document = {
        "schema": "twinbench/robot/1",
        "name": description["name"],
        "title": description["title"],
        "compiled_from": {
            "description": {
                "path": "description.json",
                "sha256": file_hash(folder / "description.json"),
            },
            "model": {**description["model"], "sha256": file_hash(folder / model)},
        },
        "arms": [_arm(arm, urdf) for arm in description["arms"]],
    }
    robot_from_document(check(document, "robot", "robot.json"), "robot.json")
    return document


class _Fit:
    """Holds one arm of a description against the URDF."""

    def __init__(self, arm: Document, urdf: Urdf) -> None:
        self.where = f"description.json: arm {arm['name']}"
        self.arm, self.urdf = arm, urdf
        self.chain = urdf.path(arm["base_link"], arm["tool_link"]) or ()
        self.own = {j.name: j for j in self.chain if j.type != "fixed" and not j.mimic}
        self.gripper = arm["gripper"]

    def say(self, code: str, place: str, expected: str, came: str) -> Problem:
        return Problem(code, f"{self.where}: {place}", expected, came)

    def problems(self) -> list[Problem]:
        """Everything that does not fit."""
        found = list(self.links())
        if found:
            return found  # without a chain nothing can be said of its joints
        return [*self.motion(), *self.grip(), *self.joints(), *self.weights()]

    def links(self) -> Iterable[Problem]:
        base, tool = self.arm["base_link"], self.arm["tool_link"]
        known = True
        for field in ("base_link", "tool_link"):
            if self.arm[field] not in self.urdf.links:
                known = False
                yield self.say("unknown_link", field, "a link of the URDF", self.arm[field])
        if known and self.urdf.path(base, tool) is None:
            yield self.say("not_a_chain", "tool_link", f"a link that {base} carries", tool)

    def motion(self) -> Iterable[Problem]:
        if not self.own:
            yield self.say("no_joints", "tool_link", "a chain with a joint that moves", "none")

    def grip(self) -> Iterable[Problem]:
        if not self.gripper:
            return
        name = self.gripper["joint"]
        joint = _joint_named(self.urdf, name)
        if joint is None or joint.type == "fixed" or joint.mimic:
            expected = "a joint of the URDF that moves by itself"
            yield self.say("unknown_joint", "gripper: joint", expected, name)
        elif joint in self.chain:
            expected = "a joint that does not move the tool frame"
            yield self.say("gripper_in_chain", "gripper: joint", expected, name)
        elif self.gripper["unit"] not in (_UNIT[joint.type], "fraction"):
            expected = f"{_UNIT[joint.type]} or fraction"
            yield self.say("unit", "gripper: unit", expected, self.gripper["unit"])

    def joints(self) -> Iterable[Problem]:
        expected = "a joint of the chain that moves by itself"
        for field in ("scored", "ranges", "encoder_steps"):
            for name in self.arm.get(field, ()):
                if name not in self.own:
                    yield self.say("unknown_joint", field, expected, name)

    def weights(self) -> Iterable[Problem]:
        weights, scored = self.arm.get("weights"), _scored(self.arm)
        if weights is None:
            return
        if set(weights) != set(scored):
            expected = "a weight for each scored joint: " + ", ".join(scored)
            yield self.say("weights", "weights", expected, ", ".join(weights))
        elif not math.isclose(math.fsum(weights.values()), 1.0, abs_tol=1e-9):
            came = f"{math.fsum(weights.values()):.9g}"
            yield self.say("weights", "weights", "sum 1", came)


def _joint_named(urdf: Urdf, name: str) -> UrdfJoint | None:
    return next((joint for joint in urdf.joint_of.values() if joint.name == name), None)


def _scored(arm: Document) -> list[str]:
    gripper = arm["gripper"]
    return [*arm["scored"], *([gripper["joint"]] if gripper and gripper["scored"] else [])]


def _arm(arm: Document, urdf: Urdf) -> Document:
    scored = _scored(arm)
    weights = arm.get("weights") or {name: 1 / len(scored) for name in scored}
    ranges, steps = arm.get("ranges", {}), arm.get("encoder_steps", {})
    joints = [
        _joint(joint, _UNIT.get(joint.type), ranges, weights, steps)
        for joint in urdf.path(arm["base_link"], arm["tool_link"]) or ()
    ]
    return {
        "name": arm["name"],
        "base_link": arm["base_link"],
        "mount": arm["mount"],
        "joints": joints,
        "tool": {"name": arm["tool_link"], **arm.get("tool_offset", _NOWHERE)},
        "gripper": _gripper(arm["gripper"], urdf, weights) if arm["gripper"] else None,
    }


def _gripper(gripper: Document, urdf: Urdf, weights: Document) -> Document:
    name = gripper["joint"]
    joint = _joint_named(urdf, name)
    assert joint is not None  # _Fit has found it
    steps = {name: gripper["encoder_step"]} if "encoder_step" in gripper else {}
    ranges = {name: gripper["range"]}
    return {
        "mapping": gripper["mapping"],
        "joint": _joint(joint, gripper["unit"], ranges, weights, steps),
    }


def _joint(
    joint: UrdfJoint, unit: str | None, ranges: Document, weights: Document, steps: Document
) -> Document:
    moves = joint.axis is not None
    mimic, limits = joint.mimic, joint.limits
    return {
        "name": joint.name,
        "type": joint.type,
        "parent": joint.parent,
        "child": joint.child,
        "origin": {
            "xyz": list(joint.xyz),
            "quaternion": rotations.from_rpy(joint.rpy).tolist(),
        },
        "axis": _direction(joint.axis) if joint.axis else None,
        "limits": vars(limits) if limits else None,
        "unit": unit,
        "range": float(ranges.get(joint.name, _range(joint))) if moves else None,
        "weight": float(weights.get(joint.name, 0.0)),
        "scored": joint.name in weights,
        "mimic": vars(mimic) if mimic else None,
        "encoder_step": steps.get(joint.name),
    }


def _direction(axis: tuple[float, float, float]) -> list[float]:
    length = math.hypot(*axis)
    return [part / length for part in axis]


def _range(joint: UrdfJoint) -> Any:
    if joint.type == "continuous":
        return math.tau
    assert joint.limits is not None
    assert joint.limits.lower is not None
    assert joint.limits.upper is not None
    return joint.limits.upper - joint.limits.lower
