"""Twins that repeat the command: at once, after a delay, and shifted by an offset per joint.

Settings: `delay` (`none` or `fitted`), `offset` (`none` or `fitted`), `longest_delay` in s.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.formulas.interpolation import at_times
from bench.io.documents import Document
from bench.io.store import Episodes
from bench.kinematics.robot import Robot
from bench.twins.expected import Expected, Quantity
from bench.twins.prediction import commanded, headline, predicted, references, scored_columns
from bench.twins.twin import Fit, Kind, Material, Parameter, Progress, Twin

Floats = NDArray[np.float64]
DELAY_STEP = 1e-3
LONGEST = 10
"""Longest delay, s."""


def fit(material: Material, progress: Progress) -> Fit:
    """One delay on a grid of 1 ms that minimises the calibration headline, then mean residuals."""
    measured = references(material.calibration)
    columns = scored_columns(measured, material.robot)
    settings = material.settings
    delay, how = 0.0, "assumed"
    if settings["delay"] == "fitted":
        delay, how = _best_delay(measured, columns, settings["longest_delay"], progress), "fitted"
    parameters = [Parameter("delay", delay, "s", how, "" if how == "fitted" else "no delay")]
    if settings["offset"] == "fitted":
        offset = _mean_residual(measured, delay)
        # Joints that the headline leaves out keep their command.
        parameters += [
            Parameter(f"{measured.info.joints[j]}.offset", float(offset[j]), "rad", "fitted")
            for j in columns
        ]
    return Fit(tuple(parameters), {"clock": "linear between command rows"})


def _best_delay(
    measured: Episodes, columns: list[int], longest: float, progress: Progress
) -> float:
    grid = np.arange(round(longest / DELAY_STEP) + 1)
    errors = []
    for number in grid:
        error = _delayed(measured, number * DELAY_STEP)[:, columns]
        error -= measured.signals["q"][:, columns]
        errors.append(headline(error, measured))
        progress(len(errors), len(grid))
    return round(float(grid[np.argmin(errors)] * DELAY_STEP), 6)


def _mean_residual(measured: Episodes, delay: float) -> Floats:
    """Measured minus delayed command, (J,): mean over episodes of each one's mean commanded row."""
    residual, known = measured.signals["q"] - _delayed(measured, delay), commanded(measured)
    parts = (measured.rows(number) for number in range(len(measured)))
    rows = [residual[part][known[part]].mean(axis=0) for part in parts if known[part].any()]
    mean: Floats = np.mean(rows, axis=0)
    return mean


def _delayed(episodes: Episodes, delay: float) -> Floats:
    """The commands (T, J) as they were `delay` seconds ago; before row 0 the first one."""
    command, time = episodes.signals["q_command"], episodes.signals["time"]
    if delay == 0:
        return np.array(command)
    parts = (episodes.rows(number) for number in range(len(episodes)))
    return np.concatenate([at_times(time[p] - delay, time[p], command[p]) for p in parts])


def rollout(
    twin: Twin, inputs: Episodes, _robot: Robot, _folder: Path, progress: Progress
) -> Episodes:
    """Repeat the command of every episode."""
    offsets = {p.name.removesuffix(".offset"): p.value for p in twin.parameters if "." in p.name}
    shift = np.array([offsets.get(name, 0.0) for name in inputs.info.joints])
    q = _delayed(inputs, twin.value("delay")) + shift
    progress(len(inputs), len(inputs))
    return predicted(inputs, q)


def expects(_twin: Twin, robot: Robot) -> Expected:
    """A delay, and an offset of any joint."""
    offsets = {f"{j.name}.offset": Quantity(str(j.unit)) for j in robot.logged_joints}
    return Expected({"delay": Quantity("s", 0, LONGEST), **offsets}, frozenset({"delay"}))


_CHOICE = {"enum": ["none", "fitted"]}
SETTINGS: Document = {
    "type": "object",
    "additionalProperties": False,
    "required": ["delay", "offset", "longest_delay"],
    "properties": {
        "delay": _CHOICE,
        "offset": _CHOICE,
        "longest_delay": {"type": "number", "minimum": 0, "maximum": LONGEST},
    },
}
KIND = Kind("echo", "the command, delayed and shifted", fit, rollout, SETTINGS, expects=expects)
