"""A MuJoCo twin as a stepper.

It steps on the grid of the open-loop simulation (`bench.twins.simulation.integrate`): without a
correction its positions are those of a rollout. A row lies between two states of the grid; its
position is interpolated, and a correction there shifts both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
from mujoco import rollout
from numpy.typing import NDArray

from bench.formulas.interpolation import at_times
from bench.io.problems import Problem, ProblemsError
from bench.io.stepper import Floats, Reset, Rows
from bench.twins.simulation.arm import Arm, assemble
from bench.twins.simulation.integrate import HUGE
from bench.twins.simulation.links import model_file
from bench.twins.simulation.model import all_positions, all_velocities, qpos_columns, settle
from bench.twins.simulation.physics import physics_of
from bench.twins.stepper.history import History
from bench.twins.stepper.observer import Observer
from bench.twins.stepper.state import Begin
from bench.twins.twin import Twin

DIGITS = 9
"""Decimals of a position that are given, as in an entry."""
_STATE = mujoco.mjtState.mjSTATE_FULLPHYSICS


@dataclass(frozen=True)
class Machine:
    """What all states of an episode share.

    Attributes:
        arm: model and units.
        data: what MuJoCo computes in.
        step: s, of the simulation.
        position: (J,) places of the joints' positions in a full state.
    """

    arm: Arm
    data: Any
    step: float
    position: Any

    @classmethod
    def of(cls, arm: Arm) -> Machine:
        """For a robot."""
        model = arm.model
        return cls(
            arm,
            mujoco.MjData(model),
            float(model.opt.timestep),
            1 + np.array(qpos_columns(model)),
        )

    def run(self, full: Floats, warm: Floats, control: Floats) -> Floats:
        """The full states (N, S) after each of N steps with these controls (N, J)."""
        states = np.empty((1, len(control), len(full)))
        rollout.rollout(
            [self.arm.model],
            [self.data],
            full[np.newaxis],
            control[np.newaxis],
            skip_checks=True,
            state=states,
            nstep=len(control),
            initial_warmstart=warm[np.newaxis],
        )
        found: Floats = states[0]
        return found


class Simulated:
    """A simulated robot in the middle of an episode.

    Between two rows the simulation has gone on to the first point of its grid that is not before
    the row: `_states` are the positions one point earlier and there.
    """

    def __init__(
        self, machine: Machine, begin: float, history: History, observer: Observer
    ) -> None:
        """Begin an episode: at rest, see `rest`.

        Args:
            machine: the robot.
            begin: s, the episode's first time.
            history: commands, on a clock that is 0 there.
            observer: what its own corrections keep.
        """
        self._machine, self._begin = machine, begin
        self._history, self._observer = history, observer
        self._full: Floats = np.zeros(0)
        self._warm: Floats = np.zeros(machine.arm.model.nv)
        self._states: Floats = np.zeros((2, 0))
        self._steps = 0
        self._clock = 0.0

    def rest(self, q: Floats) -> None:
        """Stand still at these positions, in the units of the log."""
        machine, arm = self._machine, self._machine.arm
        model = arm.model
        mujoco.mj_resetData(model, machine.data)
        machine.data.qpos[:] = all_positions(model, arm.low + arm.width * q)
        settle(model, machine.data, self._wanted(np.array([self._steps + 0.5]))[0])
        full = np.empty(mujoco.mj_stateSize(model, _STATE))
        mujoco.mj_getState(model, machine.data, full, _STATE)
        self._full = full
        self._states = np.stack([full[machine.position]] * 2)

    def advance(self, rows: Rows) -> Floats:
        """Simulate up to the last row; the positions at each, in the units of the log."""
        machine, arm = self._machine, self._machine.arm
        clock = rows.time - self._begin
        self._history.extend(Rows(clock, rows.command))
        first, self._clock = self._steps, float(clock[-1])
        needed = math.ceil(self._clock / machine.step - 1e-9) - first
        path = self._simulate(needed) if needed > 0 else self._states
        self._states = path[-2:]
        self._history.forget(float(self._steps * machine.step - arm.delay.max()))
        if len(rows) == 1:
            return self._logged(self._now())[np.newaxis]
        grid = np.arange(first - 1, first - 1 + len(path), dtype=np.float64) * machine.step
        return self._logged(at_times(clock, grid, path))

    def move(self, q: Floats, dq: Floats) -> None:
        """Shift the two states around the present to the positions, and take the velocities.

        Joints that follow another go and move with it; objects stay where they are.
        """
        arm, model = self._machine.arm, self._machine.arm.model
        shift = arm.low + arm.width * q - self._now()
        self._states = self._states + shift
        self._full = self._full.copy()
        # A full state is time, positions, velocities, and what else there is.
        qpos, qvel = self._full[1 : 1 + model.nq], self._full[1 + model.nq :][: model.nv]
        qpos[:] = all_positions(model, self._states[-1], qpos)
        qvel[:] = all_velocities(model, qpos, arm.width * dq, qvel)

    def observe(self, q: Floats) -> Floats:
        """Correct as the observer has it."""
        before = self._logged(self._now())
        after, dq = self._observer.correct(self._clock, before, q)
        self.move(after, dq)
        return self._logged(self._now())

    def copy(self) -> Simulated:
        """A copy; arrays are replaced and never written to."""
        other = Simulated(self._machine, self._begin, self._history.copy(), self._observer.copy())
        other._full, other._warm, other._states = self._full, self._warm, self._states
        other._steps, other._clock = self._steps, self._clock
        return other

    def _now(self) -> Floats:
        """Positions (J,) at the last row, of the joints themselves."""
        past = min(max(self._steps - self._clock / self._machine.step, 0.0), 1.0)
        now: Floats = self._states[1] + past * (self._states[0] - self._states[1])
        return now

    def _logged(self, angle: Floats) -> Floats:
        arm = self._machine.arm
        # Adding zero turns -0.0 into 0.0.
        rounded: Floats = np.round((angle - arm.low) / arm.width, DIGITS) + 0.0
        return rounded

    def _simulate(self, steps: int) -> Floats:
        """Positions (steps + 2, J): at the two points so far, then at every new one."""
        machine, arm = self._machine, self._machine.arm
        # A step is driven by the command in force in its middle.
        points = np.arange(self._steps, self._steps + steps, dtype=np.float64) + 0.5
        states = machine.run(self._full, self._warm, self._wanted(points))
        self._steps += steps
        good = _good(states, self._full[0], 1 + arm.model.nq + arm.model.nv)
        path = np.concatenate([self._states, states[:good, machine.position]])
        if good == steps:
            self._full, self._warm = states[-1], machine.data.qacc_warmstart.copy()
            return path
        return np.concatenate([path, self._stuck(path[-1], steps - good)])

    def _wanted(self, points: Floats) -> Floats:
        """What the servos (N, J) see at points of the grid, of the joints themselves."""
        arm = self._machine.arm
        command = self._history.held(points * self._machine.step, arm.delay)
        return arm.low + arm.width * (command + self._observer.bias) + arm.offset

    def _stuck(self, held: Floats, points: int) -> Floats:
        """After it broke: at rest where it was last, and begins anew from there."""
        arm = self._machine.arm
        self.rest((held - arm.low) / arm.width)
        self._warm = np.zeros_like(self._warm)
        return np.repeat(held[np.newaxis], points, axis=0)


def _good(states: Floats, before: float, size: int) -> int:
    """How many of the states are states of a robot: finite, not huge, later than the one before."""
    # Comparisons with NaN are false. MuJoCo repeats the last state where it gave up.
    small = np.abs(states[:, 1:size]) <= HUGE
    good: NDArray[np.bool_] = np.logical_and.reduce(small, axis=1)
    good[0] &= states[0, 0] > before
    good[1:] &= states[1:, 0] > states[:-1, 0]
    return len(good) if good.all() else int(np.argmin(good))


def begin_of(twin: Twin, folder: Path) -> Begin:
    """What begins episodes of a twin that MuJoCo simulates.

    Commands that run straight from row to row cannot be stepped: between two rows the simulation
    would have to know the second.
    """
    # What MuJoCo warns of is seen in the states; it would write a file into the current folder.
    mujoco.set_mju_user_warning(lambda _text: None)
    links = model_file(folder)
    arms: dict[tuple[tuple[str, ...], tuple[str, ...]], Arm] = {}

    def begin(reset: Reset) -> Simulated:
        key = reset.joints, reset.units
        if key not in arms:
            physics = physics_of(twin, reset.joints)
            if physics.straight:
                where, expected = f"twin {twin.name}: settings/commands", "commands that are held"
                raise ProblemsError([Problem("no_stepper", where, expected, "straight")])
            arms[key] = assemble(links, physics, reset.units)
        commands = History(np.zeros(1), reset.command[np.newaxis])
        observer = Observer.of(len(reset.joints))
        state = Simulated(Machine.of(arms[key]), reset.time, commands, observer)
        state.rest(reset.q)
        return state

    return begin
