"""Phases of half angles against the C library's sine and cosine."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.kinematics.phases import half_phases


def _phases(turns: np.ndarray) -> np.ndarray:
    out = np.empty(turns.shape, dtype=np.complex128)
    half_phases(turns.copy(), np.empty_like(turns), np.empty_like(turns), out)
    return out


def _error(turns: np.ndarray) -> np.ndarray:
    """Distance to the phase of the half angle, whichever sign is nearer."""
    exact = np.cos(np.pi * turns) + 1j * np.sin(np.pi * turns)
    found = _phases(turns)
    return np.minimum(np.abs(found - exact), np.abs(found + exact))


def test_whole_range() -> None:
    assert _error(np.linspace(-0.5, 0.5, 200_001)).max() < 1e-15


def test_several_turns_up_to_the_sign() -> None:
    turns = np.random.default_rng(1).uniform(-3, 3, 100_000)
    assert _error(turns).max() < 4e-15


@pytest.mark.parametrize("whole", [-1000, -1, 0, 1, 2, 1000])
def test_whole_turns_are_exact(whole: int) -> None:
    np.testing.assert_array_equal(_phases(np.array([float(whole)])), [1.0])


@pytest.mark.parametrize("angle", [1e-300, 1e-12, 1e-9, 1e-6])
def test_small_angles_keep_their_relative_accuracy(angle: float) -> None:
    found = _phases(np.array([angle / math.tau]))[0]
    assert found.imag == pytest.approx(angle / 2, rel=1e-15)


def test_form_of_the_array_does_not_matter() -> None:
    turns = np.random.default_rng(2).uniform(-1, 1, (3, 1001))
    apart = np.array([[_phases(np.array([x]))[0] for x in row] for row in turns])
    np.testing.assert_allclose(_phases(turns), apart, rtol=0, atol=1e-15)
