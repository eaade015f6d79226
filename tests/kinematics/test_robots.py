"""The robots of the repository: compiled, against their figures, other libraries and recordings."""

from __future__ import annotations

import copy
import hashlib
import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from bench.kinematics.compile import compile_robot
from bench.kinematics.forward import forward, pose_differences, pose_errors
from bench.kinematics.robot import Arm, load_robot, robot_from_document
from tests.kinematics.oracles import Frames, mujoco_frames, pinocchio_frames, pytorch_frames

HERE = Path(__file__).parent
ROBOTS = HERE.parent.parent / "robots"
UR5 = json.loads((HERE / "ur5_figures.json").read_text())
MICO = json.loads((HERE / "mico_figures.json").read_text())
NAMES = sorted(path.name for path in ROBOTS.iterdir())
TOLERANCE = 1e-9  # m and rad


class Known(NamedTuple):
    """An arm, and the URDF and links that other libraries take for it."""

    arm: Arm
    text: str
    root: str
    tool: str


def _ur5_urdf(finest: float = 0.0) -> str:
    """The chain of the maker's description, with a mass, which MuJoCo asks for.

    Angles are rounded to multiples of `finest` where it is above 0.
    """
    mass = '<inertial><mass value="1"/><inertia ixx="1" ixy="0" ixz="0" iyy="1" iyz="0" izz="1"/>'
    parts = ['<robot name="ur5"><mujoco><compiler fusestatic="false"/></mujoco><link name="l0"/>']
    for number, (name, figures) in enumerate(UR5["joints"].items()):
        angles = [finest * round(a / finest) if finest else a for a in figures["rpy"]]
        xyz, rpy = (" ".join(map(repr, values)) for values in (figures["xyz"], angles))
        lower, upper, velocity, effort = figures["limits"]
        parts.append(f'<link name="l{number + 1}">{mass}</inertial></link>')
        parts.append(f'<joint name="{name}" type="revolute"><origin xyz="{xyz}" rpy="{rpy}"/>')
        parts.append(f'<parent link="l{number}"/><child link="l{number + 1}"/><axis xyz="0 0 1"/>')
        bounds = f'lower="{lower}" upper="{upper}" velocity="{velocity}" effort="{effort}"'
        parts.append(f"<limit {bounds}/></joint>")
    return "".join([*parts, "</robot>"])


def _known(name: str) -> list[Known]:
    arms = load_robot(ROBOTS / name / "robot.json").arms
    if name == "ur5":
        return [Known(arms[0], _ur5_urdf(), "l0", "l6")]
    text = (ROBOTS / name / "robot.urdf").read_text()
    description = json.loads((ROBOTS / name / "description.json").read_text())
    return [
        Known(arm, text.split("?>", 1)[1], said["base_link"], said["tool_link"])
        for arm, said in zip(arms, description["arms"], strict=True)
    ]


ARMS = {f"{name}-{known.arm.name}": known for name in NAMES for known in _known(name)}


def _positions(arm: Arm, rows: int, seed: int) -> np.ndarray:
    """Random rows, up to a whole turn beyond a half one, or 1 m."""
    scale = [1.0 if joint.type == "prismatic" else 3 * math.pi for joint in arm.chain_joints]
    return np.random.default_rng(seed).uniform(-1, 1, (rows, len(scale))) * np.array(scale)


def _off(quaternion: np.ndarray, rotation: Rotation) -> float:
    ours = Rotation.from_quat(quaternion, scalar_first=True)
    return float((ours.inv() * rotation).magnitude().max())


def _close(ours: Any, theirs: Any) -> bool:
    """Equal, numbers to the last digits, which differ between C libraries."""
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=1e-15, abs_tol=1e-15)
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return list(ours) == list(theirs) and all(_close(ours[k], theirs[k]) for k in ours)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(_close, ours, theirs))
    return type(ours) is type(theirs) and bool(ours == theirs)


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_robot_is_what_its_folder_compiles_to(name: str) -> None:
    committed = json.loads((ROBOTS / name / "robot.json").read_text())
    assert committed["name"] == name
    assert _close(compile_robot(ROBOTS / name), committed)
    for source in committed["compiled_from"].values():
        data = (ROBOTS / name / source["path"]).read_bytes()
        assert source["sha256"] == hashlib.sha256(data).hexdigest()


Library = Callable[[str, str, str, list[str], np.ndarray], Frames]


