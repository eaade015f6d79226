"""The faults, in the order in which tables list them: one record each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bench.twins.faults.fault import Fault, Place, Side, Sides
from bench.twins.simulation.physics import Servo

ARM = (0, 1, 2, 3, 4)
GRIPPER = 5
HELD = (0.0, 0.9, 0.5, 0.14, 0.01)
"""Torque of gravity that each joint may have to hold, N m."""


def _entry(change: Callable[[Side, Place], Side]) -> Callable[[Sides, Place], Sides]:
    """A fault of the entry."""
    return lambda sides, place: replace(sides, entry=change(sides.entry, place))


def _servo(change: Callable[[Servo, float], Servo]) -> Callable[[Sides, Place], Sides]:
    """A fault of the entry's servo at one joint."""
    return _entry(lambda side, at: side.with_servo(at.column, lambda s: change(s, at.strength)))


def _late(side: Side, place: Place) -> Side:
    return side.with_servos(lambda servo: replace(servo, delay=servo.delay + place.strength))


def _saturated(side: Side, place: Place) -> Side:
    def change(servo: Servo) -> Servo:
        most = HELD[place.column] + servo.frictionloss + place.strength * servo.kp
        return replace(servo, force_min=-most, force_max=most)

    return side.with_servo(place.column, change)


def _heavier(side: Side, place: Place) -> Side:
    return replace(
        side, physics=replace(side.physics, mass_scale=side.physics.mass_scale * place.strength)
    )


def _noisy(side: Side, place: Place) -> Side:
    noise = np.zeros(side.command.shape)
    noise[:, :GRIPPER] = place.draw.normal(0, place.strength, (len(noise), GRIPPER))
    return replace(side, shift=noise)


def _dead(side: Side, place: Place) -> Side:
    """Deaf from a time on: the command stays what it was."""
    command = side.command.copy()
    row = int((1 - place.strength) * len(command))
    command[row:, place.column] = command[row, place.column]
    return replace(side, command=command)


def _jammed(sides: Sides, place: Place) -> Sides:
    stop = float(sides.reference.command[:, place.column].max()) - place.strength
    return replace(sides, reference=replace(sides.reference, stops={place.column: stop}))


def _dropped(side: Side, place: Place) -> Side:
    """Three stretches in which no command arrives: the last one holds."""
    command = side.command.copy()
    for begin in (2.2, 6.2, 10.2):
        first = begin + place.draw.uniform(0, 1.5)
        lost = (place.time >= first) & (place.time < first + place.strength)
        command[lost] = command[max(int(np.argmax(lost)) - 1, 0)]
    return replace(side, command=command)


def _other(side: Side, place: Place) -> Side:
    """Another motion's commands from a time on."""
    command = side.command.copy()
    row = int((1 - place.strength) * len(command))
    command[row:] = place.other[row:]
    return replace(side, command=command)


def _vibrating(side: Side, place: Place) -> Side:
    shift = np.zeros(side.command.shape)
    frequency = place.draw.uniform(3.0, 8.0)
    shift[:, place.column] = place.strength * np.sin(2 * np.pi * frequency * place.time)
    return replace(side, shift=shift)


def _drifting(side: Side, place: Place) -> Side:
    shift = np.zeros(side.command.shape)
    shift[:, place.column] = place.strength * (place.time / place.time[-1]) ** 1.5
    return replace(side, shift=shift)


def _late_gripper(side: Side, place: Place) -> Side:
    return side.with_servo(
        GRIPPER, lambda servo: replace(servo, delay=servo.delay + place.strength)
    )


def _shifted(servo: Servo, strength: float) -> Servo:
    return replace(servo, offset=servo.offset + strength)


def _softer(servo: Servo, strength: float) -> Servo:
    return replace(servo, kp=servo.kp * strength)


def _rougher(servo: Servo, strength: float) -> Servo:
    return replace(servo, frictionloss=servo.frictionloss + strength * servo.kp)


def _inert(servo: Servo, strength: float) -> Servo:
    return replace(servo, armature=servo.armature + strength * servo.kp)


def _loose(servo: Servo, strength: float) -> Servo:
    return replace(servo, damping=servo.damping * strength)


SPEED = ("speed_related", "friction_like", "lag")
POSTURE = ("gravity_like", "posture_related", "gain", "offset")
EVENTS = ("event_missed", "event_extra", "event_shifted", "event_order")

