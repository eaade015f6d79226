"""Faults whose cause is known, as attribution sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.attribution.classifier import WITH, WITHOUT, classifiers
from bench.attribution.episode import Examined, conclude, examine
from bench.attribution.features import Symptom
from bench.attribution.proof import Answer, prove
from bench.io.documents import Document
from bench.kinematics.robot import Robot
from bench.scoring.alignment import traces
from bench.scoring.labels.registry import labels_of
from bench.scoring.trace import EpisodeTrace
from bench.scoring.trace_records import Declared
from bench.twins.faults.fault import Place, Side, Sides
from bench.twins.faults.motions import MOTIONS
from bench.twins.faults.pairs import Case, Pairs
from bench.twins.generate import true_physics
from bench.twins.motions import RATE
from bench.twins.simulation.physics import ROBOT_UNITS, SERVO_UNITS
from bench.twins.twin import Parameter, Progress, ResidualRange, Twin

STEP = 2e-3
"""s, of the twin's simulation."""
WIDTH = 0.15
"""Residual ranges reach so far to both sides of a value, as a factor's logarithm."""
ADDED = {"offset": 0.01, "delay": 0.006}
"""The same of what is added, rad and s."""


def twin_of_case(case: Case) -> Twin:
    """The twin of an entry with a fault: the robot's parameters, but for the fault.

    The friction of single executions is not in it. Faults of what is shown or commanded are not
    in it, either.
    """
    kinds = list(MOTIONS)
    path = (case.seed, kinds.index(case.kind))
    command = MOTIONS[case.kind](np.random.default_rng((*path, 0)))
    side = Side(true_physics(), command)
    time = np.arange(len(command)) / RATE
    draw = np.random.default_rng((*path, 3))
    place = Place(time, case.column, case.strength, draw, command)
    physics = case.fault.inject(Sides(side, side), place).entry.physics
    values = {
        f"{joint}.{name}": (float(getattr(servo, name)), unit)
        for joint, servo in physics.servos.items()
        for name, unit in SERVO_UNITS.items()
    }
    for name in ("mass_scale", "friction_time"):
        value = getattr(physics, name)
        if value is not None:
            values[name] = (float(value), ROBOT_UNITS[name])
    parameters = tuple(
        Parameter(name, value, unit, "known", "the fault's own robot")
        for name, (value, unit) in values.items()
    )
    ranges = tuple(filter(None, map(_range, parameters)))
    return Twin(case.entry, "mujoco", "so101", parameters, {"step": STEP}, ranges)


def _range(parameter: Parameter) -> ResidualRange | None:
    quantity = parameter.name.rpartition(".")[2]
    value = parameter.value
    if quantity in ADDED:
        low, high = value - ADDED[quantity], value + ADDED[quantity]
    elif value and quantity != "friction_time":
        low, high = sorted((value * np.exp(-WIDTH), value * np.exp(WIDTH)))
    else:
        return None
    return ResidualRange(parameter.name, float(low), float(high), "uniform", "chosen")


@dataclass(frozen=True)
class Failing:
    """One episode with labels, of a case.

    Attributes:
        case: what was put in.
        episode: its place in the pairs.
        trace: reference and entry.
        symptoms: its labels.
    """

    case: Case
    episode: int
    trace: EpisodeTrace
    symptoms: tuple[Symptom, ...]


def failing(
    pairs: Pairs,
    cases: Sequence[Case],
    robot: Robot,
    declared: Declared,
    settings: Mapping[str, Mapping[str, object]],
) -> Iterator[Failing]:
    """The episodes that have a label.

    Args:
        pairs: of the cases.
        cases: what was put in.
        robot: the robot.
        declared: what the dataset declares.
        settings: thresholds of label rules that differ from their defaults.
    """
    every = traces(pairs.entry, pairs.reference, robot, declared)
    for number, (case, trace) in enumerate(zip(cases, every, strict=True)):
        labels = labels_of(trace, settings)
        if labels:
            symptoms = tuple(Symptom(x.name, x.joints, x.interval) for x in labels)
            yield Failing(case, number, trace, symptoms)


def examined(one: Failing, pairs: Pairs, robot: Robot, robot_folder: Path) -> Examined:
    """The evidence of a failing episode, whose twin is known."""
    reference = pairs.reference.select([one.episode], "all")
    twin = twin_of_case(one.case)
    return examine(reference, one.trace, one.symptoms, twin, robot, robot_folder)


def proved(
    pairs: Pairs,
    cases: Sequence[Case],
    robot: Robot,
    robot_folder: Path,
    declared: Declared,
    settings: Mapping[str, Mapping[str, object]],
    progress: Progress,
) -> Document:
    """How well the causes of these cases are found, with a twin and without.

    Args:
        pairs: of the cases.
        cases: what was put in.
        robot: the robot.
        robot_folder: folder with `robot.json` and the model that it names.
        declared: what the dataset declares.
        settings: thresholds of label rules that differ from their defaults.
        progress: told of every case.
    """
    regressions = classifiers()
    answers: dict[str, list[Answer]] = {WITH: [], WITHOUT: []}
    for one in failing(pairs, cases, robot, declared, settings):
        evidence = examined(one, pairs, robot, robot_folder)
        for name, own in ((WITH, evidence), (WITHOUT, evidence.without_twin())):
            answers[name].append(Answer(one.case.fault.name, *conclude(own, regressions)))
        progress(one.episode + 1, len(cases))
    progress(len(cases), len(cases))
    return {
        "episodes": len(answers[WITH]),
        **{name: prove(each) for name, each in answers.items()},
    }
