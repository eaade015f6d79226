"""The kind `calibrated`: a MuJoCo twin whose parameters are fitted to calibration recordings.

Every scored joint has a position servo with delay and offset, damping and dry friction; the scene
may hold a table and objects. What is free, with which prior, stands in the settings (`SETTINGS`).
The fit minimises simulation error over whole episodes of the reference runs, from the measured
position at rest on; the `first` steps may look at their beginnings alone. Intervals and residual
ranges come from the jackknife over groups.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.datasets.split import held_commands
from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes
from bench.twins.identification.excitation import FEWEST_GROUPS, excitation_problems
from bench.twins.identification.figures import Scores, left_out
from bench.twins.identification.papers import parameters_of, ranges_of
from bench.twins.identification.problem import FitProblem
from bench.twins.identification.runs import Form, Runs
from bench.twins.identification.search import search
from bench.twins.identification.space import JOINT_SCALES, WHOLE_SCALES, Space, space_of
from bench.twins.identification.start import FEED_FORWARD, FRICTION_SETTINGS, start_of
from bench.twins.identification.uncertainty import Uncertainty, uncertainty
from bench.twins.prediction import scored_columns
from bench.twins.simulation.kind import TWIN_SETTINGS, expects, rollout
from bench.twins.simulation.links import model_file
from bench.twins.simulation.physics import ROBOT_UNITS, STEP, TABLE_UNITS
from bench.twins.simulation.scene import SCHEMA as SCENE
from bench.twins.twin import Fit, Kind, Material, Progress

Floats = NDArray[np.float64]

SESSION = ("offset", "delay")
"""What a new session of the same robot changes: recalibrated zeros, another load of the bus."""
OTHER_SHARE = 3
"""Simulations of all runs, about, that the other session and the figures take."""


class _Counter:
    """Tells how many simulations of all runs are done, of about how many."""

    def __init__(self, progress: Progress, expected: int) -> None:
        self._progress, self._expected, self._done = progress, expected, 0

    def __call__(self) -> None:
        self._done += 1
        self._progress(min(self._done, self._expected), self._expected)

    def finish(self) -> None:
        self._progress(self._expected, self._expected)

    @property
    def done(self) -> int:
        return self._done


def fit(material: Material, progress: Progress) -> Fit:
    """Fit the free parameters to the reference runs of calibration.

    Raises:
        ProblemsError: the recordings cannot determine a servo, or a bound excludes its start.
        UnknownNameError: no such published set or quantity.
    """
    settings = material.settings
    runs = _runs(material.calibration, "reference", material)
    start = start_of(settings, material.robot_folder, material.calibration.info.joints)
    space = space_of(settings["free"], start.values, start.sources, runs.joints)
    problems = list(
        excitation_problems(runs, start.values, settings.get("fewest_groups", FEWEST_GROUPS))
    )
    if problems:
        raise ProblemsError(problems)
    steps, first = settings["steps"], settings.get("first", {"steps": 0, "seconds": 0.0})
    told = _Counter(progress, (first["steps"] + steps + 1) * (len(space.groups) + 2) + 10)
    x = np.zeros(len(space.free))
    if first["steps"]:
        x = search(FitProblem(runs.beginnings(first["seconds"]), space, told), x, first["steps"]).x
    problem = FitProblem(runs, space, told)
    linear = search(problem, x, steps)
    groups = [episode.group for episode in runs.episodes.info.episodes]
    spread = uncertainty(linear.x, *problem.normal(linear), groups, space.bounds)
    figures = {
        "calibration": {
            **Scores.of(runs, linear.errors).document(),
            "left_out": left_out(runs, _without(space, spread)).headline,
        },
        **_on_validation(material, space, linear.x, told),
        "simulations": told.done,
    }
    told.finish()
    parameters = parameters_of(space, linear.x, spread, start)
    evaluations = settings["looks"] + len(figures.keys() & {"validation", "other_session"})
    ranges = ranges_of(space, linear.x, spread)
    return Fit(parameters, _twin_settings(settings), evaluations, ranges, figures)


def _twin_settings(settings: Mapping[str, object]) -> Document:
    kept = {name: settings[name] for name in ("step", "scene") if name in settings}
    straight = {"commands": "straight"} if FEED_FORWARD in settings else {}
    return {"step": STEP, **kept, **straight}


def _runs(episodes: Episodes, role: str, material: Material) -> Runs:
    """The runs of one role, of the motions that the settings name if they name some."""
    motions = material.settings.get("motions")
    unknown = set(motions or ()) - {e.motion for e in episodes.info.episodes}
    if unknown and episodes is material.calibration:
        expected = "motions of calibration"
        came = ", ".join(sorted(unknown))
        raise ProblemsError([Problem("unknown_motion", "settings/motions", expected, came)])
    chosen = motions if episodes is material.calibration else None
    keep = [
        i
        for i, episode in enumerate(episodes.info.episodes)
        if episode.role == role and (chosen is None or episode.motion in chosen)
    ]
    picked = held_commands(episodes.select(keep, episodes.info.split))  # type: ignore[arg-type]
    form = Form(model_file(material.robot_folder), _twin_settings(material.settings))
    return Runs(picked, tuple(scored_columns(picked, material.robot)), form)


def _without(space: Space, spread: Uncertainty) -> dict[str, dict[str, float]]:
    return {name: space.values(x) for name, x in zip(spread.groups, spread.without, strict=True)}


def _on_validation(material: Material, space: Space, x: Floats, told: _Counter) -> Document:
    """How far off the twin is on validation, and on the other session's after a new zero."""
    found: Document = {}
    set_aside = material.settings.get("set_aside", [])
    seen = _runs(material.validation, "reference", material)
    if len(seen.episodes):
        scores = Scores.of(seen, seen.errors(space.values(x)))
        told()
        found["validation"] = {
            **scores.without(set_aside).document(),
            "set_aside": {
                motion: float(scores.values[scores.motions.index(motion)])
                for motion in set_aside
                if motion in scores.motions
            },
        }
    again = _runs(material.calibration, "repeat", material)
    unseen = _runs(material.validation, "repeat", material)
    session = _session(space, x)
    if len(again.episodes) and len(unseen.episodes) and session.free:
        problem = FitProblem(again, session, told)
        shifted = search(problem, np.zeros(len(session.free)), 2)
        scores = Scores.of(unseen, unseen.errors(session.values(shifted.x)))
        told()
        found["other_session"] = {
            **scores.without(set_aside).document(),
            "refitted": [each.name for each in session.free],
        }
    return found


