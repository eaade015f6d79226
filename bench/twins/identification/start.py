"""Where a fit starts: published servo parameters, and assumptions for what nobody publishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.twins.simulation.published import published_parameters

ASSUMED = "assumed"
FEED_FORWARD = "feed_forward"
"""Setting and quantity: with it commands run straight from row to row."""


@dataclass(frozen=True)
class Start:
    """Every parameter of the twin by name, and where it comes from.

    Attributes:
        values: in the units of `expected_units`.
        sources: where each comes from; `ASSUMED` where nobody publishes it.
    """

    values: Mapping[str, float]
    sources: Mapping[str, str]


def start_of(settings: Mapping[str, Any], robot_folder: Path, joints: Sequence[str]) -> Start:
    """The start that a method's settings describe.

    Gain, damping, armature, dry friction and torque limits are those of the published set
    `servo`, the second to fourth as ratios to the gain. With `friction`, dry friction is one with
    bristles, whose Coulomb torque is the published one. With `feed_forward` the servo's own damping
    is a ratio, too.

    Raises:
        ProblemsError: the set lacks a joint or a number.
        UnknownNameError: there is no such set.
    """
    values: dict[str, float] = {}
    sources: dict[str, str] = {}
    published = published_parameters(robot_folder / "servos.json", settings["servo"], joints)
    for parameter in published:
        values[parameter.name], sources[parameter.name] = parameter.value, parameter.source
    for joint in joints:
        _as_ratios(values, sources, joint, settings)
        assumed = {"offset": 0.0, "delay": settings["delay"], **(settings.get("friction") or {})}
        if FEED_FORWARD in settings:
            assumed[FEED_FORWARD] = settings[FEED_FORWARD]
        for name, value in assumed.items():
            values[f"{joint}.{name}"], sources[f"{joint}.{name}"] = float(value), ASSUMED
    for name, value in settings.get("whole", {}).items():
        values[name], sources[name] = float(value), ASSUMED
    return Start(values, sources)


def _as_ratios(
    values: dict[str, float],
    sources: dict[str, str],
    joint: str,
    settings: Mapping[str, Any],
) -> None:
    """Put ratios in the place of what a motion tells only up to the gain."""
    kp, dry, friction = values[f"{joint}.kp"], f"{joint}.frictionloss", settings.get("friction")
    for name in ("damping", "armature", *(["kv"] if FEED_FORWARD in settings else [])):
        whole, ratio = f"{joint}.{name}", f"{joint}.{name}_per_kp"
        values[ratio], sources[ratio] = values.pop(whole) / kp, sources.pop(whole)
    ratio = f"{joint}.frictionloss_per_kp" if friction is None else f"{joint}.coulomb_per_kp"
    values[ratio], sources[ratio] = values[dry] / kp, sources[dry]
    if friction is None:
        del values[dry], sources[dry]
    else:
        values[dry], sources[dry] = 0.0, "friction with bristles takes its place"


FRICTION_SETTINGS = ("breakaway_per_coulomb", "stribeck", "presliding")
"""What the setting `friction` gives."""
