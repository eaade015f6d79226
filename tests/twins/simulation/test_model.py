from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.io.problems import ProblemsError
from bench.twins.simulation.arm import assemble
from bench.twins.simulation.model import build_model, joint_ranges, qpos_columns
from bench.twins.simulation.physics import Physics, Servo

JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")


def physics(joints: tuple[str, ...] = JOINTS) -> Physics:
    servos = {
        name: Servo(
            kp=10.0 + number,
            kv=0.1 * number,
            force_min=-1.0 - number,
            force_max=2.0 + number,
            damping=0.5 + number,
            frictionloss=0.01 * (1 + number),
            armature=0.02 + number,
            offset=0.001 * number,
            delay=0.01 * number,
        )
        for number, name in enumerate(joints)
    }
    return Physics(servos, step=1e-3)


@pytest.fixture
def urdf(repository: Path) -> Path:
    return repository / "robots" / "so101" / "robot.urdf"


def test_the_numbers_of_every_servo_arrive(urdf: Path) -> None:
    model = build_model(urdf, physics())
    number = np.arange(6)
    assert model.actuator_gainprm[:, 0] == pytest.approx(10.0 + number)
    assert model.actuator_biasprm[:, 1] == pytest.approx(-10.0 - number)
    assert model.actuator_biasprm[:, 2] == pytest.approx(-0.1 * number)
    assert model.actuator_forcerange == pytest.approx(np.stack([-1.0 - number, 2.0 + number], 1))
    assert model.dof_damping == pytest.approx(0.5 + number)
    assert model.dof_frictionloss == pytest.approx(0.01 * (1 + number))
    assert model.dof_armature == pytest.approx(0.02 + number)
    assert model.opt.timestep == 1e-3
    assert model.opt.gravity.tolist() == [0, 0, -9.81]
    assert not model.jnt_actfrclimited.any()  # 10 N m in the URDF, not of this servo
    assert qpos_columns(model) == list(range(6))


def test_links_and_limits_are_those_of_the_urdf(urdf: Path) -> None:
    root = ET.parse(urdf).getroot()
    masses = [float(mass.attrib["value"]) for mass in root.iter("mass")]
    limits = {
        joint.attrib["name"]: (float(limit.attrib["lower"]), float(limit.attrib["upper"]))
        for joint in root.iter("joint")
        for limit in joint.iter("limit")
    }
    model = build_model(urdf, physics())
    assert sorted(model.body_mass)[-len(masses) :] == pytest.approx(sorted(masses))
    assert joint_ranges(model) == pytest.approx(np.array([limits[name] for name in JOINTS]))


def test_a_scale_is_on_masses_and_inertias(urdf: Path) -> None:
    plain = build_model(urdf, physics())
    heavy = build_model(urdf, replace(physics(), mass_scale=1.25))
    assert heavy.body_mass == pytest.approx(1.25 * plain.body_mass)
    assert heavy.body_inertia == pytest.approx(1.25 * plain.body_inertia)
    assert plain.body_inertia.max() > 0


def test_friction_is_stiffer_only_where_it_is_said(urdf: Path) -> None:
    plain = build_model(urdf, physics())
    stiff = build_model(urdf, replace(physics(), friction_time=0.004))
    assert plain.dof_solref[:, 0] == pytest.approx(0.02)
    assert stiff.dof_solref == pytest.approx(np.tile([0.004, 1.0], (6, 1)))


def test_other_joints_are_refused(urdf: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        build_model(urdf, physics(JOINTS[:5]))
    assert [str(problem) for problem in caught.value.problems] == [
        f"joints: {urdf}: expected the joints elbow_flex, shoulder_lift, shoulder_pan, wrist_flex, "
        "wrist_roll, came elbow_flex, gripper, shoulder_lift, shoulder_pan, wrist_flex, wrist_roll"
    ]


def test_columns_follow_the_log_not_the_urdf(urdf: Path) -> None:
    turned = physics(JOINTS[::-1])
    model = build_model(urdf, turned)
    assert qpos_columns(model) == [5, 4, 3, 2, 1, 0]
    assert joint_ranges(model)[0] == pytest.approx([-0.174533, 1.74533])
    assert model.dof_damping[5] == pytest.approx(0.5)


def test_a_fraction_spans_the_range_of_the_joint(urdf: Path) -> None:
    arm = assemble(urdf, physics(), ["rad"] * 5 + ["fraction"])
    assert arm.low == pytest.approx([0, 0, 0, 0, 0, -0.174533])
    assert arm.width == pytest.approx([1, 1, 1, 1, 1, 1.74533 + 0.174533])
    assert arm.offset == pytest.approx(0.001 * np.arange(6))
    assert arm.delay == pytest.approx(0.01 * np.arange(6))


def test_an_arm_answers_in_the_units_of_the_log(urdf: Path) -> None:
    stiff = Servo(200.0, 2.0, -50.0, 50.0, 1.0, 0.0, 0.02)
    arm = assemble(urdf, Physics(dict.fromkeys(JOINTS, stiff)), ["rad"] * 5 + ["fraction"])
    time = np.arange(100) * 0.02
    command = np.tile([0.1, -0.2, 0.3, 0.4, -0.5, 0.75], (100, 1))
    came = arm.respond(time, command, command[0] + 0.05).position
    assert came[0] == pytest.approx(command[0] + 0.05)
    assert came[-1] == pytest.approx(command[0], abs=0.01)
