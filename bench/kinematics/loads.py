"""Which masses each joint of a chain moves, as a model states them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.kinematics import rotations
from bench.kinematics.model import Model, ModelJoint
from bench.kinematics.robot import Load, Vector

Placed = tuple[float, rotations.Array]
"""A mass in kg, and its centre (3,) in m."""


def lumped(model: Model, base: str, chain: Sequence[ModelJoint]) -> dict[str, Load]:
    """What moves with each moving joint of a chain and not with the next one, as one mass.

    Links beside the chain (a gripper's) count for the joint that carries them, as they stand at
    position 0.

    Args:
        model: the links' masses and joints.
        base: the chain's base link.
        chain: its joints, from the base on.

    Returns:
        By the joint's name, in the frame of its child link; none where nothing has a mass.
    """
    moving = {joint.child: joint.name for joint in chain if joint.type != "fixed"}
    parts: dict[str, list[Placed]] = {}
    for link, load in model.masses.items():
        path = model.path(base, link) or ()
        carried = [number for number, joint in enumerate(path) if joint.child in moving]
        if carried:
            owner = path[carried[-1]]
            placed = load.mass, _in_frame(load.centre, path[carried[-1] + 1 :])
            parts.setdefault(owner.name, []).append(placed)
    return {name: _together(placed) for name, placed in parts.items()}


def _in_frame(centre: Vector, joints: Sequence[ModelJoint]) -> rotations.Array:
    """A point of the last joint's child in the frame that the first one hangs on."""
    point = np.array(centre)
    for joint in reversed(joints):
        point = np.array(joint.xyz) + rotations.rotate(rotations.from_rpy(joint.rpy), point)
    return point


def _together(parts: Sequence[Placed]) -> Load:
    mass = sum(part for part, _ in parts)
    moments = np.sum([part * centre for part, centre in parts], axis=0)
    x, y, z = (moments / mass).tolist()
    return Load(mass, (x, y, z))
