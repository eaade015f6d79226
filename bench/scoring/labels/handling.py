"""Who holds which body when: what the rules on objects share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scoring.bodies import Bodies
from bench.scoring.labels.label import Label, Threshold
from bench.scoring.labels.stalls import stretches
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

HOLDING: Mapping[str, Threshold] = {
    "near": Threshold(
        0.10, "m", "chosen: a body in a small gripper has its middle so near to the tool frame"
    ),
    "moved": Threshold(0.02, "m", "chosen: what has not moved so far was not taken"),
    "held": Threshold(0.3, "s", "chosen: what a tool passes by is near it for less"),
}
"""A body is held while it is near a tool and away from where it lay."""


@dataclass(frozen=True)
class Held:
    """A body that the robot held.

    Attributes:
        body: its number.
        arm: number of the arm that held it.
        reference: (N,) rows on which the robot holds it.
        predicted: (N,) rows on which the entry's arm does.
    """

    body: int
    arm: int
    reference: Flags
    predicted: Flags


def held(trace: EpisodeTrace, bodies: Bodies, settings: Mapping[str, float]) -> list[Held]:
    """Every body that the robot held long enough, with the arm that held it longest."""
    found = []
    for body in range(len(bodies.names)):
        robot = _holds(trace, bodies.reference, bodies.tool_reference, body, settings)
        times = trace.weights @ robot
        arm = int(np.argmax(times))
        if times[arm] >= settings["held"]:
            entry = _holds(trace, bodies.predicted, bodies.tool_predicted, body, settings)
            found.append(Held(body, arm, robot[:, arm], entry[:, arm]))
    return found


def _holds(
    trace: EpisodeTrace, place: Floats, tools: Floats, body: int, settings: Mapping[str, float]
) -> Flags:
    """(N, A) whether each arm holds the body."""
    at = place[:, body]
    away = _far(at, at[:1]) >= settings["moved"]
    near = _far(at[:, None], tools) <= settings["near"]
    holds: Flags = near & (away & trace.scored)[:, None]
    return holds


def _far(one: Floats, other: Floats) -> Floats:
    """Distances, m."""
    far: Floats = np.sqrt(((one - other) ** 2).sum(axis=-1))
    return far


def longest(flags: Flags) -> slice:
    """The longest stretch of True; there is one."""
    return max(
        stretches(flags, np.arange(len(flags), dtype=np.float64)),
        key=lambda rows: rows.stop - rows.start,
    )


def body_label(
    trace: EpisodeTrace, name: str, arm: int, rows: slice, numbers: dict[str, float]
) -> Label:
    """A label of a body; no joint error accounts for it, so its strength is 0.

    It names the gripper of the arm that held the body, or the arm's joints where it has none.
    """
    other = trace.others
    grippers = tuple(
        gripper
        for gripper, own, is_gripper in zip(
            other.names, other.arm_of, other.is_gripper, strict=True
        )
        if own == trace.arms[arm] and is_gripper
    )
    joints = tuple(
        joint
        for joint, own in zip(trace.joints, trace.arm_of, strict=True)
        if own == trace.arms[arm]
    )
    interval = (float(trace.time[rows.start]), float(trace.time[rows.stop - 1]))
    return Label(name, trace.id, trace.arms[arm], grippers or joints, interval, 0.0, numbers)
