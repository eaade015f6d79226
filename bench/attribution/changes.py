"""A twin with one number changed, as a hypothesis says."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from bench.twins.twin import Parameter, Twin

Change = Callable[[Twin, str, float], dict[str, float]]
"""Gives the new values by parameter's name, of a twin, at a joint, by an amount."""


@dataclass(frozen=True)
class Knob:
    """How a hypothesis changes a twin.

    Attributes:
        values: the new values; nothing where the twin has no such number.
        probe: amount of the first trial.
        most: largest amount that is tried to either side.
    """

    values: Change
    probe: float
    most: float


def changed(twin: Twin, values: Mapping[str, float]) -> Twin:
    """The twin with other values at some parameters."""

    def put(parameter: Parameter) -> Parameter:
        if parameter.name not in values:
            return parameter
        return replace(parameter, value=values[parameter.name])

    return replace(twin, parameters=tuple(map(put, twin.parameters)))


def _scaled(*quantities: str) -> Change:
    """Every one of some quantities of a joint times exp(amount)."""

    def values(twin: Twin, joint: str, amount: float) -> dict[str, float]:
        names = {f"{joint}.{quantity}" for quantity in quantities}
        return {
            p.name: p.value * math.exp(amount)
            for p in twin.parameters
            if p.name in names and p.value != 0
        }

    return values


def _gain(twin: Twin, joint: str, amount: float) -> dict[str, float]:
    """The gain times exp(amount), and all that stands over it as before."""
    found = _scaled("kp", "frequency")(twin, joint, amount)
    if f"{joint}.kp" in found:
        ratios = ("damping_per_kp", "kv_per_kp", "armature_per_kp", "frictionloss_per_kp")
        found |= _scaled(*ratios, "coulomb_per_kp")(twin, joint, -amount)
    return found


def _offset(twin: Twin, joint: str, amount: float) -> dict[str, float]:
    return {p.name: p.value + amount for p in twin.parameters if p.name == f"{joint}.offset"}


def _delay(twin: Twin, _joint: str, amount: float) -> dict[str, float]:
    """All delays by the same amount; none below 0."""
    return {
        p.name: max(p.value + amount, 0.0)
        for p in twin.parameters
        if p.name.rpartition(".")[2] == "delay"
    }


def _mass(twin: Twin, _joint: str, amount: float) -> dict[str, float]:
    return {p.name: p.value * math.exp(amount) for p in twin.parameters if p.name == "mass_scale"}


KNOBS: Mapping[str, Knob] = {
    "delay": Knob(_delay, 0.01, 0.4),
    "gain": Knob(_gain, 0.1, 2.5),
    "damping": Knob(_scaled("damping", "damping_per_kp", "kv", "kv_per_kp"), 0.1, 2.5),
    "saturation": Knob(_scaled("force_min", "force_max"), 0.1, 3.0),
    "friction": Knob(
        _scaled(
            "frictionloss",
            "frictionloss_per_kp",
            "coulomb",
            "coulomb_per_kp",
            "breakaway",
            "friction",
        ),
        -0.15,
        3.0,
    ),
    "armature": Knob(_scaled("armature", "armature_per_kp"), -0.15, 4.0),
    "link_mass": Knob(_mass, -0.1, 1.5),
    "joint_offset": Knob(_offset, 0.02, 0.5),
}
"""By hypothesis: those that are numbers of a twin.

Amounts are logarithms of factors; of `delay` s, of `joint_offset` rad.
"""
