"""What gravity asks of the joints of an arm at rest, over all rows at once.

Everything beyond a joint weighs as one force at one point, so one pass from the base to the tool
turns the direction of gravity into the frames of the joints, and one pass back adds up moments:

    n_i = (m_i c_i + M_{i+1} p_{i+1}) × g_i + R_{i+1} n_{i+1}

m_i, c_i mass and centre that joint i alone moves, M_{i+1} all mass beyond the next joint, p_{i+1}
and R_{i+1} where the next joint's frame is. The torque is the part of n_i along the axis; the force
of a sliding joint that of M_i g_i. Frames are turned so that every axis is z, and joints that do
not move are folded into the next one.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.kinematics import rotations
from bench.kinematics.robot import Arm, Joint

Array = NDArray[np.float64]
Turn = tuple[Array, Array] | None
"""Cosine and sine of a joint's angle, (N,) each; None of a sliding joint."""

GRAVITY = 9.81
"""m/s², along −z of the robot's base frame."""
_NO_TURN = np.array([1.0, 0.0, 0.0, 0.0])


@dataclass(frozen=True)
class _Step:
    """A moving joint with its axis along z.

    Attributes:
        turn: (3, 3) from the joint's frame at position 0 to the frame of the one before.
        place: (3,) its origin there, m.
        slide: (3,) how that moves per position, for a sliding joint.
        moment: (3,) mass times centre of what it alone moves, in its frame, kg m.
        mass: of that, kg.
        column, gain, offset: its position is gain · q[column] + offset.
        turns: whether it turns.
    """

    turn: Array
    place: Array
    slide: Array
    moment: Array
    mass: float
    column: int
    gain: float
    offset: float
    turns: bool


def gravity_torques(arm: Arm, q: Array) -> Array | None:
    """How the weight of its links pulls at every joint of an arm.

    Args:
        arm: the arm.
        q: (N, J) positions of `arm.chain_joints` in rad or m.

    Returns:
        (N, J) N m (N for sliding joints), positive where gravity turns the joint to larger
        positions; None where the model states no mass.
    """
    if not any(joint.load for joint in arm.joints):
        return None
    down, steps = _steps(arm)
    positions = [step.gain * q[:, step.column] + step.offset for step in steps]
    turns = [
        (np.cos(x), np.sin(x)) if step.turns else None
        for step, x in zip(steps, positions, strict=True)
    ]
    pulls = _pulls(np.repeat(down[:, None], len(q), axis=1), steps, turns)
    found = np.zeros((len(arm.chain_joints), len(q)))
    moment, beyond = np.zeros((3, len(q))), 0.0
    lever = np.zeros((3, 1))
    for number in range(len(steps) - 1, -1, -1):
        step, pull, turn = steps[number], pulls[number], turns[number]
        _add_cross(moment, beyond * lever + step.moment[:, None], pull)
        beyond += step.mass
        found[step.column] += step.gain * (moment[2] if step.turns else beyond * pull[2])
        moment = np.einsum("ij,jn->in", step.turn, _turned(moment, turn, 1.0))
        lever = step.place[:, None]
        if not step.turns:
            lever = lever + step.slide[:, None] * positions[number]
    return found.T


def _pulls(pull: Array, steps: tuple[_Step, ...], turns: list[Turn]) -> list[Array]:
    """The direction of gravity (3, N) in the frame of each joint, from the base on."""
    found = []
    for step, turn in zip(steps, turns, strict=True):
        pull = _turned(np.einsum("ji,jn->in", step.turn, pull), turn, -1.0)
        found.append(pull)
    return found


def _turned(vector: Array, turn: Turn, way: float) -> Array:
    """A vector (3, N) turned about z, by the angle or back by it; as it is for None."""
    if turn is None:
        return vector
    cosine, sine = turn[0], way * turn[1]
    x, y = vector[0] * cosine - vector[1] * sine, vector[0] * sine + vector[1] * cosine
    vector[0], vector[1] = x, y
    return vector


def _add_cross(total: Array, a: Array, b: Array) -> None:
    """Add a × b of (3, 1) or (3, N) and (3, N)."""
    total[0] += a[1] * b[2] - a[2] * b[1]
    total[1] += a[2] * b[0] - a[0] * b[2]
    total[2] += a[0] * b[1] - a[1] * b[0]


@functools.lru_cache(maxsize=64)
def _steps(arm: Arm) -> tuple[Array, tuple[_Step, ...]]:
    """Gravity in the frame of the base, (3,) m/s², and the moving joints from there on."""
    down = rotations.rotate(rotations.conjugate(arm.mount.quaternion), [0.0, 0.0, -GRAVITY])
    columns = {joint.name: k for k, joint in enumerate(arm.chain_joints)}
    found: list[_Step] = []
    turn, place = _NO_TURN, np.zeros(3)
    for joint in arm.joints:
        place = place + rotations.rotate(turn, joint.origin.xyz)
        turn = rotations.multiply(turn, rotations.normalise(joint.origin.quaternion))
        if joint.axis is None:
            continue
        to_axis = _from_z(np.array(joint.axis))
        turn = rotations.multiply(turn, to_axis)
        back = rotations.conjugate(to_axis)
        found.append(_step(joint, columns, turn, place, back))
        turn, place = back, np.zeros(3)
    return down, tuple(found)


def _step(joint: Joint, columns: dict[str, int], turn: Array, place: Array, back: Array) -> _Step:
    mass = joint.load.mass if joint.load else 0.0
    centre = rotations.rotate(back, joint.load.centre) if joint.load else np.zeros(3)
    mimic = joint.mimic
    return _Step(
        turn=rotations.to_matrix(turn),
        place=place,
        slide=rotations.rotate(turn, [0.0, 0.0, 1.0]),
        moment=mass * centre,
        mass=mass,
        column=columns[mimic.joint if mimic else joint.name],
        gain=mimic.multiplier if mimic else 1.0,
        offset=mimic.offset if mimic else 0.0,
        turns=joint.type != "prismatic",
    )


def _from_z(axis: Array) -> Array:
    """A rotation that takes z to the unit vector `axis`."""
    across = np.cross([0.0, 0.0, 1.0], axis)
    size = float(np.linalg.norm(across))
    if size < 1e-12:
        return _NO_TURN if axis[2] > 0 else np.array([0.0, 1.0, 0.0, 0.0])
    return rotations.from_axis_angle(across / size, np.arctan2(size, axis[2]))
