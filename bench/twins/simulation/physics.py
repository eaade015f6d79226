"""What a simulated robot is made of, as numbers, and how a twin's parameters name them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from types import MappingProxyType
from typing import Any

from bench.io.problems import Problem, ProblemsError
from bench.twins.simulation.scene import EMPTY, Scene, Table, scene_of
from bench.twins.twin import Parameter, Twin

STEP = 2e-3
Values = Mapping[str, float]
"""Values by the name that a twin gives a parameter, in its unit."""


@dataclass(frozen=True)
class Friction:
    """Dry friction with bristles (LuGre), beside or instead of `Servo.frictionloss`.

    Steady torque at velocity v: coulomb + (breakaway − coulomb) exp(−(v/stribeck)²). Below
    breakaway a joint at rest stays: its bristles bend, by `presliding` under the Coulomb torque.

    Source: Canudas de Wit et al., "A new model for control of systems with friction", IEEE TAC
    40(3), 1995; MuJoCo's `dcmotor` actuator, attribute `lugre`.

    Attributes:
        coulomb: N m.
        breakaway: N m, at least `coulomb`.
        stribeck: rad/s.
        presliding: rad.
    """

    coulomb: float
    breakaway: float
    stribeck: float
    presliding: float


@dataclass(frozen=True)
class Servo:
    """A joint and the position servo that drives it.

    The servo's torque is kp (command − angle) + kv (feed_forward command's speed − velocity), cut
    to the force range.

    Attributes:
        kp: N m/rad.
        kv: N m s/rad.
        force_min, force_max: N m.
        damping: of the joint, N m s/rad.
        frictionloss: dry friction of the joint, N m.
        armature: inertia of rotor and gears at the joint, kg m2.
        offset: rad, added to the command before the servo sees it.
        delay: s until the servo sees a command.
        feed_forward: share of the command's speed that kv does not brake; for commands that run
            straight from row to row.
        friction: dry friction with bristles; None for none.
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
    feed_forward: float = 0.0
    friction: Friction | None = None


@dataclass(frozen=True)
class Physics:
    """Everything that turns a robot's links into a simulated robot.

    Attributes:
        servos: by the joint's name in the model.
        mass_scale: factor on the masses and inertias of all links.
        gravity_compensation: share of the links' weight that the controller bears beside the
            servos, from a model of its own; 0 for none.
        friction_time: s, time constant of MuJoCo's dry friction constraint, which then is a
            stiff one: the smaller it is, the less a joint at rest creeps. None for MuJoCo's
            default constraint.
        step: s, of the simulation.
        scene: what the robot may touch.
        straight: whether commands run straight from row to row, as a controller's own set
            positions do; else each is held until the next.
    """

    servos: Mapping[str, Servo]
    mass_scale: float = 1.0
    gravity_compensation: float = 0.0
    friction_time: float | None = None
    step: float = STEP
    scene: Scene = EMPTY
    straight: bool = False


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
FORWARD_UNITS: Mapping[str, str] = MappingProxyType({"feed_forward": "1"})
"""Of servos whose commands run straight from row to row."""
FRICTION_UNITS: Mapping[str, str] = MappingProxyType(
    {"coulomb": "N m", "breakaway": "N m", "stribeck": "rad/s", "presliding": "rad"}
)
JOINT_UNITS: Mapping[str, str] = MappingProxyType(
    {**SERVO_UNITS, **FORWARD_UNITS, **FRICTION_UNITS}
)
ROBOT_UNITS: Mapping[str, str] = MappingProxyType(
    {"mass_scale": "1", "gravity_compensation": "1", "friction_time": "s", "delay": "s"}
)
RATIOS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "damping_per_kp": ("damping", "kp", "s"),
        "kv_per_kp": ("kv", "kp", "s"),
        "armature_per_kp": ("armature", "kp", "s2"),
        "frictionloss_per_kp": ("frictionloss", "kp", "rad"),
        "coulomb_per_kp": ("coulomb", "kp", "rad"),
        "breakaway_per_coulomb": ("breakaway", "coulomb", "1"),
    }
)
"""Quantities of a joint that may be given as a ratio: which, to which, and the ratio's unit.

Where gravity does not set the scale, motion tells gain, damping, friction and inertia only up to a
common factor. The ratios it does tell.
"""
TABLE_UNITS: Mapping[str, str] = MappingProxyType({"table.height": "m", "table.friction": "1"})
REQUIRED = tuple(field.name for field in fields(Servo) if field.default is MISSING)
"""The numbers that every servo must have."""


def servo_parameters(joint: str, values: Mapping[str, float], source: str) -> list[Parameter]:
    """Published numbers of one joint's servo as parameters of a twin."""
    return [
        Parameter(f"{joint}.{name}", float(value), SERVO_UNITS[name], "published", source)
        for name, value in values.items()
    ]


def physics_of(twin: Twin, joints: Sequence[str]) -> Physics:
    """The physics that a twin's parameters and settings describe: see `physics_from`.

    Raises:
        ProblemsError: as there, or the unit of a parameter is not the one expected.
    """
    where = f"twin {twin.name}"
    expected = expected_units(joints)
    problems = []
    for parameter in twin.parameters:
        unit, place = expected.get(parameter.name), f"{where}: {parameter.name}"
        if unit is None:
            wanted = "a parameter of kind mujoco"
            problems.append(Problem("unknown_parameter", place, wanted, "another"))
        elif parameter.unit != unit:
            problems.append(Problem("unit", place, f"unit {unit}", f"unit {parameter.unit}"))
    values = {parameter.name: parameter.value for parameter in twin.parameters}
    problems += _problems(values, joints, where)
    if problems:
        raise ProblemsError(problems)
    return physics_from(values, twin.settings, joints, where)


