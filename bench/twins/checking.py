"""Whether the parameters and settings of a twin are those that its kind computes with."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from bench.io.documents import check_schema
from bench.io.problems import Problem, ProblemsError
from bench.kinematics.robot import Robot
from bench.twins.expected import Quantity
from bench.twins.twin import Kind, Parameter, Twin

PAPER = "twin.json"


def twin_problems(twin: Twin, kind: Kind, robot: Robot) -> Iterator[Problem]:
    """In what a twin is not one that its kind can roll out for this robot.

    A kind that says nothing of its parameters refuses others itself when it is rolled out.
    """
    try:
        check_schema(dict(twin.settings), kind.twin_settings, f"{PAPER}: settings")
    except ProblemsError as error:
        yield from error.problems
        return
    if kind.expects is None:
        return
    expected = kind.expects(twin, robot)
    named = {parameter.name for parameter in twin.parameters}
    for name in sorted(expected.required - named):
        yield Problem("missing_parameter", f"{PAPER}: parameters/{name}", "a value", "none")
    for parameter in twin.parameters:
        yield from _parameter(parameter, kind.name, expected.known)


def _parameter(parameter: Parameter, kind: str, known: Mapping[str, Quantity]) -> Iterator[Problem]:
    where = f"{PAPER}: parameters/{parameter.name}"
    quantity = known.get(parameter.name)
    if quantity is None:
        expected = f"a parameter of kind {kind} for this robot"
        yield Problem("unknown_parameter", where, expected, "another")
        return
    if parameter.unit != quantity.unit:
        yield Problem("unit", where, f"unit {quantity.unit}", f"unit {parameter.unit}")
    if not quantity.low <= parameter.value <= quantity.high:
        expected = f"a number from {quantity.low:g} to {quantity.high:g}"
        if quantity.high == math.inf:
            expected = f"a number of at least {quantity.low:g}"
        yield Problem("out_of_range", where, expected, f"{parameter.value:.9g}")
