"""What a link weighs, and whether a solid body can have such an inertia."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.io.problems import Problem

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]

LEAST = 1e-9
"""Share of the largest principal moment: a smaller one is none, and rounding is no violation."""


@dataclass(frozen=True)
class Inertial:
    """Mass and inertia of a link.

    Attributes:
        mass: kg.
        centre: m, the centre of mass in the link's frame.
        inertia: kg m2, about the centre of mass, along the axes of the link's frame; symmetric.
    """

    mass: float
    centre: Vector
    inertia: Matrix

    def principal(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Principal moments (3,) kg m2, rising, and their axes as columns (3, 3), right-handed."""
        moments, axes = np.linalg.eigh(np.array(self.inertia))
        axes[:, 2] *= np.sign(np.linalg.det(axes))
        return moments, axes


def inertia_problems(inertial: Inertial, where: str) -> Iterator[Problem]:
    """Why no solid body has this inertia.

    Its principal moments are positive, and none is larger than the other two together: each is a
    sum of mass times the squares of two of three distances.
    """
    moments, _ = inertial.principal()
    came = "principal moments " + ", ".join(f"{moment:.6g}" for moment in moments)
    if moments[0] <= LEAST * abs(moments[2]):
        yield Problem("inertia", where, "an inertia that is positive definite", came)
    elif moments[2] > (1 + LEAST) * (moments[0] + moments[1]):
        expected = "principal moments of which none is larger than the other two together"
        yield Problem("inertia", where, expected, came)
