"""A model of an arm's motor currents, linear in its parameters.

Of every joint by itself, as each motor has a constant of its own:

    i = k τ + Σ torque matrix · inertial numbers + f₀ sign(v) + f₁ v + f₂ v |v| + f₃ a + f₄

τ the torque that the arm's stated masses ask for, where it states any; what that leaves of all
links beyond the joint; its own speed v and acceleration a (rotor and gears), dry and viscous
friction and a constant. Fitted by least squares where the joint moves, because dry friction
at rest takes any value within a band. Currents and columns are means over the same 0.2 s, so that
the noise of accelerations is treated as that of currents is.

The penalty is on the size of a column's part beside the largest one of its kind (mass, first
moment, inertia): what calibration hardly moves stays near 0, and another posture does not find it
enormous. Beside stated masses the numbers are corrections, and have a hundred times the penalty: in
ur5-force the shoulder's error in a motion that was left out falls to a quarter. Residuals beyond
two standard deviations have less weight (Huber).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.disturbance.regressor import PER_LINK, stated_numbers, torque_matrix
from bench.kinematics.robot import Arm

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
States = NDArray[np.int8]

STEP = 0.04
"""s, of the clock that everything is brought onto."""
WINDOW = 0.2
"""s, of the mean that currents and columns are taken over."""
TURN_OVER = 0.01
"""rad/s (m/s of sliding joints): below about this speed the sign of the friction is not clear."""
MOVING = 0.02
"""rad/s (m/s): a joint moves where it is faster than this, and in the same direction, all along
`SETTLED`."""
SETTLED = 0.28
"""s, around a row: shortly after a joint broke away it is not settled."""
RESTED = 0.6
"""s after the last joint stood still, or the recording began: from then on the arm rests."""
BEYOND = 1.05
"""Times the highest speed that a joint of calibration has: faster, the model extrapolates."""
STATES = ("resting", "standing", "moving", "beyond")
"""What a joint does in a row: the arm rests; it is in settled motion; or neither, as it stands or
breaks away in an arm that moves or just did. Beyond is all that is within `RESTED` of rows in which
a joint is faster than calibration shows."""
RESTING, STANDING, MOVES, OUTSIDE = range(4)
PENALTY, BESIDE_STATED = 3e-4, 3e-2
"""Of inertial numbers, as a share of the largest column of the kind: alone, and beside stated
masses. The second was chosen by calibration with recordings left out and by validation of
ur5-force, where 0.01 to 0.3 do as well."""
FREE = 3e-6
"""Of stated masses, friction and the rotor: as good as none."""
CONSTANT = 1e-2
"""Of the constant: a gravity that is not seen must not pass for it."""
ROUNDS = 4
OWN = 6
"""Columns behind those of the links: of the stated masses, then of the joint itself."""


@dataclass(frozen=True)
class Prepared:
    """One recording on the even clock.

    Attributes:
        time: (M,) s, `STEP` apart.
        current: (M, J) means over `WINDOW`.
        columns: of each joint (M, K).
        state: (M, J) place in `STATES`, but for beyond, which a model decides.
        posture: (M, K) cosine and sine of every turning joint, then the positions of sliding ones,
            m: the same a whole turn on, and as far apart as angles are where they are near.
        speed: (M, J) rad/s or m/s.
    """

    time: Array
    current: Array
    columns: tuple[Array, ...]
    state: States
    posture: Array
    speed: Array


@dataclass(frozen=True)
class CurrentModel:
    """The currents of an arm.

    Attributes:
        weights: of each joint (K,).
        speed: (J,) highest speed of each in calibration, rad/s or m/s.
    """

    weights: tuple[Array, ...]
    speed: Array

    def residual(self, recording: Prepared) -> Array:
        """Measured minus modelled current (M, J), in the unit of the currents."""
        modelled = [x @ w for x, w in zip(recording.columns, self.weights, strict=True)]
        rest: Array = recording.current - np.column_stack(modelled)
        return rest

    def states(self, recording: Prepared) -> States:
        """What each joint does (M, J), places in `STATES`."""
        fast = np.any(np.abs(recording.speed) > BEYOND * self.speed, axis=1, keepdims=True)
        near = _boxed(fast.astype(np.float64), 2 * RESTED) > 0
        return np.where(near, OUTSIDE, recording.state).astype(np.int8)


def prepare(arm: Arm, time: Array, q: Array, dq: Array, current: Array) -> Prepared:
    """Bring a recording onto the even clock, with the columns of the model.

    Args:
        arm: the arm.
        time: (N,) s, rising; need not be even.
        q: (N, J) positions of `arm.chain_joints`, rad or m.
        dq: (N, J) their speeds.
        current: (N, J) their motors' currents.
    """
    count = max(1, int((time[-1] - time[0]) / STEP) + 1)
    at = time[0] + STEP * np.arange(count)
    position, speed = (running_mean(time, x, at, STEP) for x in (q, dq))
    rise = np.gradient(speed, STEP, axis=0) if count > 1 else np.zeros_like(speed)
    matrix = torque_matrix(arm, position, speed, rise)
    stated = matrix @ stated_numbers(arm)
    chain = len(arm.chain_joints)
    columns = []
    for joint in range(chain):
        # Of a link that a joint carries no part of, the columns are 0 and take no weight.
        links = matrix[:, joint]
        v, a = speed[:, joint], rise[:, joint]
        own = [stated[:, joint], np.tanh(v / TURN_OVER), v, v * np.abs(v), a, np.ones(count)]
        columns.append(_boxed(np.column_stack([links, *own]), WINDOW))
    return Prepared(
        time=at,
        current=running_mean(time, current, at, WINDOW),
        columns=tuple(columns),
        state=_states(speed),
        posture=_posture(arm, position),
        speed=speed,
    )


def _posture(arm: Arm, position: Array) -> Array:
    slides = np.array([joint.type == "prismatic" for joint in arm.chain_joints], dtype=np.bool_)
    turned = position[:, ~slides]
    return np.concatenate([np.cos(turned), np.sin(turned), position[:, slides]], axis=1)


def _states(speed: Array) -> States:
    there, back = (_always(way * speed > MOVING, SETTLED) for way in (1, -1))
    still = np.all(np.abs(speed) <= MOVING, axis=1)
    row = np.arange(len(still))
    moved = np.maximum.accumulate(np.where(still, -1, row))  # what was before, nobody knows
    moves = np.minimum.accumulate(np.where(still, 2 * len(row), row)[::-1])[::-1]
    long, ahead = round(RESTED / STEP), round(SETTLED / STEP / 2)
    rests = still & (row - moved > long) & (moves - row > ahead)
    state = np.where(there | back, MOVES, np.where(rests[:, None], RESTING, STANDING))
    return state.astype(np.int8)


def fit(recordings: Sequence[Prepared]) -> CurrentModel:
    """Fit the model to recordings in which nobody touched the arm."""
    chain = recordings[0].current.shape[1]
    speed = np.max([np.abs(r.speed).max(axis=0, initial=0.0) for r in recordings], axis=0)
    return CurrentModel(tuple(_fit_joint(recordings, joint) for joint in range(chain)), speed)


def _fit_joint(recordings: Sequence[Prepared], joint: int) -> Array:
    rows = [r.state[:, joint] == MOVES for r in recordings]
    x = np.concatenate([r.columns[joint][m] for r, m in zip(recordings, rows, strict=True)])
    y = np.concatenate([r.current[m, joint] for r, m in zip(recordings, rows, strict=True)])
    if not len(y):
        return np.zeros(x.shape[1])
    scale, penalty = _scales(x)
    x = x / scale
    weight = np.ones(len(y))
    found = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        share = (weight / len(y))[:, None] * x
        found = np.linalg.solve(share.T @ x + np.diag(penalty), share.T @ y)
        off = np.abs(y - x @ found)
        spread = 1.4826 * float(np.median(off))
        weight = np.minimum(1.0, 2 * spread / np.maximum(off, 1e-12)) if spread else weight
    return found / scale


def _scales(x: Array) -> tuple[Array, Array]:
    """What columns are divided by, the largest of their kind, and the penalty of each."""
    size = np.sqrt(np.mean(x * x, axis=0))
    links = x.shape[1] - OWN
    place = np.arange(links) % PER_LINK
    scale, penalty = size.copy(), np.full(len(size), FREE)
    for kind in (place == 0, (place > 0) & (place < 4), place >= 4):
        scale[:links][kind] = size[:links][kind].max(initial=0.0)
    penalty[:links] = BESIDE_STATED if size[links] > 0 else PENALTY
    penalty[-1] = CONSTANT
    return np.where(scale > 1e-9, scale, 1.0), penalty


def running_mean(time: Array, values: Array, at: Array, width: float) -> Array:
    """Mean (M, K) of values (N, K), straight between rows, over `width` around the times `at`.

    At the ends over what there is.
    """
    if len(time) < 2:
        return np.repeat(values[:1], len(at), axis=0)
    low, high = np.maximum(at - width / 2, time[0]), np.minimum(at + width / 2, time[-1])
    parts = (values[1:] + values[:-1]) / 2 * np.diff(time)[:, None]
    area = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(parts, axis=0)])
    found = [
        _area(time, column, total, low, high)
        for column, total in zip(values.T, area.T, strict=True)
    ]
    mean: Array = np.column_stack(found) / (high - low)[:, None]
    return mean


def _area(time: Array, values: Array, total: Array, low: Array, high: Array) -> Array:
    """The integral of a line through points, from low to high."""

    def until(at: Array) -> Array:
        row = np.clip(np.searchsorted(time, at, side="right") - 1, 0, len(time) - 2)
        here = np.interp(at, time, values)
        found: Array = total[row] + (values[row] + here) / 2 * (at - time[row])
        return found

    return until(high) - until(low)


def _boxed(values: Array, width: float) -> Array:
    """Mean over the window around every row of the even clock; at the ends over what there is."""
    half = round(width / STEP / 2 - 0.01)
    total = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    row = np.arange(len(values))
    low, high = np.maximum(row - half, 0), np.minimum(row + half + 1, len(values))
    mean: Array = (total[high] - total[low]) / (high - low)[:, None]
    return mean


def _always(states: Mask, width: float) -> Mask:
    """Whether a state holds all along the window around every row; at the ends nobody knows."""
    half = round(width / STEP / 2 - 0.01)
    row = np.arange(len(states))[:, None]
    inside = (row >= half) & (row < len(states) - half)
    held: Mask = inside & (_boxed(states.astype(np.float64), width) > 1 - 1e-9)
    return held
