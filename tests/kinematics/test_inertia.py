"""Which inertias a solid body can have: those of heavy points, and no others."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from bench.kinematics.inertia import Inertial, inertia_problems


def _inertial(matrix: np.ndarray) -> Inertial:
    (a, b, c) = (tuple(map(float, row)) for row in matrix)
    return Inertial(1.0, (0.0, 0.0, 0.0), (a, b, c))  # type: ignore[arg-type]


def _lines(matrix: np.ndarray) -> list[str]:
    return [str(problem) for problem in inertia_problems(_inertial(matrix), "here")]


def _turned(moments: list[float], seed: int) -> np.ndarray:
    turn = Rotation.random(rng=np.random.default_rng(seed)).as_matrix()
    return turn @ np.diag(moments) @ turn.T


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1), st.floats(-6, 6))
def test_every_body_of_points_is_accepted(seed: int, size: float) -> None:
    draw = np.random.default_rng(seed)
    points = 10**size * draw.uniform(-1, 1, (6, 3))
    squares = np.einsum("ni,nj->ij", points, points)
    assert not _lines(np.trace(squares) * np.eye(3) - squares)


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1))
def test_a_flat_body_is_one_however_it_lies(seed: int) -> None:
    """A plate: one moment is the sum of the others, to rounding."""
    assert not _lines(_turned([1.0, 2.0, 3.0], seed))


@settings(max_examples=50)
@given(st.integers(0, 2**32 - 1))
def test_what_no_body_has_is_named(seed: int) -> None:
    assert _lines(_turned([1.0, 2.0, 3.001], seed)) == [
        "inertia: here: expected principal moments of which none is larger than the other two "
        "together, came principal moments 1, 2, 3.001"
    ]
    assert _lines(_turned([-0.5, 2.0, 2.0], seed)) == [
        "inertia: here: expected an inertia that is positive definite, came principal moments "
        "-0.5, 2, 2"
    ]


def test_a_rod_without_thickness_and_nothing_at_all_are_none() -> None:
    for matrix in (np.diag([0.0, 1.0, 1.0]), np.zeros((3, 3))):
        (line,) = _lines(matrix)
        assert line.startswith("inertia: here: expected an inertia that is positive definite")


def test_principal_axes_give_the_matrix_back() -> None:
    matrix = _turned([1.0, 2.0, 2.5], 7)
    moments, axes = _inertial(matrix).principal()
    assert moments == pytest.approx([1.0, 2.0, 2.5])
    assert np.linalg.det(axes) == pytest.approx(1.0)
    assert axes @ np.diag(moments) @ axes.T == pytest.approx(matrix)
