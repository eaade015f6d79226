"""Forward kinematics of made-up chains against Pinocchio, and at known angles."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from bench.kinematics.compile import compile_robot
from bench.kinematics.forward import BLOCK, Poses, forward, pose_differences, pose_errors
from bench.kinematics.robot import Arm, load_robot, robot_from_document
from tests.kinematics.chains import (
    MadeJoint,
    chains,
    description,
    own_columns,
    pinocchio_poses,
    urdf,
    write_robot,
)

TOLERANCE = 1e-9  # m and rad
seeds = st.integers(0, 2**32 - 1)


def _angles(quaternion: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    ours = Rotation.from_quat(quaternion, scalar_first=True)
    return (ours.inv() * Rotation.from_matrix(matrix)).magnitude()


def _made(joints: list[MadeJoint], **arm: object) -> Arm:
    with tempfile.TemporaryDirectory() as folder:
        place = write_robot(Path(folder), urdf(joints), description(len(joints), **arm))
        return robot_from_document(compile_robot(place), "made").arms[0]


def _positions(arm: Arm, rows: int, seed: int, spread: float = 1.0) -> np.ndarray:
    """Random rows, up to a whole turn beyond a half one, or 1 m."""
    scale = [1.0 if joint.type == "prismatic" else 3 * math.pi for joint in arm.chain_joints]
    shape = (rows, len(scale))
    return np.random.default_rng(seed).uniform(-1, 1, shape) * np.array(scale) * spread


@pytest.fixture(scope="module")
def so101(repository: Path) -> Arm:
    return load_robot(repository / "robots" / "so101" / "robot.json").arms[0]


@settings(max_examples=150)
@given(chains(), seeds)
def test_any_serial_chain_against_pinocchio(joints: list[MadeJoint], seed: int) -> None:
    arm = _made(joints)
    assert [j.name for j in arm.chain_joints] == [f"j{i}" for i in own_columns(joints)]
    q = _positions(arm, 8, seed)
    position, matrix = pinocchio_poses(joints, q)
    ours = forward(arm, q)
    np.testing.assert_allclose(ours.position, position, rtol=0, atol=TOLERANCE)
    assert _angles(ours.quaternion, matrix).max() < TOLERANCE
    np.testing.assert_allclose(np.linalg.norm(ours.quaternion, axis=1), 1, rtol=0, atol=1e-13)


@settings(max_examples=60)
@given(chains(), seeds)
def test_errors_of_joints_are_those_of_the_poses(joints: list[MadeJoint], seed: int) -> None:
    arm = _made(joints)
    q = _positions(arm, 8, seed)
    for step in (1.0, 1e-3, 1e-8):
        other = q + _positions(arm, 8, seed + 1, step)
        plain = pose_differences(forward(arm, q), forward(arm, other))
        fused = pose_errors(arm, q, other)
        np.testing.assert_allclose(fused.position, plain.position, rtol=0, atol=2e-14)
        np.testing.assert_allclose(fused.angle, plain.angle, rtol=0, atol=2e-14)


def test_mount_and_tool_offset_stand_before_and_behind() -> None:
    rng = np.random.default_rng(4)
    mount, tool = Rotation.random(2, rng=rng)
    joint = MadeJoint("revolute", (0.1, 0.2, 0.3), (0.4, 0.5, 0.6), (0.0, 0.6, 0.8))
    poses = [
        {"xyz": xyz, "quaternion": rotation.as_quat(scalar_first=True).tolist()}
        for xyz, rotation in (([0.0, 0.3, 0.222], mount), ([0.156, 0.01, -0.02], tool))
    ]
    arm = _made([joint], mount=poses[0], tool_offset=poses[1])
    q = _positions(arm, 20, 5)
    position, matrix = pinocchio_poses([joint], q)
    ours = forward(arm, q)
    expected = position + Rotation.from_matrix(matrix).apply(poses[1]["xyz"])
    expected = mount.apply(expected) + np.array(poses[0]["xyz"])
    np.testing.assert_allclose(ours.position, expected, rtol=0, atol=1e-14)
    turned = (mount * Rotation.from_matrix(matrix) * tool).as_matrix()
    assert _angles(ours.quaternion, turned).max() < 1e-14


@pytest.mark.parametrize("angle", [0.0, 1e-9, 1e-7, 1e-4, 0.1, 1.0, 3.0, 3.1415926, math.pi])
@pytest.mark.parametrize("column", range(5))
def test_turning_one_joint_turns_the_tool_by_as_much(so101: Arm, angle: float, column: int) -> None:
    q = _positions(so101, 50, 6)
    q[:, column] = 0.0
    turned = q.copy()
    turned[:, column] = angle
    fused = pose_errors(so101, q, turned)
    plain = pose_differences(forward(so101, q), forward(so101, turned))
    np.testing.assert_allclose(fused.angle, angle, rtol=0, atol=5e-15)
    np.testing.assert_allclose(plain.angle, angle, rtol=0, atol=5e-15)


def test_whole_turns_change_nothing(so101: Arm) -> None:
    q = _positions(so101, 50, 7)
    errors = pose_errors(so101, q, q + 2 * math.pi * np.array([1, -1, 2, 0, -3]))
    assert errors.position.max() < 1e-13
    assert errors.angle.max() < 1e-13


def test_equal_rows_have_no_error(so101: Arm) -> None:
    q = _positions(so101, 50, 8)
    errors = pose_errors(so101, q, q)
    np.testing.assert_array_equal(errors.position, 0.0)
    np.testing.assert_array_equal(errors.angle, 0.0)


@pytest.mark.parametrize("rows", [1, BLOCK, 3 * BLOCK + 17])
def test_any_number_of_threads_gives_the_same_bits(so101: Arm, rows: int) -> None:
    q = _positions(so101, rows, 9)
    other = q + 0.01
    poses, errors = forward(so101, q, threads=1), pose_errors(so101, q, other, threads=1)
    for threads in (2, 3, 7, None):
        again = forward(so101, q, threads)
        assert again.position.tobytes() == poses.position.tobytes()
        assert again.quaternion.tobytes() == poses.quaternion.tobytes()
        both = pose_errors(so101, q, other, threads)
        assert both.position.tobytes() == errors.position.tobytes()
        assert both.angle.tobytes() == errors.angle.tobytes()


def test_rows_do_not_see_one_another(so101: Arm) -> None:
    q = _positions(so101, BLOCK + 5, 10)
    poses = forward(so101, q)
    for k in (0, 1, BLOCK - 1, BLOCK, BLOCK + 4):
        alone = forward(so101, q[k : k + 1])
        np.testing.assert_allclose(poses.position[k], alone.position[0], rtol=0, atol=1e-15)
        np.testing.assert_allclose(poses.quaternion[k], alone.quaternion[0], rtol=0, atol=1e-15)


def test_no_rows_give_no_poses(so101: Arm) -> None:
    poses = forward(so101, np.empty((0, 5)))
    assert poses.position.shape == (0, 3)
    assert poses.quaternion.shape == (0, 4)
    assert pose_errors(so101, np.empty((0, 5)), np.empty((0, 5))).angle.shape == (0,)


def test_inputs_are_left_alone(so101: Arm) -> None:
    q = _positions(so101, 10, 11)
    first, second = q.copy(), q + 1
    forward(so101, first)
    pose_errors(so101, first, second)
    np.testing.assert_array_equal(first, q)
    np.testing.assert_array_equal(second, q + 1)


@pytest.mark.parametrize("shape", [(5,), (3, 6), (3, 4), (2, 3, 5)])
def test_other_shapes_are_refused(so101: Arm, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"arm arm takes positions of shape \(N, 5\), not \("):
        forward(so101, np.zeros(shape))


def test_trajectories_of_unlike_length_are_refused(so101: Arm) -> None:
    with pytest.raises(ValueError, match="as many rows, not 3 and 4"):
        pose_errors(so101, np.zeros((3, 5)), np.zeros((4, 5)))


def test_plain_errors_between_logged_poses() -> None:
    first = Poses(np.array([[0.0, 0.0, 0.0]]), np.array([[1.0, 0.0, 0.0, 0.0]]))
    second = Poses(np.array([[3.0, 0.0, 4.0]]), np.array([[-math.cos(0.2), 0, 0, math.sin(0.2)]]))
    errors = pose_differences(first, second)
    assert errors.position == pytest.approx([5.0])
    assert errors.angle == pytest.approx([0.4])
