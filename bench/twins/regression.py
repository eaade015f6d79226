"""A twin that adds to the command a linear function of the last commands, joint by joint.

Ridge regression of q − q_command on the last L commands of the joint and a constant; the penalty
is on the commands' coefficients, not on the constant. L and the ridge are chosen on validation.
Settings: `lengths` (rows), `ridges`.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document
from bench.io.store import Episodes
from bench.kinematics.robot import Robot
from bench.twins.expected import Expected, Quantity, of_joints
from bench.twins.prediction import commanded, headline, predicted, references, scored_columns
from bench.twins.twin import Fit, Kind, Material, Parameter, Progress, Twin

Floats = NDArray[np.float64]


def fit(material: Material, progress: Progress) -> Fit:
    """Solve for every length and ridge on calibration, keep the best on validation."""
    measured, unseen = references(material.calibration), references(material.validation)
    columns = scored_columns(measured, material.robot)
    choices = list(itertools.product(material.settings["lengths"], material.settings["ridges"]))
    tried = []
    for length, ridge in choices:
        weights = {j: _solve(measured, j, length, ridge) for j in columns}
        error = np.stack([_predict(unseen, j, weights[j]) for j in columns], axis=1)
        error -= unseen.signals["q"][:, columns]
        tried.append((headline(error, unseen), weights))
        progress(len(tried), len(choices))
    best = min(range(len(tried)), key=lambda i: tried[i][0])
    length, ridge = choices[best]
    parameters = [
        Parameter(f"{measured.info.joints[j]}.{name}", float(value), unit, "fitted")
        for j in columns
        for name, unit, value in zip(_names(length), _units(length), tried[best][1][j], strict=True)
    ]
    return Fit(tuple(parameters), {"length": length, "ridge": ridge}, evaluations=len(choices))


def _names(length: int) -> list[str]:
    return [f"command_{back}" for back in range(length)] + ["constant"]


def _units(length: int) -> list[str]:
    return ["1"] * length + ["rad"]


def _solve(measured: Episodes, joint: int, length: int, ridge: float) -> Floats:
    """Coefficients (L + 1,): newest command first, the constant last."""
    known = commanded(measured)
    past = _past(measured, joint, length)[known]
    target = (measured.signals["q"][:, joint] - measured.signals["q_command"][:, joint])[known]
    # einsum without BLAS: the same sums for every number of threads.
    gram = np.einsum("ti,tj->ij", past, past) + np.diag([ridge] * length + [0.0])
    solution: Floats = np.linalg.solve(gram, np.einsum("ti,t->i", past, target))
    return solution


def _past(episodes: Episodes, joint: int, length: int) -> Floats:
    """The last `length` commands of each row and a one, (T, L + 1); before row 0 the first."""
    command = episodes.signals["q_command"][:, joint]
    past = np.ones((len(command), length + 1))
    for number in range(len(episodes)):
        rows = episodes.rows(number)
        own = command[rows]
        for back in range(length):
            past[rows, back] = own[np.maximum(np.arange(len(own)) - back, 0)]
    return past


def _predict(episodes: Episodes, joint: int, weights: Floats) -> Floats:
    past = _past(episodes, joint, len(weights) - 1)
    correction: Floats = np.einsum("ti,i->t", past, weights)
    return episodes.signals["q_command"][:, joint] + correction


def rollout(
    twin: Twin, inputs: Episodes, _robot: Robot, _folder: Path, progress: Progress
) -> Episodes:
    """Predict the joints that were fitted; the others keep their command."""
    values = {p.name: p.value for p in twin.parameters}
    names = _names(int(twin.settings["length"]))
    q = np.array(inputs.signals["q_command"])
    for column, joint in enumerate(inputs.info.joints):
        if f"{joint}.constant" in values:
            weights = np.array([values[f"{joint}.{name}"] for name in names])
            q[:, column] = _predict(inputs, column, weights)
        progress(column + 1, len(inputs.info.joints))
    return predicted(inputs, q)


def expects(twin: Twin, robot: Robot) -> Expected:
    """All coefficients of every joint that has any."""
    length = int(twin.settings["length"])
    quantities = dict(zip(_names(length), map(Quantity, _units(length)), strict=True))
    needed = {f"{joint}.{name}" for joint in twin.joints for name in quantities}
    known = of_joints(robot, quantities)
    return Expected(known, frozenset(needed & known.keys()))


_LENGTH = {"type": "integer", "minimum": 1, "maximum": 1000}
SETTINGS: Document = {
    "type": "object",
    "additionalProperties": False,
    "required": ["lengths", "ridges"],
    "properties": {
        "lengths": {
            "type": "array",
            "minItems": 1,
            "items": _LENGTH,
        },
        "ridges": {"type": "array", "minItems": 1, "items": {"type": "number", "minimum": 0}},
    },
}
TWIN_SETTINGS: Document = {
    "type": "object",
    "required": ["length"],
    "properties": {"length": _LENGTH},
}
KIND = Kind(
    "regression",
    "a linear function of the last commands",
    fit,
    rollout,
    SETTINGS,
    expects=expects,
    twin_settings=TWIN_SETTINGS,
)