@pytest.mark.parametrize("name", ARMS)
@pytest.mark.parametrize(
    ("library", "tolerance"),
    [(pinocchio_frames, TOLERANCE), (mujoco_frames, TOLERANCE), (pytorch_frames, 2e-6)],
)
def test_tool_frames_are_those_of_other_libraries(
    name: str, library: Library, tolerance: float
) -> None:
    """Pytorch-kinematics to 2e-6 m and rad: its URDF reader keeps origins in float32."""
    known = ARMS[name]
    arm = known.arm
    q = _positions(arm, 200, 1)
    names = [joint.name for joint in arm.chain_joints]
    position, matrix = library(known.text, known.root, known.tool, names, q)
    mount = Rotation.from_quat(arm.mount.quaternion, scalar_first=True)
    ours = forward(arm, q)
    expected = mount.apply(position) + np.array(arm.mount.xyz)
    np.testing.assert_allclose(ours.position, expected, rtol=0, atol=tolerance)
    assert _off(ours.quaternion, mount * Rotation.from_matrix(matrix)) < tolerance


@pytest.mark.parametrize("name", ARMS)
@pytest.mark.parametrize("angle", [1e-6, 1e-3, 0.5, 3.0, math.pi - 1e-6, math.pi])
def test_a_joint_that_turns_by_an_angle_turns_the_tool_by_it(name: str, angle: float) -> None:
    arm = ARMS[name].arm
    q = _positions(arm, 20, 2)
    for column in range(q.shape[1]):
        turned = q.copy()
        turned[:, column] = 0.0
        other = turned.copy()
        other[:, column] = angle
        plain = pose_differences(forward(arm, turned), forward(arm, other))
        fused = pose_errors(arm, turned, other)
        np.testing.assert_allclose(fused.angle, angle, rtol=0, atol=1e-14)
        np.testing.assert_allclose(plain.angle, angle, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ARMS)
def test_an_opposite_quaternion_is_the_same_mount_or_tool(name: str) -> None:
    arm = ARMS[name].arm
    q, other = _positions(arm, 50, 3), _positions(arm, 50, 4)
    turned = Rotation.random(rng=np.random.default_rng(5)).as_quat(scalar_first=True).tolist()
    frames = {"mount": replace(arm.mount, quaternion=tuple(turned)), "tool": arm.tool}
    first = replace(arm, **frames)
    opposite = {
        key: replace(frame, quaternion=tuple(-part for part in frame.quaternion))
        for key, frame in frames.items()
    }
    second = replace(arm, **opposite)
    poses, same = forward(first, q), forward(second, q)
    np.testing.assert_allclose(poses.position, same.position, rtol=0, atol=1e-15)
    assert pose_differences(poses, same).angle.max() < 1e-14
    errors, again = pose_errors(first, q, other), pose_errors(second, q, other)
    np.testing.assert_allclose(errors.position, again.position, rtol=0, atol=1e-15)
    np.testing.assert_allclose(errors.angle, again.angle, rtol=0, atol=1e-14)


def test_the_order_of_arms_moves_their_columns_and_nothing_else() -> None:
    document = json.loads((ROBOTS / "mobile-ai" / "robot.json").read_text())
    swapped = copy.deepcopy(document)
    swapped["arms"].reverse()
    robot, other = (robot_from_document(d, "robot.json") for d in (document, swapped))
    q = np.random.default_rng(6).uniform(-1, 1, (30, 14))
    permuted = q[:, [*range(7, 14), *range(7)]]
    assert other.joint_names == (*robot.joint_names[7:], *robot.joint_names[:7])
    for name in ("left", "right"):
        arm = robot.arm(name)
        assert arm == other.arm(name)
        ours = forward(arm, q[:, robot.chain_columns(arm)])
        theirs = forward(other.arm(name), permuted[:, other.chain_columns(arm)])
        np.testing.assert_array_equal(ours.position, theirs.position)
        np.testing.assert_array_equal(ours.quaternion, theirs.quaternion)


def test_the_arms_of_mobile_ai_are_one_arm_on_two_mounts() -> None:
    """Mounts of the source; the gripper counts as much as a joint."""
    robot = load_robot(ROBOTS / "mobile-ai" / "robot.json")
    left, right = robot.arms
    q = _positions(left, 20, 7)
    shift = forward(left, q).position - forward(right, q).position
    np.testing.assert_allclose(shift, np.tile([0, 0.6, 0], (20, 1)), rtol=0, atol=1e-15)
    start = [[0.0, 0.261799, 0.261799, 0.0, 0.0, 0.0]]
    tool = forward(left, start).position[0] - [0.331, 0.3, 1.042]
    np.testing.assert_allclose(tool, [0.2627, 0.0, 0.2318], rtol=0, atol=5e-5)
    for arm in robot.arms:
        assert [gripper.unit for gripper in arm.grippers] == ["m"]
        assert [gripper.range for gripper in arm.grippers] == [0.044]
        assert [joint.weight for joint in arm.scored_joints] == pytest.approx([1 / 7] * 7)
    assert robot.units == (*["rad"] * 6, "m") * 2


