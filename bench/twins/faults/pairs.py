"""Pairs of reference and entry with one fault each, as two sets of episodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.io.store import Episodes
from bench.io.store_info import EpisodeInfo, StoreInfo
from bench.twins.faults.fault import Fault, Floats, Place, Side, Sides
from bench.twins.faults.motions import MOTIONS
from bench.twins.faults.registry import FAULTS
from bench.twins.generate import (
    APPROACH_ROWS,
    EXECUTION_FRICTION,
    JOINTS,
    true_physics,
)
from bench.twins.motions import RATE
from bench.twins.motions.shapes import ease
from bench.twins.simulation.arm import Arm, assemble
from bench.twins.simulation.kind import DIGITS
from bench.twins.simulation.parallel import run_all
from bench.twins.simulation.physics import Physics
from bench.twins.twin import Progress

SETTING_SEEDS = tuple(range(101, 105))
"""Of the cases that rules may be set on; those of a proof are lower."""
APPROACH = 0.1
"""The reference comes from so far, rad and as a fraction, so that friction holds it at rest."""


@dataclass(frozen=True)
class Case:
    """One pair: which fault, how strong, in which motion, at which joint."""

    fault: Fault
    strength: float
    seed: int
    kind: str

    @property
    def entry(self) -> str:
        """Name of the entry that it belongs to: its episodes are one per kind of motion."""
        return f"{self.fault.name}.{self.strength:g}.{self.seed}"

    @property
    def name(self) -> str:
        """Its episode's name."""
        return f"{self.entry}.{self.kind}"

    @property
    def column(self) -> int:
        """The joint that has the fault; the seeds take them in turn."""
        joints = self.fault.joints or (0,)
        return joints[self.seed % len(joints)]


def proof(seeds: Sequence[int], faults: Sequence[Fault] = FAULTS) -> list[Case]:
    """The cases that rules and causes are proved on: three strengths, seeds below 101."""
    return _cases(faults, seeds, lambda fault: fault.strengths)


def setting(faults: Sequence[Fault] = FAULTS) -> list[Case]:
    """The cases that thresholds may be set on: other strengths, other seeds."""
    return _cases(faults, SETTING_SEEDS, lambda fault: fault.others)


def _cases(
    faults: Sequence[Fault],
    seeds: Sequence[int],
    strengths: Callable[[Fault], Sequence[float]],
) -> list[Case]:
    return [
        Case(fault, strength, seed, kind)
        for fault in faults
        for strength in dict.fromkeys(strengths(fault))
        for seed in seeds
        for kind in fault.kinds
    ]


@dataclass(frozen=True)
class Pairs:
    """Episodes of both sides, in the same order.

    Attributes:
        reference: signals `time`, `q` in encoder steps, `q_command`.
        entry: signals `time`, `q`.
    """

    reference: Episodes
    entry: Episodes


def make(robot_folder: Path, cases: Sequence[Case], progress: Progress) -> Pairs:
    """Simulate both sides of every case.

    The reference is an execution as `so101-synth` has them, with friction of its own. The entry is
    simulated with the same parameters from the first measured positions, and nothing else differs
    but the fault.

    Args:
        robot_folder: folder with the `robot.urdf` of the SO-101.
        cases: the cases.
        progress: told of every pair.
    """

    def one(number: int) -> tuple[Floats, Floats, Floats, Floats]:
        return _pair(robot_folder, cases[number])

    found = run_all(one, len(cases), progress)
    time, command, q, p = (list(each) for each in zip(*found, strict=True))
    infos = tuple(EpisodeInfo(c.name, c.entry, c.kind, "run-a", "reference") for c in cases)
    units = tuple(joint.unit for joint in JOINTS)
    info = StoreInfo(
        dataset="so101-synth",
        robot="so101",
        kind="simulated reference",
        split="all",
        joints=tuple(joint.name for joint in JOINTS),
        units=units,
        signals={"time": ("s",), "q": units, "q_command": units},
        episodes=infos,
    )
    start = np.concatenate([[0], np.cumsum([len(t) for t in time])]).astype(np.int64)
    signals = {"time": np.concatenate(time), "q": np.concatenate(q)}
    reference = Episodes(info, start, {**signals, "q_command": np.concatenate(command)})
    own = replace(info, split="entry", signals={"time": ("s",), "q": units})
    return Pairs(reference, Episodes(own, start, {**signals, "q": np.concatenate(p)}))


def _pair(robot_folder: Path, case: Case) -> tuple[Floats, Floats, Floats, Floats]:
    kinds = list(MOTIONS)
    path = (case.seed, kinds.index(case.kind))
    command = MOTIONS[case.kind](np.random.default_rng((*path, 0)))
    other = MOTIONS[case.kind](np.random.default_rng((*path, 1)))
    time = np.arange(len(command)) / RATE
    side = Side(_physics(np.random.default_rng((*path, 2))), command)
    place = Place(time, case.column, case.strength, np.random.default_rng((*path, 3)), other)
    sides = case.fault.inject(Sides(side, side), place)
    steps = np.array([joint.position_step for joint in JOINTS])
    measured = np.rint(_executed(robot_folder, sides.reference, time, None) / steps) * steps
    shown = _executed(robot_folder, sides.entry, time, measured[0])
    return time, sides.reference.command, measured, shown.round(DIGITS) + 0.0


def _physics(draw: np.random.Generator) -> Physics:
    """The robot of this execution: friction a little different at every joint."""
    physics = true_physics()
    factors = np.exp(EXECUTION_FRICTION * draw.normal(size=len(JOINTS)))
    servos = {
        name: replace(
            servo, frictionloss=servo.frictionloss * factor, damping=servo.damping * factor
        )
        for (name, servo), factor in zip(physics.servos.items(), factors.tolist(), strict=True)
    }
    return replace(physics, servos=servos)


def _executed(robot_folder: Path, side: Side, time: Floats, start: Floats | None) -> Floats:
    """The positions (N, 6) that a side shows.

    Args:
        robot_folder: folder with the `robot.urdf` of the SO-101.
        side: the side.
        time: (N,) s.
        start: (6,) where it begins at rest; None to come from nearby first.
    """
    units = [joint.unit for joint in JOINTS]
    arm = assemble(robot_folder / "robot.urdf", side.physics, units)
    _stop(arm, side)
    if start is None:
        lead = np.arange(APPROACH_ROWS) / RATE
        rest = side.command[0] - APPROACH * np.array([1, 1, 1, 1, 1, 0])
        way = rest + ease(lead / 1.0)[:, None] * (side.command[0] - rest)
        clock = np.concatenate([lead, APPROACH_ROWS / RATE + time])
        response = arm.respond(clock, np.concatenate([way, side.command]), rest)
        position = response.position[APPROACH_ROWS:]
    else:
        position = arm.respond(time, side.command, start).position
    for column, factor in side.stretch.items():
        position[:, column] = position[0, column] + factor * (
            position[:, column] - position[0, column]
        )
    return position if side.shift is None else position + side.shift


def _stop(arm: Arm, side: Side) -> None:
    """Put in the stops: joint limits of the model, which servos run up against."""
    for column, upper in side.stops.items():
        arm.model.jnt_range[arm.model.actuator_trnid[column, 0], 1] = upper