def expected_units(joints: Sequence[str]) -> dict[str, str]:
    """The unit of every parameter that a simulated robot may have, by name."""
    quantities = {**JOINT_UNITS, **{name: unit for name, (_, _, unit) in RATIOS.items()}}
    own = {f"{joint}.{name}": unit for joint in joints for name, unit in quantities.items()}
    return {**ROBOT_UNITS, **TABLE_UNITS, **own}


def physics_from(
    values: Values, settings: Mapping[str, Any], joints: Sequence[str], where: str
) -> Physics:
    """The physics that numbers describe.

    Args:
        values: `<joint>.<quantity>` with the quantities of `Servo` (those with a default may be
            left out) and, all four or none, of `Friction`, some of them maybe as `RATIOS`; for the
            whole robot `mass_scale`, `gravity_compensation`, `friction_time` and `delay`, the last
            for every joint without a delay of its own; and `table.height` with `table.friction`
            where there is a table.
        settings: `step` in s; `scene`, see `scene_of`; `commands`, `straight` or `held`.
        joints: in the order of the log's columns.
        where: for problems.

    Raises:
        ProblemsError: a parameter that is missing, or a value out of range.
    """
    straight = settings.get("commands", "held") == "straight"
    problems = _problems(values, joints, where)
    if not straight:
        problems += _without_speed(values, where)
    if problems:
        raise ProblemsError(problems)
    values = absolute(values)
    whole = {n: values[n] for n in ROBOT_UNITS.keys() - {"delay"} if n in values}
    table = Table(*(values[n] for n in TABLE_UNITS)) if "table.height" in values else None
    return Physics(
        {joint: _servo(values, joint) for joint in joints},
        step=float(settings.get("step", STEP)),
        scene=scene_of(settings.get("scene", {}), table, where),
        straight=straight,
        **whole,
    )


def _problems(given: Values, joints: Sequence[str], where: str) -> list[Problem]:
    """What is missing, not finite or out of range."""
    problems = []
    for name, value in given.items():
        free = may_be_negative(name)
        if not math.isfinite(value) or (value < 0 and not free):
            wanted = "a finite number" if free else "a finite number that is not negative"
            problems.append(Problem("out_of_range", f"{where}: {name}", wanted, f"{value:.9g}"))
    values = absolute(given)
    for name in sorted(required(values, joints) - values.keys()):
        problems.append(Problem("missing_parameter", f"{where}: {name}", "a value", "none"))
    problems += _friction_problems(where, values, joints)
    return problems


def _without_speed(values: Values, where: str) -> Iterator[Problem]:
    """Feed-forward of commands that are held, and so have no speed."""
    for name, value in values.items():
        if name.endswith(".feed_forward") and value != 0:
            expected = "0, as commands are held; or the setting `commands: straight`"
            yield Problem("feed_forward", f"{where}: {name}", expected, f"{value:.9g}")


def absolute(values: Values) -> dict[str, float]:
    """Values by name with every ratio turned into the quantity that it stands for."""
    found = dict(values)
    for ratio, (quantity, base, _) in RATIOS.items():
        for name in [name for name in found if name.endswith(f".{ratio}")]:
            joint = name.removesuffix(f".{ratio}")
            if f"{joint}.{base}" in found:
                found[f"{joint}.{quantity}"] = found.pop(name) * found[f"{joint}.{base}"]
    return found


def may_be_negative(name: str) -> bool:
    """Whether a parameter may be below zero."""
    return name.endswith((".offset", ".force_min", "table.height"))


def required(values: Values, joints: Sequence[str]) -> set[str]:
    """The names that have to be there, given those that are; ratios count as what they stand for.

    Args:
        values: from `absolute`.
        joints: those with a servo.
    """
    names = {f"{joint}.{name}" for joint in joints for name in REQUIRED}
    for group in (*([f"{joint}.{n}" for n in FRICTION_UNITS] for joint in joints), TABLE_UNITS):
        if any(name in values for name in group):
            names |= set(group)
    return names


def _servo(values: Values, joint: str) -> Servo:
    own = {n: values[f"{joint}.{n}"] for n in JOINT_UNITS if f"{joint}.{n}" in values}
    if "delay" in values:
        own.setdefault("delay", values["delay"])
    bristles = {name: own.pop(name) for name in FRICTION_UNITS if name in own}
    return Servo(**own, friction=Friction(**bristles) if bristles else None)


def _friction_problems(where: str, values: Values, joints: Sequence[str]) -> Iterator[Problem]:
    """What is out of range in the friction with bristles."""
    for joint in joints:
        coulomb, breakaway, *positive = (values.get(f"{joint}.{n}") for n in FRICTION_UNITS)
        if coulomb is not None and breakaway is not None and breakaway < coulomb:
            place, expected = f"{where}: {joint}.breakaway", f"at least {coulomb:.9g}, coulomb"
            yield Problem("out_of_range", place, expected, f"{breakaway:.9g}")
        for name, value in zip(("stribeck", "presliding"), positive, strict=True):
            if value == 0:
                place = f"{where}: {joint}.{name}"
                yield Problem("out_of_range", place, "a positive number", "0")
