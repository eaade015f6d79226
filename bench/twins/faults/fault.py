"""What a fault is: one cause in one of two otherwise equal executions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bench.twins.simulation.physics import Physics, Servo

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Side:
    """One of the two executions.

    Attributes:
        physics: the robot.
        command: (N, 6) what it is told, rad and fraction.
        stops: where a joint cannot go on, by its column: upper end, rad.
        shift: (N, 6) added to the positions that it shows, rad and fraction; None for nothing.
        stretch: factor on how far each joint gets from where it began, by its column.
    """

    physics: Physics
    command: Floats
    stops: Mapping[int, float] = field(default_factory=dict)
    shift: Floats | None = None
    stretch: Mapping[int, float] = field(default_factory=dict)

    def with_servo(self, column: int, change: Callable[[Servo], Servo]) -> Side:
        """This side with another servo at one joint."""
        names = list(self.physics.servos)
        servos = dict(self.physics.servos)
        servos[names[column]] = change(servos[names[column]])
        return replace(self, physics=replace(self.physics, servos=servos))

    def with_servos(self, change: Callable[[Servo], Servo]) -> Side:
        """This side with other servos at all joints."""
        servos = {name: change(servo) for name, servo in self.physics.servos.items()}
        return replace(self, physics=replace(self.physics, servos=servos))


@dataclass(frozen=True)
class Sides:
    """The reference, and the entry that predicts it."""

    reference: Side
    entry: Side


@dataclass(frozen=True)
class Place:
    """Where and how strong a fault is.

    Attributes:
        time: (N,) s, of the rows.
        column: of the joint that has it.
        strength: in the fault's unit.
        draw: random numbers of this episode's fault.
        other: (N, 6) the commands of another motion of the same kind.
    """

    time: Floats
    column: int
    strength: float
    draw: np.random.Generator
    other: Floats


@dataclass(frozen=True)
class Fault:
    """A cause that is put into an entry, or into what it is held against.

    Attributes:
        name: snake case.
        meaning: one line.
        component, parameter: the true cause, in the words of causes.
        joints: columns of the joints that may have it; empty if all have it at once.
        unit: of the strengths.
        strengths: three, ascending, of the proof.
        others: two, ascending, for setting rules.
        shows: labels that it must show; of each tuple one is enough.
        may: labels that it may show beside these.
        inject: puts it into equal sides.
        kinds: of motions that show it.
    """

    name: str
    meaning: str
    component: str
    parameter: str
    joints: tuple[int, ...]
    unit: str
    strengths: tuple[float, float, float]
    others: tuple[float, float]
    shows: tuple[tuple[str, ...], ...]
    may: tuple[str, ...]
    inject: Callable[[Sides, Place], Sides]
    kinds: tuple[Literal["waves", "steps", "task"], ...] = ("waves", "steps", "task")
