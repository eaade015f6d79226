"""What a simulated robot is made of, as numbers, and how a twin's parameters name them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType

from bench.io.problems import Problem, ProblemsError
from bench.twins.twin import Parameter, Twin

STEP = 2e-3


@dataclass(frozen=True)
class Servo:
    """A joint and the position servo that drives it.

    The servo's torque is kp (command − angle) − kv velocity, cut to the force range.

    Attributes:
        kp: N m/rad.
        kv: N m s/rad.
        force_min, force_max: N m.
        damping: of the joint, N m s/rad.
        frictionloss: dry friction of the joint, N m.
        armature: inertia of rotor and gears at the joint, kg m2.
        offset: rad, added to the command before the servo sees it.
        delay: s until the servo sees a command.
    """

    kp: float
    kv: float
    force_min: float
    force_max: float
    damping: float
    frictionloss: float
    armature: float
    offset: float = 0.0
    delay: float = 0.0


@dataclass(frozen=True)
class Physics:
    """Everything that turns a URDF into a simulated robot.

    Attributes:
        servos: by URDF joint name.
        mass_scale: factor on the masses and inertias of all links.
        friction_time: s, time constant of MuJoCo's dry friction constraint, which then is a
            stiff one: the smaller it is, the less a joint at rest creeps. None for MuJoCo's
            default constraint.
        step: s, of the simulation.
    """

    servos: Mapping[str, Servo]
    mass_scale: float = 1.0
    friction_time: float | None = None
    step: float = STEP


SERVO_UNITS: Mapping[str, str] = MappingProxyType(
    {
        "kp": "N m/rad",
        "kv": "N m s/rad",
        "force_min": "N m",
        "force_max": "N m",
        "damping": "N m s/rad",
        "frictionloss": "N m",
        "armature": "kg m2",
        "offset": "rad",
        "delay": "s",
    }
)
ROBOT_UNITS: Mapping[str, str] = MappingProxyType(
    {"mass_scale": "1", "friction_time": "s", "delay": "s"}
)
REQUIRED = tuple(field.name for field in fields(Servo) if field.default is MISSING)
"""The numbers that every servo must have."""


def servo_parameters(joint: str, values: Mapping[str, float], source: str) -> list[Parameter]:
    """Published numbers of one joint's servo as parameters of a twin."""
    return [
        Parameter(f"{joint}.{name}", float(value), SERVO_UNITS[name], "published", source)
        for name, value in values.items()
    ]


def physics_of(twin: Twin, joints: Sequence[str]) -> Physics:
    """The physics that a twin's parameters and settings describe.

    Parameters are `<joint>.<quantity>` with the quantities of `Servo` (offset and delay may be
    left out), and for the whole robot `mass_scale`, `friction_time` and `delay`, the last for
    every joint without a delay of its own.

    Raises:
        ProblemsError: a parameter that is missing or not known, a unit that is not the one
            expected, or a value out of range.
    """
    values = {parameter.name: parameter.value for parameter in twin.parameters}
    expected = dict(ROBOT_UNITS) | {
        f"{joint}.{name}": unit for joint in joints for name, unit in SERVO_UNITS.items()
    }
    required = {f"{joint}.{name}" for joint in joints for name in REQUIRED}
    problems = [
        Problem("missing_parameter", f"twin {twin.name}: {name}", "a value", "none")
        for name in sorted(required - values.keys())
    ]
    for parameter in twin.parameters:
        problems += _parameter_problems(twin.name, parameter, expected)
    if problems:
        raise ProblemsError(problems)
    common = {"delay": values["delay"]} if "delay" in values else {}
    servos = {
        joint: Servo(
            **common
            | {
                name: values[f"{joint}.{name}"]
                for name in SERVO_UNITS
                if f"{joint}.{name}" in values
            }
        )
        for joint in joints
    }
    whole = {n: values[n] for n in ("mass_scale", "friction_time") if n in values}
    return Physics(servos, step=float(twin.settings.get("step", STEP)), **whole)


def _parameter_problems(
    twin: str, parameter: Parameter, expected: Mapping[str, str]
) -> list[Problem]:
    where = f"twin {twin}: {parameter.name}"
    if parameter.name not in expected:
        return [Problem("unknown_parameter", where, "a parameter of kind mujoco", "another")]
    problems = []
    if parameter.unit != expected[parameter.name]:
        unit = expected[parameter.name]
        problems.append(Problem("unit", where, f"unit {unit}", f"unit {parameter.unit}"))
    free = parameter.name.endswith((".offset", ".force_min"))
    if not math.isfinite(parameter.value) or (parameter.value < 0 and not free):
        wanted = "a finite number" if free else "a finite number that is not negative"
        problems.append(Problem("out_of_range", where, wanted, f"{parameter.value:.9g}"))
    return problems