FAULTS: tuple[Fault, ...] = (
    Fault(
        "delay",
        "all commands arrive late",
        "timing",
        "delay",
        (),
        "s",
        (0.09, 0.13, 0.17),
        (0.07, 0.15),
        (("lag",),),
        ("speed_related", "inertia_like", "event_shifted"),
        _entry(_late),
    ),
    Fault(
        "gain",
        "the servo of a joint is softer",
        "physics.actuation",
        "kp",
        ARM,
        "1",
        (0.25, 0.35, 0.5),
        (0.3, 0.45),
        ((*SPEED, *POSTURE),),
        ("inertia_like", "overshoot", "stall_false", "saturation"),
        _servo(_softer),
    ),
    Fault(
        "joint_offset",
        "the zero of a joint is off",
        "reconstruction.calibration",
        "offset",
        ARM,
        "rad",
        (0.05, 0.07, 0.1),
        (0.045, 0.085),
        (("offset",),),
        (),
        _servo(_shifted),
    ),
    Fault(
        "friction",
        "a joint has more dry friction",
        "physics.friction",
        "frictionloss",
        ARM,
        "rad, over the gain",
        (0.03, 0.05, 0.07),
        (0.025, 0.06),
        (("friction_like",),),
        ("speed_related", "lag", "stall_false", "offset"),
        _servo(_rougher),
    ),
    Fault(
        "armature",
        "a joint has more inertia",
        "physics.inertia",
        "armature",
        ARM,
        "s², over the gain",
        (0.008, 0.012, 0.018),
        (0.007, 0.015),
        (("inertia_like",),),
        ("overshoot", "oscillation", "lag", "speed_related", "saturation"),
        _servo(_inert),
    ),
    Fault(
        "link_mass",
        "all links are heavier",
        "physics.inertia",
        "mass_scale",
        (),
        "1",
        (2.0, 2.5, 3.2),
        (1.8, 2.8),
        (("gravity_like", "posture_related"),),
        ("offset", "speed_related", "inertia_like", "overshoot"),
        _entry(_heavier),
    ),
    Fault(
        "encoder_noise",
        "the positions shown are noisy",
        "sensing",
        "noise",
        (),
        "rad",
        (0.004, 0.006, 0.01),
        (0.003, 0.008),
        (("noise",),),
        (),
        _entry(_noisy),
    ),
    Fault(
        "saturation",
        "the torque of a joint ends early",
        "physics.actuation",
        "force_max",
        ARM,
        "rad, beyond gravity and friction, over the gain",
        (0.04, 0.06, 0.09),
        (0.035, 0.075),
        (("saturation",),),
        (*SPEED, "stall_false", "overshoot", "inertia_like"),
        _entry(_saturated),
        ("steps",),
    ),
    Fault(
        "dead_joint",
        "a joint no longer follows its command",
        "physics.actuation",
        "dead",
        ARM,
        "1, share of the episode",
        (0.5, 0.75, 1.0),
        (0.6, 0.9),
        (("stall_false",),),
        (*SPEED, *POSTURE, "inertia_like", "divergence", "overshoot"),
        _entry(_dead),
    ),
    Fault(
        "jam",
        "a joint of the reference meets a stop",
        "reference.disturbance",
        "stop",
        ARM,
        "rad, before the command's end",
        (0.3, 0.4, 0.5),
        (0.35, 0.45),
        (("stall_missed",),),
        (*SPEED, *POSTURE, "inertia_like", "overshoot"),
        _jammed,
    ),
    Fault(
        "dropped_commands",
        "stretches of commands do not arrive",
        "timing",
        "dropped",
        (),
        "s, each of three",
        (0.8, 1.1, 1.4),
        (0.7, 1.25),
        (("stall_false", "event_missed", "event_shifted"),),
        (*SPEED, *EVENTS, "inertia_like", "overshoot", "saturation"),
        _entry(_dropped),
    ),
    Fault(
        "other_commands",
        "the commands are those of another motion",
        "policy",
        "command",
        (),
        "1, share of the episode",
        (0.5, 0.75, 1.0),
        (0.6, 0.9),
        (("event_missed",), ("event_extra",)),
        (
            *SPEED,
            *POSTURE,
            *EVENTS,
            "inertia_like",
            "stall_false",
            "stall_missed",
            "overshoot",
            "divergence",
            "saturation",
        ),
        _entry(_other),
    ),
    Fault(
        "amplitude",
        "a joint moves too far by a factor",
        "reconstruction.calibration",
        "scale",
        (0, 3, 4),
        "1",
        (0.08, 0.12, 0.2),
        (0.07, 0.15),
        (("gain",),),
        ("posture_related", "offset"),
        _entry(lambda side, at: replace(side, stretch={at.column: 1 + at.strength})),
    ),
    Fault(
        "damping",
        "a joint is damped less",
        "physics.actuation",
        "damping",
        (0, 3, 4),
        "1",
        (0.12, 0.2, 0.28),
        (0.15, 0.24),
        (("overshoot",),),
        (*SPEED, "inertia_like", "oscillation"),
        _servo(_loose),
        ("steps",),
    ),
    Fault(
        "vibration",
        "a joint vibrates",
        "physics.actuation",
        "vibration",
        ARM,
        "rad",
        (0.012, 0.018, 0.025),
        (0.01, 0.02),
        (("oscillation",),),
        (),
        _entry(_vibrating),
    ),
    Fault(
        "drift",
        "a joint drifts away",
        "sensing",
        "drift",
        ARM,
        "rad, at the end",
        (0.15, 0.22, 0.3),
        (0.12, 0.25),
        (("divergence",),),
        ("offset", "posture_related", "gravity_like", "gain"),
        _entry(_drifting),
    ),
    Fault(
        "late_gripper",
        "the gripper's commands arrive late",
        "timing",
        "delay",
        (),
        "s",
        (0.3, 0.45, 0.6),
        (0.27, 0.5),
        (("event_shifted",),),
        (),
        _entry(_late_gripper),
    ),
    Fault(
        "none",
        "no fault",
        "none",
        "none",
        (),
        "1",
        (1.0, 1.0, 1.0),
        (1.0, 1.0),
        (),
        (),
        lambda sides, _place: sides,
    ),
)


def fault(name: str) -> Fault:
    """The fault of this name."""
    return next(each for each in FAULTS if each.name == name)
