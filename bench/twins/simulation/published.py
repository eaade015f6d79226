"""Published servo parameters: `robots/<robot>/servos.json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.io.documents import parse
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.twins.simulation.physics import REQUIRED, servo_parameters
from bench.twins.twin import Parameter


def published_parameters(path: Path, name: str, joints: Sequence[str]) -> tuple[Parameter, ...]:
    """The parameter set `name` of a robot.

    Args:
        path: the file `servos.json`.
        name: of the set.
        joints: whose parameters are wanted, names in the model.

    Raises:
        ProblemsError: the file is missing or no JSON, or the set lacks a joint or a number.
        UnknownNameError: it has no such set.
    """
    try:
        document = parse(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        raise ProblemsError(
            [Problem("missing_file", str(path), "published servo parameters", "no such file")]
        ) from None
    sets = document["sets"]
    if name not in sets:
        raise UnknownNameError("servo parameter set", name, sorted(sets))
    chosen = sets[name]
    problems = [
        problem
        for joint in joints
        for problem in _problems(f"{path}: sets/{name}/{joint}", chosen["joints"].get(joint, {}))
    ]
    if problems:
        raise ProblemsError(problems)
    return tuple(
        parameter
        for joint in joints
        for parameter in servo_parameters(joint, chosen["joints"][joint], chosen["source"])
    )


def _problems(where: str, values: Mapping[str, Any]) -> list[Problem]:
    if values.keys() == set(REQUIRED):
        return []
    came = ", ".join(sorted(values)) or "none"
    return [Problem("servo_parameters", where, "the numbers " + ", ".join(REQUIRED), came[:200])]
