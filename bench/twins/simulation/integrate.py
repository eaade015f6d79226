"""Open-loop runs of a simulated robot: commands in, joint angles out.

The simulation runs on a grid of its own, one `step` apart, from the first time of the episode.
A step is driven by the command that is in force in its middle, so that commands that are held act
on average when they were given, not half a step late. Angles between two steps are interpolated
linearly.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import mujoco
import numpy as np
from mujoco import rollout
from numpy.typing import NDArray

from bench.formulas.interpolation import at_times
from bench.twins.simulation.model import all_positions, qpos_columns, settle

Floats = NDArray[np.float64]

HUGE = 1e3
"""rad and rad/s (m, m/s): no joint that a servo drives comes near; beyond, the simulation broke."""
_BLOCK = 2**14


@dataclass(frozen=True)
class Response:
    """What a simulated robot did.

    Attributes:
        position: (N, J) at the asked times.
        failed_at: s on the same clock, when the simulation broke; infinite if it did not. From
            then on `position` holds the last state before.
    """

    position: Floats
    failed_at: float


def simulate(
    model: Any,
    time: Floats,
    command: Floats,
    start: Floats,
    delay: Floats,
    lead: Floats | None = None,
) -> Response:
    """Drive the robot with commands; at rest at first.

    Args:
        model: from `build_model`; its joints and actuators in the order of the columns.
        time: (N,) s, strictly increasing: when the commands were given, and when angles are wanted.
        command: (N, J) rad or m.
        start: (J,) angles at the first time.
        delay: (J,) s, from a command to its effect; before that the first command holds.
        lead: (J,) s that the servos see a command ahead along its slope; commands then run straight
            from row to row. None: each is held until the next.

    Returns:
        The angles at `time`.
    """
    step = float(model.opt.timestep)
    clock = time - time[0]
    steps = max(1, math.ceil(clock[-1] / step - 1e-9))
    if lead is None:
        driven = held_commands(clock, command, delay, steps, step)
    else:
        driven = straight_commands(clock, command, delay, lead, steps, step)
    angle, good = _integrate(model, start, driven)
    grid = np.arange(steps + 1) * step
    failed_at = math.inf if good == steps else float(time[0] + (good + 1) * step)
    return Response(at_times(clock, grid, angle), failed_at)


def held_commands(clock: Floats, command: Floats, delay: Floats, steps: int, step: float) -> Floats:
    """The command (steps, J) in force in the middle of every step.

    Args:
        clock: (N,) s, strictly increasing from 0.
        command: (N, J).
        delay: (J,) s.
        steps: number of steps from 0 on.
        step: s.
    """
    middle = (np.arange(steps) + 0.5) * step
    held = np.empty((steps, command.shape[1]))
    for column in range(command.shape[1]):
        row = np.searchsorted(clock, middle - delay[column], side="right") - 1
        held[:, column] = command[np.maximum(row, 0), column]
    return held


def straight_commands(
    clock: Floats, command: Floats, delay: Floats, lead: Floats, steps: int, step: float
) -> Floats:
    """Commands (steps, J) at the beginning of every step, straight from row to row, and ahead.

    Before the first row and behind the last they rest. A step's torque comes from where the joint
    is at its beginning, so that is where the command is taken, too.

    Args:
        clock: (N,) s, strictly increasing from 0.
        command: (N, J).
        delay: (J,) s.
        lead: (J,) s that are added along the slope between two rows.
        steps: number of steps from 0 on.
        step: s.
    """
    begin = np.arange(steps) * step
    slope = np.zeros((len(clock) + 1, command.shape[1]))
    slope[1:-1] = np.diff(command, axis=0) / np.diff(clock)[:, None]
    found = np.empty((steps, command.shape[1]))
    for column in range(command.shape[1]):
        late = begin - delay[column]
        piece = np.searchsorted(clock, late, side="right")
        found[:, column] = np.interp(late, clock, command[:, column])
        found[:, column] += lead[column] * slope[piece, column]
    return found


def _integrate(model: Any, start: Floats, held: Floats) -> tuple[Floats, int]:
    """Angles (steps + 1, J) with the start first, and the number of steps before it broke."""
    data = mujoco.MjData(model)
    column = np.array(qpos_columns(model))
    data.qpos[:] = all_positions(model, start)
    settle(model, data, held[0])
    angle = np.empty((len(held) + 1, model.nu))
    angle[0] = start
    state = np.empty(mujoco.mj_stateSize(model, mujoco.mjtState.mjSTATE_FULLPHYSICS))
    mujoco.mj_getState(model, data, state, mujoco.mjtState.mjSTATE_FULLPHYSICS)
    for first in range(0, len(held), _BLOCK):
        block = held[first : first + _BLOCK]
        # The warm start goes on from block to block, so that blocks leave no trace in the result.
        states = rollout.rollout(
            model, data, state[None], block[None], initial_warmstart=data.qacc_warmstart[None]
        )[0][0]
        done = first + len(block)
        angle[first + 1 : done + 1] = states[:, 1 + column]
        broken = _broken(state[0], states)
        if broken is not None:
            angle[first + broken + 1 :] = angle[first + broken]
            return angle, first + broken
        state = states[-1]
    return angle, len(held)


def _broken(before: float, states: Floats) -> int | None:
    """The first state that is no state of a robot: not finite, huge, or not reached.

    Args:
        before: s, time of the state before the first.
        states: (steps, 1 + positions + velocities + activations), time first.
    """
    # Comparisons with NaN are false. MuJoCo repeats the last state where it gave up.
    good = (np.abs(states[:, 1:]) <= HUGE).all(axis=1)
    good &= np.diff(states[:, 0], prepend=before) > 0
    return None if good.all() else int(np.argmin(good))
