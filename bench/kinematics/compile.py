"""Compiling a robot's folder: description.json and its model become robot.json.

The model (a URDF or a Denavit-Hartenberg table) says how the robot is built; the description says
what a model cannot: which chains are arms, what is logged and scored and how much it weighs, where
the arms are mounted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench.io.documents import Document, check, file_hash, read_document
from bench.io.problems import Problem, ProblemsError
from bench.kinematics import rotations
from bench.kinematics.dh import read_dh
from bench.kinematics.loads import lumped
from bench.kinematics.model import Model, ModelJoint
from bench.kinematics.robot import Load, robot_from_document
from bench.kinematics.urdf import read_urdf

_READERS = {"urdf": read_urdf, "dh": read_dh}
_UNIT = {"revolute": "rad", "continuous": "rad", "prismatic": "m"}
_NOWHERE = {"xyz": [0.0, 0.0, 0.0], "quaternion": [1.0, 0.0, 0.0, 0.0]}


def compile_robot(folder: Path) -> Document:
    """The `robot.json` (kind robot) of a folder with a `description.json` and the model it names.

    Problems name files relative to `folder`.

    Raises:
        ProblemsError: everything that is wrong with the model, or, where that is right, everything
            in the description that does not fit it.
    """
    description = read_document(folder / "description.json", "robot_description")
    path = description["model"]["path"]
    problems = list(_names(description["model"]))
    if problems:
        raise ProblemsError(problems)
    model = _READERS[description["model"]["form"]](folder / path, path)
    problems = [p for arm in description["arms"] for p in _Fit(arm, model).problems()]
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
            "model": {**description["model"], "sha256": file_hash(folder / path)},
        },
        "arms": [_arm(arm, model) for arm in description["arms"]],
    }
    robot_from_document(check(document, "robot", "robot.json"), "robot.json")
    return document


def _names(model: Document) -> Iterable[Problem]:
    """Who reads a model alone tells a table by its name."""
    if (model["form"] == "dh") != model["path"].endswith(".json"):
        form = {
            "dh": "a table: a name that ends in .json",
            "urdf": "a URDF: a name that does not end in .json",
        }
        where = "description.json: model/path"
        yield Problem("model_name", where, form[model["form"]], model["path"])


class _Fit:
    """Holds one arm of a description against the model."""

    def __init__(self, arm: Document, model: Model) -> None:
        self.where = f"description.json: arm {arm['name']}"
        self.arm, self.model = arm, model
        self.chain = model.path(arm["base_link"], arm["tool_link"]) or ()
        self.own = {j.name: j for j in self.chain if j.type != "fixed" and not j.mimic}

    def say(self, code: str, place: str, expected: str, came: str) -> Problem:
        return Problem(code, f"{self.where}: {place}", expected, came)

    def problems(self) -> list[Problem]:
        """Everything that does not fit."""
        found = list(self.links())
        if found:
            return found  # without a chain nothing can be said of its joints
        grip = [p for gripper in self.arm["grippers"] for p in self.grip(gripper)]
        return [*self.motion(), *grip, *self.joints(), *self.weights()]

    def links(self) -> Iterable[Problem]:
        base, tool = self.arm["base_link"], self.arm["tool_link"]
        known = True
        for field in ("base_link", "tool_link"):
            if self.arm[field] not in self.model.links:
                known = False
                yield self.say("unknown_link", field, "a link of the model", self.arm[field])
        if known and self.model.path(base, tool) is None:
            yield self.say("not_a_chain", "tool_link", f"a link that {base} carries", tool)

    def motion(self) -> Iterable[Problem]:
        if not self.own:
            yield self.say("no_joints", "tool_link", "a chain with a joint that moves", "none")

    def grip(self, gripper: Document) -> Iterable[Problem]:
        name = gripper["joint"]
        joint, place = self.model.joint(name), f"gripper {name}"
        if joint is None or joint.type == "fixed" or joint.mimic:
            yield self.say(
                "unknown_joint", place, "a joint of the model that moves by itself", name
            )
        elif joint in self.chain:
            expected = "a joint that does not move the tool frame"
            yield self.say("gripper_in_chain", place, expected, name)
        elif gripper["unit"] not in (_UNIT[joint.type], "fraction"):
            expected = f"{_UNIT[joint.type]} or fraction"
            yield self.say("unit", f"{place}: unit", expected, gripper["unit"])

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


def _scored(arm: Document) -> list[str]:
    return [*arm["scored"], *(g["joint"] for g in arm["grippers"] if g["scored"])]


def _arm(arm: Document, model: Model) -> Document:
    scored = _scored(arm)
    weights = arm.get("weights") or {name: 1 / len(scored) for name in scored}
    ranges, steps = arm.get("ranges", {}), arm.get("encoder_steps", {})
    chain = model.path(arm["base_link"], arm["tool_link"]) or ()
    loads = lumped(model, arm["base_link"], chain)
    joints = [
        _joint(joint, _UNIT.get(joint.type), ranges, weights, steps) | _load(loads.get(joint.name))
        for joint in chain
    ]
    return {
        "name": arm["name"],
        "base_link": arm["base_link"],
        "mount": arm["mount"],
        "joints": joints,
        "tool": {"name": arm["tool_link"], **arm.get("tool_offset", _NOWHERE)},
        "grippers": [_gripper(gripper, model, weights) for gripper in arm["grippers"]],
    }


def _load(load: Load | None) -> Document:
    """What `robot.json` says of it: nothing where there is none."""
    return {} if load is None else {"load": {"mass": load.mass, "centre": list(load.centre)}}


def _gripper(gripper: Document, model: Model, weights: Document) -> Document:
    name = gripper["joint"]
    joint = model.joint(name)
    assert joint is not None  # _Fit has found it
    steps = {name: gripper["encoder_step"]} if "encoder_step" in gripper else {}
    ranges = {name: gripper["range"]}
    return {
        "mapping": gripper["mapping"],
        "joint": _joint(joint, gripper["unit"], ranges, weights, steps),
    }


def _joint(
    joint: ModelJoint, unit: str | None, ranges: Document, weights: Document, steps: Document
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


def _range(joint: ModelJoint) -> Any:
    if joint.type == "continuous":
        return math.tau
    assert joint.limits is not None
    assert joint.limits.lower is not None
    assert joint.limits.upper is not None
    return joint.limits.upper - joint.limits.lower
