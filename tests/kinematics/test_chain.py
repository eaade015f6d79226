"""What folding an arm leaves to compute."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bench.kinematics.chain import fold
from bench.kinematics.compile import compile_robot
from bench.kinematics.robot import Arm, load_robot, robot_from_document
from tests.kinematics.chains import MadeJoint, description, urdf, write_robot

NONE = (0.0, 0.0, 0.0)
Z = (0.0, 0.0, 1.0)


def _arm(folder: Path, *joints: MadeJoint) -> Arm:
    place = write_robot(folder, urdf(list(joints)), description(len(joints)))
    return robot_from_document(compile_robot(place), "made").arms[0]


def test_parallel_axes_of_the_so101_add_up(repository: Path) -> None:
    chain = fold(load_robot(repository / "robots" / "so101" / "robot.json").arms[0])
    assert [turn.follows for turn in chain.turns] == [False, False, True, True, False]
    assert [turn.column for turn in chain.turns] == [0, 1, 2, 3, 4]
    tilts = [math.degrees(turn.tilt) for turn in chain.turns]
    assert tilts == pytest.approx([90, 0, 0, 90, 0], abs=1e-3)


def test_offsets_are_within_half_a_turn(tmp_path: Path) -> None:
    joints = [MadeJoint("revolute", NONE, (0.0, 0.0, 3.0), Z) for _ in range(3)]
    chain = fold(_arm(tmp_path, *joints))
    assert all(abs(turn.offset) <= 0.5 for turn in chain.turns)


def test_a_shift_along_an_axis_meets_the_head(tmp_path: Path) -> None:
    joints = [MadeJoint("revolute", (0.0, 0.0, 0.1 * k), NONE, Z) for k in (1, 2, 3)]
    chain = fold(_arm(tmp_path, *joints, MadeJoint("fixed", (0.0, 0.0, 0.4), NONE, Z)))
    assert chain.origin == pytest.approx((0, 0, 1.0))
    assert [turn.shift for turn in chain.turns] == [0, 0, 0]


def test_an_axis_that_is_off_by_more_than_rounding_is_kept(tmp_path: Path) -> None:
    tilted = (1e-12, 0.0, 0.0)
    joints = [MadeJoint("revolute", NONE, NONE, Z), MadeJoint("revolute", NONE, tilted, Z)]
    chain = fold(_arm(tmp_path, *joints))
    assert not chain.turns[1].follows
    assert chain.turns[0].tilt == pytest.approx(1e-12, rel=1e-6)


def test_sliding_joints_alone_keep_the_form(tmp_path: Path) -> None:
    chain = fold(_arm(tmp_path, MadeJoint("prismatic", NONE, NONE, (0.0, 0.6, 0.8))))
    assert len(chain.turns) == 1
    assert chain.turns[0].gain == 0
    slide = chain.slides[0]
    assert (slide.column, slide.shift, slide.lift) == (0, pytest.approx(0.6j), pytest.approx(0.8))


def test_equal_arms_are_folded_once(repository: Path) -> None:
    path = repository / "robots" / "so101" / "robot.json"
    assert fold(load_robot(path).arms[0]) is fold(load_robot(path).arms[0])
