"""A planar arm whose motors' currents are known in closed form, made up for these tests.

Two links of mass m and length l with their masses at the ends, hanging in the x-z plane and turning
about -y, so that angles grow upwards. The currents are torques over a constant, plus dry and
viscous friction and the inertia of rotors. Nothing here is shared with the code under test.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from bench.kinematics.robot import Arm, Load, Transform, load_robot

ROBOTS = Path(__file__).parent.parent.parent / "robots"
MASS, LENGTH = (2.0, 1.2), (0.4, 0.3)
CONSTANT = (8.0, 5.0)
"""N m per A."""
DRY, VISCOUS, ROTOR = (0.4, 0.2), (0.3, 0.15), (0.05, 0.02)
"""A; A s/rad; A s²/rad."""
NOISE = 0.02


def planar() -> Arm:
    """The arm's kinematics: nothing of its masses."""
    (arm,) = load_robot(ROBOTS / "so101" / "robot.json").arms
    first = arm.joints[0]
    joints = tuple(
        replace(
            first,
            name=name,
            type="revolute",
            parent=f"l{number}",
            child=f"l{number + 1}",
            origin=Transform((x, 0.0, 0.0)),
            axis=(0.0, -1.0, 0.0),
            weight=0.5,
            scored=True,
            mimic=None,
            load=None,
        )
        for number, (name, x) in enumerate((("lift", 0.0), ("elbow", LENGTH[0])))
    )
    return replace(arm, mount=Transform(), joints=joints, grippers=(), gripper_mappings=())


def stated(share: float = 1.0) -> Arm:
    """The same arm, which states its masses, or so much of them."""
    arm = planar()
    masses = zip(arm.joints, MASS, LENGTH, strict=True)
    loads = [replace(j, load=Load(share * m, (end, 0.0, 0.0))) for j, m, end in masses]
    return replace(arm, joints=tuple(loads))


def torques(q: np.ndarray, dq: np.ndarray, ddq: np.ndarray) -> np.ndarray:
    """The textbook's two-link arm with point masses, (N, 2) N m."""
    (m1, m2), (a, b), g = MASS, LENGTH, 9.81
    q1, q2 = q.T
    c = np.cos(q2)
    m11 = (m1 + m2) * a**2 + m2 * b**2 + 2 * m2 * a * b * c
    m12 = m2 * b**2 + m2 * a * b * c
    h = m2 * a * b * np.sin(q2)
    v1, v2 = dq.T
    lower = m2 * g * b * np.cos(q1 + q2)
    first = m11 * ddq[:, 0] + m12 * ddq[:, 1] - h * (2 * v1 * v2 + v2**2)
    second = m12 * ddq[:, 0] + m2 * b**2 * ddq[:, 1] + h * v1**2
    return np.column_stack([first + (m1 + m2) * g * a * np.cos(q1) + lower, second + lower])


def recording(
    seed: int, seconds: float = 24.0, rests: bool = True, postures: int | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Time (N,), q, dq and current (N, 2) of moves between postures, with rests or without.

    Of so many postures again and again, if a number is given: a move lasts 3 s.
    """
    random = np.random.default_rng(seed)
    time = 0.008 * np.arange(int(seconds / 0.008))
    q = np.zeros((len(time), 2))
    stops = np.arange(2.0, seconds, 3.0)
    goals = random.uniform(-1.2, 1.2, (len(stops) + 1, 2))
    goals = goals[np.arange(len(goals)) % (postures or len(goals))]
    lasts = 2.0 if rests else 2.9
    q += goals[0]
    for stop, (before, after) in zip(stops, pairwise(goals), strict=True):
        share = np.clip((time - stop) / lasts, 0, 1)[:, None]
        q += (after - before) * (10 * share**3 - 15 * share**4 + 6 * share**5)
    dq, ddq = np.gradient(q, time, axis=0), np.zeros_like(q)
    ddq = np.gradient(dq, time, axis=0)
    current = torques(q, dq, ddq) / CONSTANT + np.array(ROTOR) * ddq + np.array(VISCOUS) * dq
    current += np.array(DRY) * _dry(dq, random)
    return time, q, dq, current + NOISE * random.standard_normal(q.shape)


def _dry(dq: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """The sign of motion; at rest anything between, another in every rest."""
    found = np.sign(dq)
    for joint in range(dq.shape[1]):
        still = np.abs(dq[:, joint]) < 1e-9
        edges = np.flatnonzero(np.diff(still.astype(int), prepend=0))
        for start in edges:
            if still[start]:
                end = start + int(np.argmin(np.r_[still[start:], False]))
                found[start:end, joint] = random.uniform(-1, 1)
    return found


def pushed(
    time: np.ndarray, current: np.ndarray, first: float, last: float, joint: int, size: float
) -> np.ndarray:
    """The currents with a push of one joint, that rises and ends within 0.1 s."""
    shape = np.interp(time, [first, first + 0.1, last - 0.1, last], [0, 1, 1, 0])
    found = current.copy()
    found[:, joint] += size * shape
    return found
