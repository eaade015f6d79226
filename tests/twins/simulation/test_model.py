from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path

import mujoco
import numpy as np
import pytest

from bench.io.problems import ProblemsError
from bench.twins.simulation.arm import assemble
from bench.twins.simulation.model import all_positions, build_model, joint_ranges, qpos_columns
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


BIMANUAL = tuple(
    f"{side}_{name}"
    for side in ("left", "right")
    for name in (*(f"joint_{number}" for number in range(6)), "left_carriage_joint")
)


@pytest.fixture
def two_arms(repository: Path) -> Path:
    return repository / "robots" / "mobile-ai" / "robot.urdf"


def servos_of(joints: tuple[str, ...]) -> Physics:
    servo = Servo(60.0, 2.0, -80.0, 80.0, 1.0, 0.05, 0.05, 0.0, 0.0)
    return Physics(dict.fromkeys(joints, servo), step=1e-3)


def test_a_joint_that_mimics_another_has_no_servo(two_arms: Path) -> None:
    model = build_model(two_arms, servos_of(BIMANUAL))
    assert (model.nu, model.nq) == (14, 16)
    followers = {"left_right_carriage_joint", "right_right_carriage_joint"}
    with pytest.raises(ProblemsError, match="the joints left_joint_0"):
        build_model(two_arms, servos_of((*BIMANUAL, *sorted(followers))))


def test_followers_begin_where_their_driver_has_them(tmp_path: Path, two_arms: Path) -> None:
    text = two_arms.read_text(encoding="utf-8").replace(
        '<mimic joint="left_left_carriage_joint"/>',
        '<mimic joint="left_left_carriage_joint" multiplier="0.5" offset="0.004"/>',
    )
    (tmp_path / "robot.urdf").write_text(text, encoding="utf-8")
    model = build_model(tmp_path / "robot.urdf", servos_of(BIMANUAL))
    driven = np.linspace(0.01, 0.02, 14)
    positions = all_positions(model, driven)
    assert (positions[qpos_columns(model)] == driven).all()
    for side, expected in (("left", 0.5 * driven[6] + 0.004), ("right", driven[13])):
        at = model.joint(f"{side}_right_carriage_joint").qposadr[0]
        assert positions[at] == pytest.approx(expected, abs=1e-15)


def test_followers_follow_while_two_arms_move(two_arms: Path) -> None:
    arm = assemble(two_arms, servos_of(BIMANUAL), ["rad"] * 6 + ["m"] + ["rad"] * 6 + ["m"])
    time = 0.02 * np.arange(100)
    command = np.zeros((100, 14))
    command[:, [1, 2, 8, 9]] = 0.3 * np.sin(2.0 * time)[:, None]
    command[:, [6, 13]] = 0.02 + 0.01 * np.sin(3.0 * time)[:, None]
    response = arm.respond(time, command, command[0])
    assert np.isinf(response.failed_at)
    still = command.std(axis=0) == 0
    # Servos sag under the arms' own weight; what is commanded to move does.
    assert np.abs(response.position - command)[:, still].max() < 0.2
    assert np.corrcoef(response.position[:, 1], command[:, 1])[0, 1] > 0.9
    data = mujoco.MjData(arm.model)
    data.qpos[:] = all_positions(arm.model, command[0])
    for _ in range(500):
        data.ctrl[:] = command[0]
        mujoco.mj_step(arm.model, data)
    for side in ("left", "right"):
        fingers = [
            data.joint(f"{side}_{each}_carriage_joint").qpos[0] for each in ("left", "right")
        ]
        assert fingers[0] == pytest.approx(fingers[1], abs=1e-3)
