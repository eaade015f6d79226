"""Inverse dynamics of an arm as a matrix: the torques are linear in the links' masses.

Of a link with mass m, first moments m c and inertia I about its frame's origin (all in its frame),
that turns at w, is accelerated turning at α and whose origin is accelerated at a against gravity:

    force  f = m a + α × m c + w × (w × m c)
    moment n = I α + w × I w + m c × a

A turning joint carries the part of the moment of all links beyond about its axis, a sliding one
that of the force along it. No mass is known beforehand: kinematics alone make the matrix.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.kinematics import rotations
from bench.kinematics.gravity import GRAVITY
from bench.kinematics.robot import Arm, Joint

Array = NDArray[np.float64]

PER_LINK = 10
"""m, m c (3), and xx, xy, xz, yy, yz, zz of I."""


@dataclass
class _Frame:
    """A link's frame along the rows: rotation, origin, and how both move, in the base frame.

    Attributes:
        turn: (N, 3, 3).
        place: (N, 3) m.
        w, alpha: (N, 3) rad/s and rad/s².
        a: (N, 3) m/s², of its origin, with gravity taken off.
    """

    turn: Array
    place: Array
    w: Array
    alpha: Array
    a: Array


def torque_matrix(arm: Arm, q: Array, dq: Array, ddq: Array) -> Array:
    """The matrix that gives the torques of an arm from the inertial numbers of its moving links.

    Args:
        arm: the arm.
        q: (N, J) positions of `arm.chain_joints` in rad or m; a mimic joint follows its driver.
        dq: (N, J) speeds, per s.
        ddq: (N, J) accelerations, per s².

    Returns:
        (N, J, 10 L) for L moving links from the base on, `PER_LINK` columns each; N m (N for
        sliding joints) per kg, kg m and kg m².
    """
    columns = {joint.name: k for k, joint in enumerate(arm.chain_joints)}
    frame = _base(arm, len(q))
    axes: list[tuple[int, float, bool, Array, Array]] = []
    moving = [joint for joint in arm.joints if joint.axis is not None]
    found = np.zeros((len(q), len(columns), PER_LINK * len(moving)))
    for joint in arm.joints:
        _carry(frame, joint)
        if joint.axis is None:
            continue
        column, gain, offset = _driver(joint, columns)
        axis = np.einsum("nij,j->ni", frame.turn, np.array(joint.axis))
        turns = joint.type != "prismatic"
        position = gain * q[:, column] + offset
        _move(frame, joint, axis, position, gain * dq[:, [column]], gain * ddq[:, [column]])
        # A sliding joint's force does not ask where its frame is.
        axes.append((column, gain, turns, axis, frame.place.copy()))
        force, moment = _link(frame)
        link = slice(PER_LINK * (len(axes) - 1), PER_LINK * len(axes))
        for onto, factor, about, along, origin in axes:
            part = np.einsum("ni,nik->nk", along, moment if about else force)
            if about:
                lever = np.cross(along, frame.place - origin)
                part += np.einsum("ni,nik->nk", lever, force)
            found[:, onto, link] += factor * part
    return found


def stated_numbers(arm: Arm) -> Array:
    """The inertial numbers (10 L,) that an arm states: each link's mass as one point at its centre.

    kg, kg m and kg m²; 0 of links that state none.
    """
    return np.concatenate(
        [_of_point(joint) for joint in arm.joints if joint.axis is not None] or [np.zeros(0)]
    )


def _of_point(joint: Joint) -> Array:
    if joint.load is None:
        return np.zeros(PER_LINK)
    mass, centre = joint.load.mass, np.array(joint.load.centre)
    turning = mass * (centre @ centre * np.eye(3) - np.outer(centre, centre))
    return np.concatenate([[mass], mass * centre, turning[np.triu_indices(3)]])


def _base(arm: Arm, rows: int) -> _Frame:
    turn = rotations.to_matrix(rotations.normalise(np.array(arm.mount.quaternion)))
    still = np.zeros((rows, 3))
    up = still + np.array([0.0, 0.0, GRAVITY])
    return _Frame(np.tile(turn, (rows, 1, 1)), still, still, still, up)


def _driver(joint: Joint, columns: dict[str, int]) -> tuple[int, float, float]:
    mimic = joint.mimic
    if mimic is None:
        return columns[joint.name], 1.0, 0.0
    return columns[mimic.joint], mimic.multiplier, mimic.offset


def _carry(frame: _Frame, joint: Joint) -> None:
    """To the joint's frame at position 0, which moves with the link before it."""
    step = np.einsum("nij,j->ni", frame.turn, np.array(joint.origin.xyz))
    _shift(frame, step)
    turn = rotations.to_matrix(rotations.normalise(np.array(joint.origin.quaternion)))
    frame.turn = frame.turn @ turn


def _shift(frame: _Frame, step: Array) -> None:
    around = np.cross(frame.w, np.cross(frame.w, step))
    frame.a = frame.a + np.cross(frame.alpha, step) + around
    frame.place = frame.place + step


def _move(
    frame: _Frame, joint: Joint, axis: Array, position: Array, speed: Array, rise: Array
) -> None:
    """Beyond the joint, at its position."""
    if joint.type == "prismatic":
        _shift(frame, axis * position[:, None])
        frame.a = frame.a + axis * rise + 2 * np.cross(frame.w, axis) * speed
        return
    own = np.broadcast_to(np.array(joint.axis), axis.shape)
    frame.turn = frame.turn @ rotations.to_matrix(rotations.from_axis_angle(own, position))
    frame.alpha = frame.alpha + axis * rise + np.cross(frame.w, axis) * speed
    frame.w = frame.w + axis * speed


def _link(frame: _Frame) -> tuple[Array, Array]:
    """Force and moment (N, 3, 10) about the frame's origin, in the base frame."""
    back = frame.turn.transpose(0, 2, 1)
    w, alpha, a = (np.einsum("nij,nj->ni", back, x) for x in (frame.w, frame.alpha, frame.a))
    force = np.zeros((len(w), 3, PER_LINK))
    moment = np.zeros_like(force)
    turning = _crossing(w)
    force[:, :, 0] = a
    force[:, :, 1:4] = _crossing(alpha) + turning @ turning
    moment[:, :, 1:4] = -_crossing(a)
    moment[:, :, 4:] = _inertia(alpha) + turning @ _inertia(w)
    return frame.turn @ force, frame.turn @ moment


def _crossing(vector: Array) -> Array:
    """(N, 3, 3) that gives vector × x."""
    x, y, z = vector.T
    none = np.zeros_like(x)
    return np.array([[none, -z, y], [z, none, -x], [-y, x, none]]).transpose(2, 0, 1)


def _inertia(vector: Array) -> Array:
    """(N, 3, 6) that gives I vector from xx, xy, xz, yy, yz, zz."""
    x, y, z = vector.T
    none = np.zeros_like(x)
    rows = [[x, y, z, none, none, none], [none, x, none, y, z, none], [none, none, x, none, y, z]]
    return np.array(rows).transpose(2, 0, 1)
