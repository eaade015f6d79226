"""What parameters the twins of a kind have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bench.kinematics.robot import Robot


@dataclass(frozen=True)
class Quantity:
    """Unit and range of a parameter."""

    unit: str
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True)
class Expected:
    """The parameters of a twin.

    Attributes:
        known: what it may have, by name.
        required: what it must have.
    """

    known: Mapping[str, Quantity]
    required: frozenset[str]


def of_joints(robot: Robot, quantities: Mapping[str, Quantity]) -> dict[str, Quantity]:
    """The same quantities of every joint of a robot, by `<joint>.<quantity>`."""
    return {
        f"{joint.name}.{name}": quantity
        for joint in robot.logged_joints
        for name, quantity in quantities.items()
    }
