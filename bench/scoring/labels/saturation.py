"""Joints that stand at a limit, or go at a top speed, that the robot's do not have."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bench.scoring.labels.label import Label, Rule, Threshold
from bench.scoring.labels.signals import rows_label
from bench.scoring.labels.stalls import stretches
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint and kind of limit: a declared position, or a speed of its own."""
    if not trace.is_scored or len(trace.time) < 2:
        return []
    turned, scored = trace.turned, trace.scored
    off = np.where(scored[:, None], np.abs(trace.error), 0.0).max(axis=0)
    possible = np.flatnonzero(off >= settings["distance"])
    behind = np.abs((turned.command - turned.predicted)[:, possible].T) >= settings["distance"]
    behind &= scored
    waits = np.flatnonzero(behind.any(axis=1))
    if not len(waits):
        return []
    entry, robot = (
        np.where(scored, trace.speeds[side].over(settings["window"])[:, possible[waits]].T, 0.0)
        for side in ("predicted", "reference")
    )
    found = []
    for number, (j, own) in enumerate(zip(possible[waits].tolist(), behind[waits], strict=True)):
        found += _at_limit(trace, j, own, settings)
        found += _at_top_speed(trace, j, own, (entry[number], robot[number]), settings)
    return found


def _at_limit(
    trace: EpisodeTrace, column: int, behind: Flags, settings: Mapping[str, float]
) -> list[Label]:
    predicted = trace.turned.predicted[:, column]
    found = []
    lowest, highest = predicted.min() - settings["margin"], predicted.max() + settings["margin"]
    for limit in trace.limits[column].tolist():
        if not lowest <= limit <= highest:
            continue
        at = np.abs(predicted - limit) <= settings["margin"]
        at &= behind & (np.abs(trace.error[:, column]) >= settings["distance"])
        rows = stretches(at, trace.time, settings["duration"])
        if rows:
            numbers = {"limit": limit, "time": _time(trace, rows)}
            found.append(rows_label(trace, RULE.name, column, rows, numbers))
    return found


def _at_top_speed(
    trace: EpisodeTrace,
    column: int,
    behind: Flags,
    speeds: tuple[Floats, Floats],
    settings: Mapping[str, float],
) -> list[Label]:
    turned, (entry, robot) = trace.turned, speeds
    ahead = np.sign(turned.command[:, column] - turned.predicted[:, column])
    found = []
    for way in (1.0, -1.0):
        top, robots = (way * entry).max(), (way * robot).max()
        if top < settings["speed"] or robots < settings["times"] * top:
            continue
        at = behind & (ahead == way) & (way * entry >= settings["near"] * top)
        rows = stretches(at, trace.time, settings["duration"])
        if rows:
            numbers = {
                "speed": float(top),
                "reference_speed": float(robots),
                "time": _time(trace, rows),
            }
            found.append(rows_label(trace, RULE.name, column, rows, numbers))
    return found


def _time(trace: EpisodeTrace, rows: list[slice]) -> float:
    return float(sum(trace.time[part.stop - 1] - trace.time[part.start] for part in rows))


RULE = Rule(
    name="saturation",
    meaning="a joint stands at a declared limit, or goes at a top speed, that the robot's passes",
    signal="reference, command and predicted position, limits",
    thresholds={
        "distance": Threshold(
            0.1, "rad", "as of stalls: command and robot are further away than a free joint rests"
        ),
        "margin": Threshold(0.002, "rad", "chosen: above an encoder step of 1.5 mrad"),
        "duration": Threshold(0.15, "s", "chosen: a softer servo is near its top speed for less"),
        "window": Threshold(0.1, "s", "as of stalls"),
        "speed": Threshold(0.1, "rad/s", "as of stalls: below it a joint stands"),
        "near": Threshold(0.85, "1", "chosen: within 15 % of its top speed"),
        "times": Threshold(1.5, "1", "chosen: the robot gets half as fast again"),
    },
    numbers={
        "limit": "rad, the declared limit at which it stands",
        "speed": "rad/s, its top speed",
        "reference_speed": "rad/s, the robot's in the same direction",
        "time": "s, how long it is there in all",
    },
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a and in 0.67 h of delayed echo; generated entries whose torque ends early are "
        "found"
    ),
    find=find,
    size=None,
)
