"""A simulated robot that understands commands as the logs have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.twins.simulation.integrate import Response, simulate
from bench.twins.simulation.model import build_model, joint_ranges
from bench.twins.simulation.physics import Physics, Servo

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Arm:
    """A model and what stands between the log and its joints.

    Attributes:
        model: `mujoco.MjModel`, its joints in the order of the log's columns.
        low: (J,) joint angle at the logged value 0, rad or m.
        width: (J,) joint angle per unit of the logged value.
        offset: (J,) rad, added to the commanded angle.
        delay: (J,) s, from a command to its effect.
        lead: (J,) s that a servo sees a command ahead along its slope, where commands run straight
            from row to row; None where each is held.
    """

    model: Any
    low: Floats
    width: Floats
    offset: Floats
    delay: Floats
    lead: Floats | None = None

    def respond(self, time: Floats, command: Floats, start: Floats) -> Response:
        """Drive the robot from rest; see `simulate`.

        Args:
            time: (N,) s, strictly increasing.
            command: (N, J) in the units of the log.
            start: (J,) positions at the first time, in the units of the log.

        Returns:
            Positions in the units of the log.
        """
        wanted = self.low + self.width * command + self.offset
        first = self.low + self.width * start
        response = simulate(self.model, time, wanted, first, self.delay, self.lead)
        return replace(response, position=(response.position - self.low) / self.width)


def assemble(links: Path, physics: Physics, units: Sequence[str]) -> Arm:
    """Build the robot.

    Args:
        links: path of the robot's model.
        physics: one servo for every joint, in the order of the log's columns.
        units: of each column. A `fraction` is mapped linearly to the range of the joint in the
            model; rad and m are the joint's own.

    Raises:
        ProblemsError: the model cannot be simulated, or its joints are not those of `physics`.
    """
    model = build_model(links, physics)
    limits = joint_ranges(model)
    part = np.array([unit == "fraction" for unit in units])
    servos = physics.servos.values()
    return Arm(
        model,
        low=np.where(part, limits[:, 0], 0.0),
        width=np.where(part, limits[:, 1] - limits[:, 0], 1.0),
        offset=np.array([servo.offset for servo in servos]),
        delay=np.array([servo.delay for servo in servos]),
        lead=np.array([_lead(servo) for servo in servos]) if physics.straight else None,
    )


def _lead(servo: Servo) -> float:
    """How far ahead a position servo must see, in s, to get the torque of its feed-forward."""
    return servo.feed_forward * servo.kv / servo.kp if servo.kp > 0 else 0.0