def _session(space: Space, x: Floats) -> Space:
    """Offsets and delays alone, from the fit on."""
    values = space.values(x)
    free = tuple(
        replace(each, prior=values[each.name])
        for each in space.free
        if each.name.rsplit(".", 1)[1] in SESSION
    )
    names = {each.name for each in free}
    return Space(free, {name: v for name, v in values.items() if name not in names})


_POSITIVE = {"type": "number", "exclusiveMinimum": 0}
SETTINGS: Document = {
    "type": "object",
    "additionalProperties": False,
    "required": ["servo", "delay", "free", "steps", "looks"],
    "properties": {
        "servo": {"type": "string"},
        "delay": {"type": "number", "minimum": 0},
        "step": _POSITIVE,
        "scene": SCENE,
        FEED_FORWARD: {"type": "number", "minimum": 0, "maximum": 2},
        "friction": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "required": list(FRICTION_SETTINGS),
            "properties": dict.fromkeys(FRICTION_SETTINGS, _POSITIVE),
        },
        "whole": {
            "type": "object",
            "additionalProperties": False,
            "properties": {name: {"type": "number"} for name in (*ROBOT_UNITS, *TABLE_UNITS)},
        },
        "free": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"enum": sorted({**JOINT_SCALES, **WHOLE_SCALES})},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "required": ["spread"],
                "properties": {
                    "spread": _POSITIVE,
                    "bounds": {
                        "type": "array",
                        "items": {"type": "number"},
                        "minItems": 2,
                        "maxItems": 2,
                    },
                },
            },
        },
        "first": {
            "type": "object",
            "additionalProperties": False,
            "required": ["steps", "seconds"],
            "properties": {
                "steps": {"type": "integer", "minimum": 1, "maximum": 100},
                "seconds": _POSITIVE,
            },
        },
        "fewest_groups": {"type": "integer", "minimum": 2},
        "motions": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        "set_aside": {"type": "array", "items": {"type": "string"}},
        "steps": {"type": "integer", "minimum": 1, "maximum": 100},
        "looks": {"type": "integer", "minimum": 0},
    },
}
KIND = Kind(
    "calibrated",
    "MuJoCo: the robot's links, servos with friction and a scene, fitted to calibration",
    fit,
    rollout,
    SETTINGS,
    assets=("servos.json",),
    simulates=True,
    expects=expects,
    twin_settings=TWIN_SETTINGS,
)
