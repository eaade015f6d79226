"""Torques of gravity against Pinocchio, which shares no code with ours."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.kinematics.compile import compile_robot
from bench.kinematics.gravity import gravity_torques
from bench.kinematics.robot import Arm, load_robot, robot_from_document
from tests.kinematics.chains import MadeJoint, description, urdf, write_robot
from tests.kinematics.tables import product_of

ROBOTS = Path(__file__).parent.parent.parent / "robots"


def expected(text: str, arm: Arm, q: np.ndarray) -> np.ndarray:
    import pinocchio

    model = pinocchio.buildModelFromXML(text)
    data = model.createData()
    found = np.zeros(q.shape)
    for row, positions in enumerate(q):
        angle = dict(zip([j.name for j in arm.chain_joints], positions, strict=True))
        full = pinocchio.neutral(model)
        for joint in arm.joints:
            if joint.axis is None:
                continue
            follows = joint.mimic
            value = (
                follows.offset + follows.multiplier * angle[follows.joint]
                if follows
                else angle[joint.name]
            )
            number = model.getJointId(joint.name)
            place = model.idx_qs[number]
            if model.nqs[number] == 2:
                full[place : place + 2] = np.cos(value), np.sin(value)
            else:
                full[place] = value
        torques = pinocchio.computeGeneralizedGravity(model, data, full)
        for joint in arm.joints:
            if joint.axis is None:
                continue
            driver = joint.mimic.joint if joint.mimic else joint.name
            times = joint.mimic.multiplier if joint.mimic else 1.0
            column = [j.name for j in arm.chain_joints].index(driver)
            found[row, column] -= times * torques[model.idx_vs[model.getJointId(joint.name)]]
    return found


@pytest.mark.parametrize("name", ["so101", "mico", "mobile-ai"])
def test_the_robots_weigh_what_pinocchio_says(name: str) -> None:
    text = (ROBOTS / name / "robot.urdf").read_text().split("?>", 1)[1]
    for arm in load_robot(ROBOTS / name / "robot.json").arms:
        q = np.random.default_rng(0).uniform(-1.5, 1.5, (12, len(arm.chain_joints)))
        found = gravity_torques(arm, q)
        assert found is not None
        np.testing.assert_allclose(found, expected(text, arm, q), rtol=0, atol=1e-12)


def test_a_table_weighs_what_the_work_of_lifting_it_says() -> None:
    (arm,) = load_robot(ROBOTS / "ur5" / "robot.json").arms
    table = json.loads((ROBOTS / "ur5" / "dh.json").read_text())
    rows = table["chains"][0]["rows"]

    def energy(q: np.ndarray) -> float:
        total = 0.0
        for count, row in enumerate(rows, start=1):
            own = row["inertial"]
            place = product_of(rows[:count], table["convention"], q[:count])
            total += 9.81 * own["mass"] * float((place @ [*own["centre"], 1.0])[2])
        return total

    q = np.random.default_rng(1).uniform(-1.5, 1.5, (5, 6))
    found = gravity_torques(arm, q)
    assert found is not None
    step = 1e-5 * np.eye(6)
    lifted = [[energy(row + one) - energy(row - one) for one in step] for row in q]
    np.testing.assert_allclose(found, -np.array(lifted) / 2e-5, rtol=0, atol=1e-6)


def test_a_robot_without_masses_weighs_nothing_known() -> None:
    (arm,) = load_robot(ROBOTS / "ur5" / "robot.json").arms
    bare = replace(arm, joints=tuple(replace(joint, load=None) for joint in arm.joints))
    assert gravity_torques(bare, np.zeros((2, 6))) is None


JOINTS = [
    MadeJoint("revolute", (0.1, 0.0, 0.2), (0.3, 0.0, 0.5), (0.0, 0.6, 0.8)),
    MadeJoint("fixed", (0.0, 0.2, 0.1), (0.0, 0.4, 0.0), (0.0, 0.0, 1.0)),
    MadeJoint("prismatic", (0.0, 0.1, 0.0), (0.7, 0.0, 0.2), (1.0, 0.0, 0.0)),
    MadeJoint("continuous", (0.0, 0.3, 0.0), (0.1, 0.0, 0.0), (0.0, 0.0, -1.0)),
    MadeJoint("revolute", (0.0, 0.0, 0.1), (0.2, 0.1, 0.0), (1.0, 0.0, 0.0), 0, 0.5, 0.1),
    MadeJoint("fixed", (0.0, 0.0, 0.1), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0)),
]
MASSES = {"l1": 1.2, "l2": 0.4, "l3": 0.7, "l4": 0.9, "l6": 0.3}


def heavy(text: str) -> str:
    inertia = '<inertia ixx="1" ixy="0" ixz="0" iyy="1" iyz="0" izz="1"/>'
    for link, mass in MASSES.items():
        origin = f'<origin xyz="0.1 {mass / 10} -0.05"/>'
        inertial = f'<inertial>{origin}<mass value="{mass}"/>{inertia}</inertial>'
        old = f'<link name="{link}"/>'
        assert old in text
        text = text.replace(old, f'<link name="{link}">{inertial}</link>')
    return text


def test_sliding_fixed_and_following_joints(tmp_path: Path) -> None:
    text = heavy(urdf(JOINTS))
    folder = write_robot(tmp_path, text, description(len(JOINTS)))
    (arm,) = robot_from_document(compile_robot(folder), "made").arms
    q = np.random.default_rng(1).uniform(-0.4, 0.4, (9, len(arm.chain_joints)))
    found = gravity_torques(arm, q)
    assert found is not None
    np.testing.assert_allclose(found, expected(text, arm, q), rtol=0, atol=1e-12)
    total = sum(joint.load.mass for joint in arm.joints if joint.load)
    assert total == pytest.approx(sum(MASSES.values()))
