"""The robot as records: what it answers, and documents that contradict themselves."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from bench.io.problems import ProblemsError, UnknownNameError
from bench.kinematics.robot import Robot, load_robot, robot_from_document


@pytest.fixture(scope="module")
def pair(repository: Path) -> dict[str, Any]:
    """Two arms: turn (continuous), lift (prismatic), follow (mimic), flange (fixed), and a jaw."""
    path = repository / "tests" / "cases" / "schemas" / "robot" / "valid" / "two_arms.json"
    document: dict[str, Any] = json.loads(path.read_text())
    return document


def test_so101(repository: Path) -> None:
    robot = load_robot(repository / "robots" / "so101" / "robot.json")
    arm = robot.arms[0]
    own = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll")
    assert robot.joint_names == (*own, "gripper")
    assert tuple(joint.name for joint in arm.scored_joints) == own
    assert robot.units == ("rad",) * 5 + ("fraction",)
    assert robot.ranges.tolist() == [3.83972, 3.49066, 3.38, 3.31612, 5.58506, 1.0]
    assert robot.weights.tolist() == [0.2] * 5 + [0]
    assert robot.scored.tolist() == [True] * 5 + [False]
    assert not robot.continuous.any()
    assert robot.columns(arm) == slice(0, 6)
    assert robot.chain_columns(arm) == slice(0, 5)
    assert arm.tool_name == "gripper_frame_link"
    assert {joint.encoder_step for joint in arm.chain_joints} == {0.0015339807878856412}


def test_two_arms(pair: dict[str, Any]) -> None:
    robot = robot_from_document(pair, "pair")
    left, right = robot.arms
    names = tuple(
        f"{arm}_{joint}" for arm in ("left", "right") for joint in ("turn", "lift", "jaw")
    )
    assert robot.joint_names == names
    assert right.joint_names == names[3:]
    assert robot.continuous.tolist() == [True, False, False] * 2
    assert robot.columns(right) == slice(3, 6)
    assert robot.chain_columns(right) == slice(3, 5)
    assert robot.arm("right") is right
    assert left.mount.xyz == (0.0, 0.3, 0.222)


def test_a_gripper_that_turns_is_scored_and_no_angle_of_the_chain(pair: dict[str, Any]) -> None:
    document = copy.deepcopy(pair)
    turn, lift, *_ = document["arms"][0]["joints"]
    jaw = document["arms"][0]["grippers"][0]["joint"]
    for joint, weight in ((turn, 0.5), (lift, 0.25), (jaw, 0.25)):
        joint.update(scored=True, weight=weight)
    jaw.update(type="revolute", unit="rad")
    robot = robot_from_document(document, "pair")
    assert [joint.name for joint in robot.arms[0].scored_joints] == [
        "left_turn",
        "left_lift",
        "left_jaw",
    ]
    assert [joint.name for arm, joint in robot.scored_angles if arm == "left"] == ["left_turn"]


def test_unknown_arm(pair: dict[str, Any]) -> None:
    with pytest.raises(UnknownNameError, match="unknown arm 'middle'; valid: left, right"):
        robot_from_document(pair, "pair").arm("middle")


def _problems(document: dict[str, Any]) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        robot_from_document(document, "robot.json")
    return [str(problem) for problem in raised.value.problems]


def test_contradictions_come_all_at_once(pair: dict[str, Any]) -> None:
    document = copy.deepcopy(pair)
    left, right = document["arms"]
    left["mount"]["quaternion"] = [0.5, 0.5, 0.5, 0.4]
    left["joints"][0]["axis"] = [0.0, 0.0, 2.0]
    left["joints"][1]["weight"] = 0.4
    right["joints"][2]["mimic"]["joint"] = "right_jaw"
    right["joints"][0]["scored"] = False
    assert _problems(document) == [
        "not_unit: robot.json: arm left: joint left_turn: axis: expected length 1, came 2",
        "not_unit: robot.json: arm left: mount: quaternion: expected length 1, came 0.953939201",
        "weights: robot.json: arm left: weights: expected sum 1, came 0.9",
        "unknown_joint: robot.json: arm right: joint right_follow: mimic: expected a logged joint "
        "of the chain, came right_jaw",
        "weights: robot.json: arm right: joint right_turn: expected a weight where it is scored, "
        "only there, came 0.5",
    ]


def test_names_are_unique(pair: dict[str, Any]) -> None:
    document = copy.deepcopy(pair)
    document["arms"][1]["name"] = "left"
    document["arms"][1]["grippers"][0]["joint"]["name"] = "left_jaw"
    assert _problems(document) == [
        "duplicate_name: robot.json: arm left: expected each name once, came it twice",
        "duplicate_name: robot.json: joint left_jaw: expected each name once, came it twice",
    ]


def test_an_arm_must_move(pair: dict[str, Any]) -> None:
    document = copy.deepcopy(pair)
    document["arms"][0]["joints"] = document["arms"][0]["joints"][3:]
    assert _problems(document) == [
        "no_joints: robot.json: arm left: joints: expected a joint that moves, came none"
    ]


def test_robots_and_arms_are_values(pair: dict[str, Any]) -> None:
    first, second = (robot_from_document(pair, "pair") for _ in range(2))
    assert isinstance(first, Robot)
    assert first == second
    assert hash(first.arms[0]) == hash(second.arms[0])
    assert first.arms[0] != first.arms[1]
