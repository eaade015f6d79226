"""An arm folded to what its forward kinematics must compute for every row.

Every joint axis is made the z axis of its frame, and what stands between two turning joints i and
i + 1 is folded to a shift and one tilt about x:

    pose(q) = head · Π_i [ Rz(θ_i) · shift_i(q) · Rx(tilt_i) ] · tail,   θ_i = gain · q + offset

This is always possible and always well conditioned: any rotation is Rz Rx Rz, whose outer turns
go into the neighbouring θ; a shift along a joint's axis may be made before the joint turns, so it
is handed towards the base until it meets the head; a sliding joint moves in a direction that is
constant between two turning joints. No common normal of two axes is used, as Denavit-Hartenberg
tables do: it is far away where axes are nearly parallel.

Rotations are kept as two complex numbers: w + xi + yj + zk = (w + zk) + (x + yk) i = a + b i.
"""

from __future__ import annotations

import cmath
import functools
import math
from dataclasses import dataclass

import numpy as np

from bench.kinematics import rotations
from bench.kinematics.robot import Arm, Joint, Transform

NEGLIGIBLE = 1e-14
"""Tilts below this many rad count as none: a tenth of a picometre at ten metres."""

_NO_TURN = np.array([1.0, 0.0, 0.0, 0.0])


@dataclass(frozen=True)
class Slide:
    """What one sliding joint adds to a shift: per unit of column `column`, x + iy and z, in m."""

    column: int
    shift: complex
    lift: float


@dataclass(frozen=True)
class Turn:
    """One turning joint and what follows it up to the next one.

    Attributes:
        column: the column of q that turns it.
        gain: turns per unit of that column.
        offset: turns at position 0, in [-0.5, 0.5].
        follows: its axis is that of the turn before it, so both angles add.
        shift: x + iy in m, in the frame that this joint has turned.
        slides: what sliding joints add to the shift.
        tilt: angle about x in rad, in [0, pi]; 0 for the last turn, whose rest is the tail.
    """

    column: int
    gain: float
    offset: float
    follows: bool
    shift: complex
    slides: tuple[Slide, ...]
    tilt: float


@dataclass(frozen=True)
class Chain:
    """An arm's forward kinematics, folded.

    Attributes:
        columns: number of columns of q.
        origin: the head's shift in the robot's base frame, in m.
        head: rotation of the head as the complex pair (a, b).
        head_tilt: its angle about x in rad, made first.
        head_turn: its angle about z in rad, made second.
        slides: sliding joints before the first turn, in the frame inside the head.
        turns: from the base to the tool; at least one.
        tail: rotation of the tail as the complex pair (a, b).
    """

    columns: int
    origin: tuple[float, float, float]
    head: tuple[complex, complex]
    head_tilt: float
    head_turn: float
    slides: tuple[Slide, ...]
    turns: tuple[Turn, ...]
    tail: tuple[complex, complex]


@dataclass(frozen=True)
class _Still:
    """A rotation and a shift; row 0 of the shift is constant, row 1 + k belongs to column k."""

    rotation: rotations.Array
    shift: rotations.Array

    def then(self, pose: Transform) -> _Still:
        """Go on by a constant pose."""
        shift = self.shift.copy()
        shift[0] += rotations.rotate(self.rotation, pose.xyz)
        unit = rotations.normalise(pose.quaternion)
        return _Still(rotations.multiply(self.rotation, unit), shift)

    def slide(self, axis: rotations.Array, position: _Position) -> _Still:
        """Go on by a sliding joint."""
        direction = rotations.rotate(self.rotation, axis)
        shift = self.shift.copy()
        shift[0] += position.offset * direction
        shift[1 + position.column] += position.gain * direction
        return _Still(self.rotation, shift)


@dataclass(frozen=True)
class _Position:
    """A joint stands at gain · q[column] + offset."""

    column: int
    gain: float
    offset: float


@functools.lru_cache(maxsize=64)
def fold(arm: Arm) -> Chain:
    """Fold the chain of `arm`."""
    columns = len(arm.chain_joints)
    stills, positions = _split(arm, columns)
    turned = [_euler(still.rotation) for still in stills]
    # The last still part is the tail: its rotation stays whole. A head without tilt needs no turn
    # of its own.
    turned[-1] = (0.0, 0.0, 0.0)
    if turned[0][1] == 0:
        turned[0] = (0.0, 0.0, turned[0][0])
    shifts = _handed_to_the_base(stills, turned)
    turns = []
    for i, position in enumerate(positions):
        angle = position.offset + turned[i][2] + turned[i + 1][0]
        constant, slides = _parted(shifts[i + 1])
        turns.append(
            Turn(
                column=position.column,
                gain=position.gain / math.tau,
                offset=math.remainder(angle, math.tau) / math.tau,
                follows=i > 0 and turned[i][1] == 0,
                shift=complex(constant[0], constant[1]),
                slides=slides,
                tilt=turned[i + 1][1],
            )
        )
    phi, alpha, _ = turned[0]
    inner = rotations.multiply(_about(2, phi), _about(0, alpha))
    constant, slides = _parted(shifts[0])
    x, y, z = rotations.rotate(inner, constant)
    return Chain(
        columns=columns,
        origin=(float(x), float(y), float(z)),
        head=_pair(inner),
        head_tilt=alpha,
        head_turn=phi,
        slides=slides,
        turns=tuple(turns),
        tail=_pair(stills[-1].rotation),
    )


