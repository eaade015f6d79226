"""The torque matrix against Pinocchio and a textbook's arm, which share no code with ours."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.disturbance.regressor import PER_LINK, stated_numbers, torque_matrix
from bench.kinematics.robot import Arm, Mimic, load_robot
from tests.disturbance.arms import LENGTH, MASS, ROBOTS, planar, stated, torques


def inertial(mass: float, centre: np.ndarray, about_centre: np.ndarray) -> np.ndarray:
    """The ten numbers of a body, by Steiner's rule."""
    moved = about_centre + mass * (centre @ centre * np.eye(3) - np.outer(centre, centre))
    return np.r_[mass, mass * centre, moved[np.triu_indices(3)]]


def test_the_two_link_arm_of_the_textbook() -> None:
    random = np.random.default_rng(0)
    q, dq, ddq = random.uniform(-2, 2, (3, 40, 2))
    ends = [np.array([length, 0.0, 0.0]) for length in LENGTH]
    numbers = [inertial(m, end, np.zeros((3, 3))) for m, end in zip(MASS, ends, strict=True)]
    found = torque_matrix(planar(), q, dq, ddq) @ np.concatenate(numbers)
    np.testing.assert_allclose(found, torques(q, dq, ddq), rtol=0, atol=1e-11)


def test_stated_masses_are_those_numbers() -> None:
    random = np.random.default_rng(1)
    q, dq, ddq = random.uniform(-2, 2, (3, 40, 2))
    found = torque_matrix(stated(), q, dq, ddq) @ stated_numbers(stated())
    np.testing.assert_allclose(found, torques(q, dq, ddq), rtol=0, atol=1e-11)
    assert not stated_numbers(planar()).any()


def pinocchio_torques(
    text: str, arm: Arm, q: np.ndarray, dq: np.ndarray, ddq: np.ndarray, numbers: np.ndarray
) -> np.ndarray:
    import pinocchio

    model = pinocchio.buildModelFromXML(text)
    moving = [joint for joint in arm.joints if joint.axis is not None]
    for place in range(1, model.njoints):  # grippers and what the text states weigh nothing here
        model.inertias[place] = pinocchio.Inertia.Zero()
    for joint, own in zip(moving, numbers.reshape(-1, PER_LINK), strict=True):
        mass, centre = own[0], own[1:4] / own[0]
        turned = np.zeros((3, 3))
        turned[np.triu_indices(3)] = own[4:]
        about = turned + np.triu(turned, 1).T
        about -= mass * (centre @ centre * np.eye(3) - np.outer(centre, centre))
        model.inertias[model.getJointId(joint.name)] = pinocchio.Inertia(mass, centre, about)
    data = model.createData()
    found = np.zeros(q.shape)
    for row in range(len(q)):
        full = [pinocchio.neutral(model), np.zeros(model.nv), np.zeros(model.nv)]
        for column, joint in enumerate(moving):
            place = model.getJointId(joint.name)
            full[0][model.idx_qs[place]] = q[row, column]
            full[1][model.idx_vs[place]] = dq[row, column]
            full[2][model.idx_vs[place]] = ddq[row, column]
        all_torques = pinocchio.rnea(model, data, *full)
        found[row] = [all_torques[model.idx_vs[model.getJointId(j.name)]] for j in moving]
    return found


@pytest.mark.parametrize("name", ["so101", "mobile-ai"])
def test_recorded_robots_as_pinocchio_has_them(name: str) -> None:
    text = (ROBOTS / name / "robot.urdf").read_text().split("?>", 1)[1]
    random = np.random.default_rng(1)
    for arm in load_robot(ROBOTS / name / "robot.json").arms:
        moving = [joint for joint in arm.joints if joint.axis is not None]
        if any(joint.mimic or joint.type == "continuous" for joint in moving):
            continue
        numbers = np.concatenate(
            [
                inertial(mass, centre, np.diag(own))
                for mass, centre, own in zip(
                    random.uniform(0.2, 2, len(moving)),
                    random.uniform(-0.2, 0.2, (len(moving), 3)),
                    random.uniform(0.01, 0.02, (len(moving), 3)),
                    strict=True,
                )
            ]
        )
        q, dq, ddq = random.uniform(-1.5, 1.5, (3, 8, len(moving)))
        expected = pinocchio_torques(text, arm, q, dq, ddq, numbers)
        found = torque_matrix(arm, q, dq, ddq) @ numbers
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


def test_a_sliding_joint_is_lifted_by_its_weight_and_acceleration() -> None:
    arm = planar()
    slide = replace(arm.joints[0], type="prismatic", axis=(0.0, 0.0, 1.0))
    lift = replace(arm, joints=(slide,))
    ddq = np.array([[2.0]])
    found = torque_matrix(lift, np.array([[0.3]]), np.array([[1.0]]), ddq)
    assert found[0, 0, 0] == pytest.approx(9.81 + 2.0)
    np.testing.assert_allclose(found[0, 0, 1:], 0, atol=1e-12)


def test_a_mimic_joint_loads_its_driver() -> None:
    arm = planar()
    follower = replace(arm.joints[1], mimic=Mimic("lift", -0.5, 0.2))
    tied = replace(arm, joints=(arm.joints[0], follower))
    random = np.random.default_rng(2)
    q, dq, ddq = random.uniform(-1, 1, (3, 6, 1))
    both = [np.hstack([x, -0.5 * x + shift]) for x, shift in ((q, 0.2), (dq, 0), (ddq, 0))]
    free = torque_matrix(arm, *both)
    found = torque_matrix(tied, q, dq, ddq)
    np.testing.assert_allclose(found[:, 0], free[:, 0] - 0.5 * free[:, 1], atol=1e-12)
