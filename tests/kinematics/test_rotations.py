"""Rotations against SciPy's, and at known angles."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation, Slerp

from bench.kinematics import rotations

ANGLES = [0.0, 1e-9, 3e-8, 1e-6, 1e-3, 0.5, 1.0, 2.0, 3.0, math.pi - 1e-6, math.pi - 1e-9, math.pi]
seeds = st.integers(0, 2**32 - 1)


def _random(seed: int, n: int = 20) -> np.ndarray:
    q = np.random.default_rng(seed).normal(size=(n, 4))
    return q / np.linalg.norm(q, axis=1, keepdims=True)


def _scipy(q: np.ndarray) -> Rotation:
    return Rotation.from_quat(q, scalar_first=True)


def _same(a: np.ndarray, b: np.ndarray, tolerance: float = 1e-14) -> None:
    """Equal up to the sign."""
    signs = np.sign(np.sum(a * b, axis=-1, keepdims=True))
    np.testing.assert_allclose(a * signs, b, rtol=0, atol=tolerance)


@given(seeds)
def test_rpy_is_about_fixed_axes(seed: int) -> None:
    rpy = np.random.default_rng(seed).uniform(-7, 7, (20, 3))
    _same(rotations.from_rpy(rpy), Rotation.from_euler("xyz", rpy).as_quat(scalar_first=True))


@given(seeds)
def test_axis_angle(seed: int) -> None:
    rng = np.random.default_rng(seed)
    axis = rng.normal(size=(20, 3))
    axis /= np.linalg.norm(axis, axis=1, keepdims=True)
    angle = rng.uniform(-3, 3, 20)
    expected = Rotation.from_rotvec(axis * angle[:, None]).as_quat(scalar_first=True)
    _same(rotations.from_axis_angle(axis, angle), expected)


@given(seeds)
def test_matrices_both_ways(seed: int) -> None:
    q = _random(seed)
    np.testing.assert_allclose(rotations.to_matrix(q), _scipy(q).as_matrix(), rtol=0, atol=1e-14)
    _same(rotations.from_matrix(_scipy(q).as_matrix()), q)


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize("angle", [math.pi, -math.pi, math.pi - 1e-9, math.pi / 2])
def test_matrices_of_large_turns_about_an_axis(axis: int, angle: float) -> None:
    matrix = Rotation.from_rotvec(np.eye(3)[axis] * angle).as_matrix()
    back = rotations.to_matrix(rotations.from_matrix(matrix))
    np.testing.assert_allclose(back, matrix, rtol=0, atol=1e-15)


@given(seeds)
def test_products_and_turned_vectors(seed: int) -> None:
    a, b = _random(seed), _random(seed + 1)
    v = np.random.default_rng(seed).normal(size=(20, 3))
    expected = (_scipy(a) * _scipy(b)).as_quat(scalar_first=True)
    _same(rotations.multiply(a, b), expected)
    turned = _scipy(a).apply(v)
    np.testing.assert_allclose(rotations.rotate(a, v), turned, rtol=0, atol=1e-13)
    back = rotations.rotate(rotations.conjugate(a), turned)
    np.testing.assert_allclose(back, v, rtol=0, atol=1e-13)


@pytest.mark.parametrize("angle", ANGLES)
def test_relative_angle_at_known_angles(angle: float) -> None:
    axes = np.vstack([np.eye(3), -np.eye(3), _random(3)[:, 1:]])
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    turn = rotations.from_axis_angle(axes, np.full(len(axes), angle))
    still = np.array([1.0, 0.0, 0.0, 0.0])
    np.testing.assert_allclose(rotations.relative_angle(still, turn), angle, rtol=1e-15, atol=1e-15)


@pytest.mark.parametrize("angle", ANGLES)
def test_relative_angle_between_turned_frames_is_exact_to_their_rounding(angle: float) -> None:
    first = _random(5, 200)
    axes = _random(6, 200)[:, 1:]
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    second = rotations.multiply(first, rotations.from_axis_angle(axes, np.full(200, angle)))
    found = rotations.relative_angle(first, second)
    np.testing.assert_allclose(found, angle, rtol=0, atol=2e-15)


@given(seeds)
def test_a_quaternion_and_its_negative_are_the_same_rotation(seed: int) -> None:
    a, b = _random(seed), _random(seed + 1)
    angle = rotations.relative_angle(a, b)
    np.testing.assert_array_equal(rotations.relative_angle(-a, b), angle)
    np.testing.assert_array_equal(rotations.relative_angle(a, -b), angle)
    np.testing.assert_array_equal(rotations.relative_angle(a, -a), 0.0)
    np.testing.assert_allclose(angle, (_scipy(a).inv() * _scipy(b)).magnitude(), atol=1e-14)
    np.testing.assert_array_equal(rotations.to_matrix(-a), rotations.to_matrix(a))


@given(seeds, st.floats(0, 1))
def test_slerp_takes_the_shorter_way(seed: int, share: float) -> None:
    a, b = _random(seed, 1)[0], _random(seed + 1, 1)[0]
    between = Slerp([0, 1], _scipy(np.stack([a, b])))(share).as_quat(scalar_first=True)
    _same(rotations.slerp(a, b, share), between, 1e-12)
    _same(rotations.slerp(a, -b, share), between, 1e-12)


@pytest.mark.parametrize("angle", [0.0, 1e-12, 9e-7, 2e-6, 1e-4])
def test_slerp_between_nearly_equal_rotations(angle: float) -> None:
    first = _random(7, 1)[0]
    second = rotations.multiply(first, rotations.from_axis_angle([0.0, 0.6, 0.8], angle))
    quarter = rotations.slerp(first, second, 0.25)
    assert rotations.relative_angle(first, quarter) == pytest.approx(angle / 4, abs=1e-15)
