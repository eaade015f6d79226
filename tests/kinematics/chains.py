"""Made-up serial robots, as URDF texts and folders, and their poses from Pinocchio."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

STILL = {"xyz": [0.0, 0.0, 0.0], "quaternion": [1.0, 0.0, 0.0, 0.0]}


@dataclass(frozen=True)
class MadeJoint:
    kind: str
    xyz: tuple[float, ...]
    rpy: tuple[float, ...]
    axis: tuple[float, ...]
    follows: int | None = None
    multiplier: float = 1.0
    offset: float = 0.0


_LENGTHS = st.one_of(st.just(0.0), st.floats(-0.5, 0.5))
_QUARTERS = st.integers(-2, 2).map(lambda k: k * math.pi / 2)
_NEARLY = st.tuples(_QUARTERS, st.sampled_from([0.0, 1e-15, 1e-12, 1e-8, 3.7e-6])).map(sum)
_ANGLES = st.one_of(st.floats(-3.2, 3.2), _QUARTERS, _NEARLY)
_AXES = st.one_of(
    st.sampled_from([(0.0, 0.0, 1.0), (0.0, 0.0, -1.0), (1.0, 0.0, 0.0), (0.0, -1.0, 0.0)]),
    st.tuples(*[st.floats(-1, 1)] * 3).filter(lambda v: math.hypot(*v) > 0.1),
    st.sampled_from([(0.0, 1e-9, 1.0), (1e-9, 0.0, -1.0)]),
)


@st.composite
def chains(draw: st.DrawFn) -> list[MadeJoint]:
    """One to eight joints of all types, at least one of which moves by itself."""
    kinds = draw(
        st.lists(
            st.sampled_from(["revolute", "continuous", "prismatic", "fixed"]),
            min_size=0,
            max_size=7,
        )
    )
    kinds.insert(draw(st.integers(0, len(kinds))), draw(st.sampled_from(["revolute", "prismatic"])))
    joints: list[MadeJoint] = []
    for kind in kinds:
        axis = draw(_AXES)
        length = math.hypot(*axis)
        drivers = [i for i, j in enumerate(joints) if j.kind != "fixed" and j.follows is None]
        follows = draw(st.sampled_from([None, None, *drivers])) if kind != "fixed" else None
        joints.append(
            MadeJoint(
                kind,
                draw(st.tuples(*[_LENGTHS] * 3)),
                draw(st.tuples(*[_ANGLES] * 3)),
                tuple(part / length for part in axis),
                follows,
                draw(st.floats(-2, 2)),
                draw(st.floats(-1, 1)),
            )
        )
    own = [j for j in joints if j.kind != "fixed" and j.follows is None]
    return (
        joints if own else [MadeJoint("revolute", (0.0,) * 3, (0.0,) * 3, (0.0, 0.0, 1.0)), *joints]
    )


def urdf(joints: list[MadeJoint]) -> str:
    def numbers(values: tuple[float, ...]) -> str:
        return " ".join(repr(float(v)) for v in values)

    parts = ['<robot name="made"><link name="l0"/>']
    for i, joint in enumerate(joints):
        parts.append(f'<link name="l{i + 1}"/><joint name="j{i}" type="{joint.kind}">')
        parts.append(f'<parent link="l{i}"/><child link="l{i + 1}"/>')
        parts.append(f'<origin xyz="{numbers(joint.xyz)}" rpy="{numbers(joint.rpy)}"/>')
        if joint.kind != "fixed":
            parts.append(f'<axis xyz="{numbers(joint.axis)}"/>')
            parts.append('<limit lower="-9" upper="9" effort="1" velocity="1"/>')
        if joint.follows is not None:
            m, o = joint.multiplier, joint.offset
            parts.append(f'<mimic joint="j{joint.follows}" multiplier="{m!r}" offset="{o!r}"/>')
        parts.append("</joint>")
    return "".join([*parts, "</robot>"])


def description(last: int, **arm: Any) -> dict[str, Any]:
    return {
        "schema": "twinbench/robot_description/1",
        "name": "made",
        "title": "Made up",
        "model": {"form": "urdf", "path": "robot.urdf"},
        "sources": [
            {
                "repository": "https://example.org/made",
                "commit": "0" * 40,
                "path": "robot.urdf",
                "licence": "Apache-2.0",
                "gives": "everything",
            }
        ],
        "arms": [
            {
                "name": "arm",
                "base_link": "l0",
                "tool_link": f"l{last}",
                "mount": STILL,
                "mount_from": "made up",
                "scored": [],
                "ranges_from": "made up",
                "grippers": [],
                **arm,
            }
        ],
    }


def write_robot(folder: Path, text: str, document: dict[str, Any]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "robot.urdf").write_text(text)
    (folder / "description.json").write_text(json.dumps(document))
    return folder


def own_columns(joints: list[MadeJoint]) -> list[int]:
    return [i for i, j in enumerate(joints) if j.kind != "fixed" and j.follows is None]


def pinocchio_poses(joints: list[MadeJoint], q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions (N, 3) and matrices (N, 3, 3) of the last link; q as in `own_columns`."""
    import pinocchio

    plain = [MadeJoint(j.kind, j.xyz, j.rpy, j.axis) for j in joints]
    model = pinocchio.buildModelFromXML(urdf(plain))
    data = model.createData()
    frame = model.getFrameId(f"l{len(joints)}")
    column = {joint: k for k, joint in enumerate(own_columns(joints))}
    positions, matrices = np.empty((len(q), 3)), np.empty((len(q), 3, 3))
    for n, row in enumerate(q):
        values: list[float] = []
        for i, joint in enumerate(joints):
            if joint.kind == "fixed":
                continue
            driver = i if joint.follows is None else joint.follows
            value = row[column[driver]]
            if joint.follows is not None:
                value = joint.multiplier * value + joint.offset
            turning = joint.kind == "continuous"
            values += [math.cos(value), math.sin(value)] if turning else [value]
        pinocchio.forwardKinematics(model, data, np.array(values))
        pose = pinocchio.updateFramePlacement(model, data, frame)
        positions[n], matrices[n] = pose.translation, pose.rotation
    return positions, matrices
