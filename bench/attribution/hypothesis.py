"""The causes that attribution considers: one record each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Scope = Literal["joint", "gripper", "robot"]


@dataclass(frozen=True)
class Hypothesis:
    """One cause that an episode's error may have.

    Attributes:
        name: snake case.
        meaning: one line.
        component: one of `COMPONENTS`.
        parameter: what of it is off.
        scope: whether it is one joint that has it, the gripper, or the robot as a whole.
        simulated: whether it is a number of a twin, which can be estimated anew.
        shows: labels of which an episode has at least one if this is its cause; empty where what
            the number explains is asked instead.
    """

    name: str
    meaning: str
    component: str
    parameter: str
    scope: Scope
    simulated: bool = False
    shows: tuple[str, ...] = ()


COMPONENTS: Mapping[str, str] = {
    "reconstruction.scan": "the scene as it was scanned",
    "reconstruction.mesh": "shapes, as they were simplified",
    "reconstruction.calibration": "zeros and scales of joints, poses of bases and cameras",
    "physics.actuation": "servos: gain, damping, limits of torque",
    "physics.friction": "dry friction of joints",
    "physics.contact": "what touches what, and how",
    "physics.inertia": "masses and inertias",
    "timing": "delays, and commands that do not arrive",
    "sensing": "what encoders show",
    "perception": "what is seen of the scene",
    "policy": "what is commanded",
    "embodiment": "another robot than the recorded one",
    "reference.disturbance": "what happened to the recorded robot",
}
"""Every component, and what belongs to it."""

STREAMS: Mapping[str, str] = {
    "reconstruction.calibration": "q",
    "physics.actuation": "q_command",
    "physics.friction": "q_command",
    "physics.inertia": "q_command",
    "timing": "q_command",
    "sensing": "q",
    "policy": "q_command",
    "reference.disturbance": "q_command",
}
"""The signal without which nothing is said of a component.

Of those that are not named, no hypothesis is considered: they need bodies, contacts, images or a
policy's own commands, and no rule reads causes from these yet.
"""

_EVENTS = ("event_missed", "event_extra", "event_shifted", "event_order")
HYPOTHESES: tuple[Hypothesis, ...] = (
    Hypothesis("delay", "commands act at another time", "timing", "delay", "robot", True),
    Hypothesis("gain", "a servo is softer or stiffer", "physics.actuation", "kp", "joint", True),
    Hypothesis(
        "damping", "a joint is damped otherwise", "physics.actuation", "damping", "joint", True
    ),
    Hypothesis(
        "saturation", "a torque ends elsewhere", "physics.actuation", "force_max", "joint", True
    ),
    Hypothesis(
        "friction",
        "a joint's friction is another",
        "physics.friction",
        "frictionloss",
        "joint",
        True,
    ),
    Hypothesis(
        "armature", "a joint's inertia is another", "physics.inertia", "armature", "joint", True
    ),
    Hypothesis(
        "link_mass", "the links weigh otherwise", "physics.inertia", "mass_scale", "robot", True
    ),
    Hypothesis(
        "joint_offset",
        "a joint's zero is off",
        "reconstruction.calibration",
        "offset",
        "joint",
        True,
    ),
    Hypothesis(
        "amplitude",
        "a joint's scale is off",
        "reconstruction.calibration",
        "scale",
        "joint",
        shows=("gain", "posture_related", "offset"),
    ),
    Hypothesis(
        "dead_joint",
        "a joint follows no command",
        "physics.actuation",
        "dead",
        "joint",
        shows=("stall_false",),
    ),
    Hypothesis(
        "vibration",
        "a joint vibrates",
        "physics.actuation",
        "vibration",
        "joint",
        shows=("oscillation",),
    ),
    Hypothesis(
        "dropped_commands",
        "commands do not arrive for a while",
        "timing",
        "dropped",
        "robot",
        shows=("stall_false", *_EVENTS),
    ),
    Hypothesis(
        "late_gripper",
        "the gripper acts late",
        "timing",
        "delay",
        "gripper",
        shows=("event_shifted",),
    ),
    Hypothesis(
        "encoder_noise", "positions shown are noisy", "sensing", "noise", "robot", shows=("noise",)
    ),
    Hypothesis(
        "drift",
        "a position shown drifts away",
        "sensing",
        "drift",
        "joint",
        shows=("divergence",),
    ),
    Hypothesis(
        "other_commands",
        "the commands are others",
        "policy",
        "command",
        "robot",
        shows=("stall_false", "stall_missed", *_EVENTS),
    ),
    Hypothesis(
        "jam",
        "the recorded robot met a stop",
        "reference.disturbance",
        "stop",
        "joint",
        shows=("stall_missed",),
    ),
)
"""In the order in which tables list them."""


def hypothesis(name: str) -> Hypothesis:
    """The hypothesis of this name."""
    return next(each for each in HYPOTHESES if each.name == name)
