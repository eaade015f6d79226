"""Errors of the tool against evo, a library for the evaluation of trajectories."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from bench.kinematics.forward import Poses, forward, pose_differences, pose_errors
from bench.kinematics.robot import Arm, load_robot

ROBOTS = Path(__file__).parent.parent.parent / "robots"
NAMES = sorted(path.name for path in ROBOTS.iterdir())
ROWS = 300


def _evo(reference: Poses, estimate: Poses) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Absolute pose errors: distances, angles, and the root mean squares of both."""
    from evo.core.metrics import APE, PoseRelation, StatisticsType
    from evo.core.trajectory import PosePath3D

    pair = tuple(
        PosePath3D(poses.position, poses.quaternion, meta={}) for poses in (reference, estimate)
    )
    found = []
    for relation in (PoseRelation.translation_part, PoseRelation.rotation_angle_rad):
        metric = APE(relation)
        metric.process_data(pair)
        found.append((metric.error, metric.get_statistic(StatisticsType.rmse)))
    (distances, distance), (angles, angle) = found
    return distances, angles, distance, angle


def _trajectories(arm: Arm, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """A smooth one, and the same with noise."""
    rng = np.random.default_rng(11)
    columns = len(arm.chain_joints)
    time = np.linspace(0, 10, ROWS)[:, None]
    first = rng.uniform(0.3, 1.2, columns) * np.sin(rng.uniform(0.3, 2, columns) * time)
    return first, first + rng.normal(0, spread, first.shape)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("spread", [1e-4, 0.01, 1.0])
def test_errors_are_evo_s_absolute_pose_errors(name: str, spread: float) -> None:
    """Evo goes through matrices, which keep a rotation to some 1e-14 rad but for half turns."""
    for arm in load_robot(ROBOTS / name / "robot.json").arms:
        first, second = _trajectories(arm, spread)
        errors = pose_errors(arm, first, second)
        distances, angles, distance, angle = _evo(forward(arm, first), forward(arm, second))
        np.testing.assert_allclose(errors.position, distances, rtol=0, atol=1e-13)
        np.testing.assert_allclose(errors.angle, angles, rtol=0, atol=1e-12)
        rms = [math.sqrt(math.fsum(e**2) / ROWS) for e in errors]
        assert rms == pytest.approx([distance, angle], rel=1e-9)


@pytest.mark.parametrize("angle", [1e-6, 1e-5, 1e-3, 0.1, 1.0, 3.0, 3.14, math.pi])
def test_known_rotations_about_any_axis(angle: float) -> None:
    """Of poses whose quaternions have either sign, and evo's for the same."""
    rng = np.random.default_rng(12)
    start = Rotation.random(100, rng=rng)
    axes = rng.normal(size=(100, 3))
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    signs = rng.choice([-1.0, 1.0], (2, 100, 1))
    still = np.zeros((100, 3))
    first = Poses(still, signs[0] * start.as_quat(scalar_first=True))
    turned = (start * Rotation.from_rotvec(angle * axes)).as_quat(scalar_first=True)
    second = Poses(still, signs[1] * turned)
    ours = pose_differences(first, second)
    np.testing.assert_allclose(ours.angle, angle, rtol=0, atol=2e-15)
    np.testing.assert_array_equal(ours.position, 0.0)
    _, angles, _, root = _evo(first, second)
    np.testing.assert_allclose(ours.angle, angles, rtol=0, atol=1e-9)
    assert root == pytest.approx(angle, abs=1e-9)