def test_mico_at_known_poses() -> None:
    """The hand of the recordings is link 6; the tool frame stands 160 mm before it."""
    arm = load_robot(ROBOTS / "mico" / "robot.json").arms[0]
    hand = replace(arm, joints=arm.joints[:-1])
    q = np.radians([pose["joints"] for pose in MICO["poses"]])
    ours, tool = forward(hand, q), forward(arm, q)
    expected = [pose["xyz"] for pose in MICO["poses"]]
    np.testing.assert_allclose(ours.position, expected, rtol=0, atol=1e-6)
    turned = Rotation.from_quat([pose["quaternion"] for pose in MICO["poses"]])
    assert _off(ours.quaternion, turned) < 2e-6  # printed with six decimals
    before = np.array(expected) + turned.apply([0.0, 0.0, -0.16])
    np.testing.assert_allclose(tool.position, before, rtol=0, atol=1e-6)
    assert _off(tool.quaternion, turned * Rotation.from_euler("x", math.pi)) < 2e-6


def test_mico_turns_without_end_and_has_three_fingers() -> None:
    robot = load_robot(ROBOTS / "mico" / "robot.json")
    assert robot.continuous.tolist() == [True, False, False, True, True, True] + [False] * 3
    assert robot.ranges.tolist() == [math.tau, 4.7, 5.72, math.tau, math.tau, math.tau, 2, 2, 2]
    assert robot.scored.tolist() == [True] * 6 + [False] * 3
    assert len(robot.arms[0].grippers) == 3


@pytest.mark.parametrize(
    ("finest", "metres", "radians"), [(0.0, 3e-10, 7e-10), (math.pi / 2, 6e-11, 1e-14)]
)
def test_ur5_is_the_makers_table(finest: float, metres: float, radians: float) -> None:
    """The maker's URDF holds three quarter turns to 2e-10 rad each; made exact, they agree."""
    arm = ARMS["ur5-arm"].arm
    q = _positions(arm, 500, 8)
    names = [joint.name for joint in arm.chain_joints]
    position, matrix = pinocchio_frames(_ur5_urdf(finest), "l0", "l6", names, q)
    ours = forward(arm, q)
    assert np.linalg.norm(ours.position - position, axis=1).max() < metres
    assert _off(ours.quaternion, Rotation.from_matrix(matrix)) < radians


def test_ur5_has_the_makers_limits() -> None:
    arm = ARMS["ur5-arm"].arm
    assert [joint.name for joint in arm.chain_joints] == list(UR5["joints"])
    for joint, figures in zip(arm.chain_joints, UR5["joints"].values(), strict=True):
        assert joint.limits is not None
        lower, upper, velocity, effort = figures["limits"]
        assert list(vars(joint.limits).values()) == [lower, upper, velocity, effort]
        assert joint.range == upper - lower


RECORDINGS = "kkufieta/ur5_modeling_force_estimate/dce0de88e75fc6af2a6336d75917244832c1a15e"


@pytest.mark.recordings
def test_ur5_where_its_controller_saw_the_tool(mirror: Path) -> None:
    """Positions and poses of the logs have six decimals."""
    arm = ARMS["ur5-arm"].arm
    logs = sorted((mirror / RECORDINGS).rglob("log_q_actual.csv"))
    assert len(logs) == 19
    for log in logs:
        q, tool = (_whole_rows(log.with_name(f"log_{n}.csv")) for n in ("q_actual", "tool_vector"))
        rows = min(len(q), len(tool))
        ours = forward(arm, q[:rows, 1:])
        off = np.linalg.norm(ours.position - tool[:rows, 1:4], axis=1)
        assert off.max() < 1.5e-6
        assert _off(ours.quaternion, Rotation.from_rotvec(tool[:rows, 4:])) < 2.5e-6


def _whole_rows(path: Path) -> np.ndarray:
    """The numbers of a log; what follows its last line end is a row cut short."""
    lines = path.read_text().split("\n")[:-1]
    return np.array([[float(field) for field in line.split(",")] for line in lines])
