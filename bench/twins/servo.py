"""A twin that gives every joint a position servo of its own, fitted on calibration.

The servo is that of `bench.twins.servo_response`: natural frequency, damping, integral action,
velocity feed-forward, delay, dry friction.
Settings: `bounds` of the six numbers, of which two equal ones set a value; `criteria` to fit by,
of which validation chooses one.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.datasets.split import inputs_of
from bench.formulas.weighting import time_weights
from bench.io.documents import Document
from bench.io.store import Episodes
from bench.kinematics.robot import Robot
from bench.twins.expected import Expected, Quantity, of_joints
from bench.twins.prediction import commanded, headline, predicted, references, scored_columns
from bench.twins.servo_response import UNITS, respond, track
from bench.twins.servo_search import CRITERIA, Aim, fit_joint
from bench.twins.twin import Fit, Kind, Material, Parameter, Progress, Twin

Floats = NDArray[np.float64]

MOVING = 0.02
"""A joint moves if in an episode its commands stray from their mean by more: rms, rad."""
RANGES: Mapping[str, tuple[float, float]] = {
    "frequency": (0.1, 10000),
    "damping": (0.01, 100),
    "integral": (0, 0.95),
    "feed_forward": (0, 10),
    "delay": (0, 10),
    "friction": (0, 1),
}
"""Of the numbers of a servo, in their units."""
DIGITS = 9
"""Decimals that are kept of a predicted position, in rad."""


def fit(material: Material, progress: Progress) -> Fit:
    """Fit each moving joint by every criterion; keep the criterion that is best on validation."""
    measured, unseen = _scored_runs(material.calibration), _scored_runs(material.validation)
    columns = scored_columns(measured, material.robot)
    moving = [joint for joint in columns if _moves(measured, joint)]
    bounds = np.sort([material.settings["bounds"][name] for name in UNITS], axis=1)
    criteria = material.settings["criteria"]
    jobs = list(itertools.product(criteria, moving))
    servos: dict[tuple[str, int], Floats] = {}
    for criterion, joint in jobs:
        servos[criterion, joint] = fit_joint(_aim(measured, joint, criterion, bounds))
        progress(len(servos), len(jobs))
    errors = []
    if moving and len(criteria) > 1 and len(unseen):
        for criterion in criteria:
            q = _positions(inputs_of(unseen), {j: servos[criterion, j] for j in moving})
            errors.append(headline((q - unseen.signals["q"])[:, columns], unseen))
    chosen = criteria[int(np.argmin(errors))] if errors else criteria[0]
    parameters = [
        parameter
        for j in columns
        for parameter in _parameters(measured.info.joints[j], servos.get((chosen, j)), bounds)
    ]
    return Fit(tuple(parameters), {"criterion": chosen}, evaluations=len(errors))


def _scored_runs(episodes: Episodes) -> Episodes:
    """The reference runs in which at least one row is scored."""
    runs = references(episodes)
    keep = [number for number in range(len(runs)) if _weights(runs, number).any()]
    return runs.select(keep, episodes.info.split)  # type: ignore[arg-type]


def _weights(episodes: Episodes, number: int) -> Floats:
    """The headline's weights ω of the rows of one episode."""
    time = episodes.signal("time", number)
    counted = np.arange(len(time)) > 0
    return time_weights(time, counted & commanded(episodes)[episodes.rows(number)])


def _moves(episodes: Episodes, joint: int) -> bool:
    commands = (episodes.signal("q_command", n)[:, joint] for n in range(len(episodes)))
    return any(float(np.std(command)) > MOVING for command in commands)


def _aim(measured: Episodes, joint: int, criterion: str, bounds: Floats) -> Aim:
    weights = [_weights(measured, number) for number in range(len(measured))]
    share = np.concatenate([weight / weight.sum() / len(weights) for weight in weights])
    q, start = measured.signals["q"][:, joint], measured.start[:-1]
    return Aim(track(inputs_of(measured), joint), q, start, share, criterion, bounds)


def _parameters(joint: str, servo: Floats | None, bounds: Floats) -> list[Parameter]:
    """What is known of one joint; of a joint that was not fitted, that it keeps its command."""
    if servo is None:
        why = "not determined: the joint hardly moves in calibration"
        return [Parameter(f"{joint}.delay", 0.0, "s", why, "it keeps its command")]
    return [
        Parameter(f"{joint}.{name}", value, unit, *_how(value, low, high), bounds=(low, high))
        for (name, unit), value, (low, high) in zip(
            UNITS.items(), servo.tolist(), bounds.tolist(), strict=True
        )
    ]


def _how(value: float, low: float, high: float) -> tuple[str, str]:
    """How a number was determined, and its source."""
    if low == high:
        return "assumed", "the setting bounds"
    if value in (low, high):
        return "at a bound of the search", "the setting bounds"
    return "fitted", ""


def rollout(
    twin: Twin, inputs: Episodes, _robot: Robot, _folder: Path, progress: Progress
) -> Episodes:
    """Predict the joints that were fitted; the others keep their command."""
    values = {p.name: p.value for p in twin.parameters}
    servos = {
        column: np.array([values[f"{joint}.{name}"] for name in UNITS])
        for column, joint in enumerate(inputs.info.joints)
        if f"{joint}.frequency" in values
    }
    q = _positions(inputs, servos)
    progress(len(inputs), len(inputs))
    return predicted(inputs, q)


def _positions(inputs: Episodes, servos: Mapping[int, Floats]) -> Floats:
    """Positions (T, J): of the columns with a servo its response, of the others the command."""
    q = np.array(inputs.signals["q_command"])
    for column, servo in servos.items():
        # Adding zero turns -0.0 into 0.0.
        q[:, column] = np.round(respond(track(inputs, column), servo), DIGITS) + 0.0
    return q


def expects(twin: Twin, robot: Robot) -> Expected:
    """Every number of each joint that has any; a delay of 0 alone is one that keeps its command."""
    quantities = {name: Quantity(unit, *RANGES[name]) for name, unit in UNITS.items()}
    known = of_joints(robot, quantities)
    own = {p.name for p in twin.parameters}
    needed = set()
    for joint in twin.joints:
        numbers = {f"{joint}.{name}" for name in UNITS}
        if numbers & own == {f"{joint}.delay"}:
            known[f"{joint}.delay"] = Quantity(UNITS["delay"], 0, 0)
        else:
            needed |= numbers & known.keys()
    return Expected(known, frozenset(needed))


def _interval(least: float, greatest: float) -> Document:
    """Schema of the bounds of one number."""
    item = {"type": "number", "minimum": least, "maximum": greatest}
    return {"type": "array", "minItems": 2, "maxItems": 2, "items": item}


SETTINGS: Document = {
    "type": "object",
    "additionalProperties": False,
    "required": ["bounds", "criteria"],
    "properties": {
        "bounds": {
            "type": "object",
            "additionalProperties": False,
            "required": list(UNITS),
            "properties": {name: _interval(*ends) for name, ends in RANGES.items()},
        },
        "criteria": {"type": "array", "minItems": 1, "items": {"enum": list(CRITERIA)}},
    },
}
KIND = Kind(
    "servo",
    "a position servo at each joint, in closed form",
    fit,
    rollout,
    SETTINGS,
    expects=expects,
)