def _split(arm: Arm, columns: int) -> tuple[list[_Still], list[_Position]]:
    """The still parts before, between and after the turning joints, and those joints."""
    order = {joint.name: k for k, joint in enumerate(arm.chain_joints)}
    stills, positions = [], []
    nothing = np.zeros((1 + columns, 3))
    still = _Still(_NO_TURN, nothing).then(arm.mount)
    for joint in arm.joints:
        still = still.then(joint.origin)
        if joint.axis is None:
            continue
        position, axis = _position(joint, order), np.array(joint.axis)
        if joint.type == "prismatic":
            still = still.slide(axis, position)
            continue
        to_axis = _from_z(axis)
        stills.append(still.then(Transform(quaternion=to_axis)))
        positions.append(position)
        back = rotations.conjugate(np.array(to_axis))
        still = _Still(back, nothing)
    if not positions:
        # Only sliding joints: a turn that never turns keeps the form.
        stills.append(still)
        positions.append(_Position(0, 0.0, 0.0))
        still = _Still(_NO_TURN, nothing)
    stills.append(still.then(arm.tool))
    return stills, positions


def _position(joint: Joint, order: dict[str, int]) -> _Position:
    if joint.mimic is None:
        return _Position(order[joint.name], 1.0, 0.0)
    return _Position(order[joint.mimic.joint], joint.mimic.multiplier, joint.mimic.offset)


def _from_z(axis: rotations.Array) -> tuple[float, float, float, float]:
    """The shortest rotation that takes z to the unit vector `axis`."""
    x, y, z = (float(v) for v in axis)
    if z < 0:
        # Half a turn about x first, so that the quotient stays well away from 0.
        w, qx, qy, _ = _from_z(np.array([x, -y, -z]))
        a = rotations.multiply([0.0, 1.0, 0.0, 0.0], [w, qx, qy, 0.0])
        return (float(a[0]), float(a[1]), float(a[2]), float(a[3]))
    q = rotations.normalise([1 + z, -y, x, 0.0])
    return (float(q[0]), float(q[1]), float(q[2]), 0.0)


def _euler(quaternion: rotations.Array) -> tuple[float, float, float]:
    """Angles (φ, α, ψ) of Rz(φ) Rx(α) Rz(ψ), α in [0, pi]; ψ is 0 where only φ ± ψ is known."""
    a, b = _pair(quaternion)
    alpha = 2 * math.atan2(abs(b), abs(a))
    if alpha < NEGLIGIBLE:
        return 2 * cmath.phase(a), 0.0, 0.0
    if math.pi - alpha < NEGLIGIBLE:
        return 2 * cmath.phase(b), math.pi, 0.0
    return cmath.phase(a) + cmath.phase(b), alpha, cmath.phase(a) - cmath.phase(b)


def _handed_to_the_base(
    stills: list[_Still], turned: list[tuple[float, float, float]]
) -> list[rotations.Array]:
    """The shifts, each in the frame of its joint, with nothing along z but in the head.

    The head's own shift is given in the frame inside the head.
    """
    phi, alpha, _ = turned[0]
    inner = rotations.multiply(_about(2, phi), _about(0, alpha))
    shifts = [rotations.rotate(rotations.conjugate(inner), stills[0].shift)]
    for still, (phi, _, _) in zip(stills[1:], turned[1:], strict=True):
        shifts.append(rotations.rotate(_about(2, -phi), still.shift))
    for i in range(len(shifts) - 1, 0, -1):
        along = np.zeros_like(shifts[i])
        along[:, 2] = shifts[i][:, 2]
        shifts[i] = shifts[i] - along
        before = along if i == 1 else rotations.rotate(_about(0, turned[i - 1][1]), along)
        shifts[i - 1] = shifts[i - 1] + before
    return shifts


def _parted(shift: rotations.Array) -> tuple[rotations.Array, tuple[Slide, ...]]:
    slides = tuple(
        Slide(column, complex(row[0], row[1]), float(row[2]))
        for column, row in enumerate(shift[1:])
        if np.any(row != 0)
    )
    return shift[0], slides


def _about(axis: int, angle: float) -> rotations.Array:
    return rotations.from_axis_angle(np.eye(3)[axis], angle)


def _pair(quaternion: rotations.Array) -> tuple[complex, complex]:
    w, x, y, z = (float(v) for v in quaternion)
    return complex(w, z), complex(x, y)
