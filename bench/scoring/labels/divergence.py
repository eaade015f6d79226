"""Errors that grow with the time since the start."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bench.formulas.divergence import PAIRS, SHORTEST, SKIPPED, WINDOWS
from bench.scoring.labels.label import Label, Rule, Size, Threshold
from bench.scoring.labels.signals import rows_label
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]

FLOOR = 1e-4
"""rad, to which the error of a window is raised: as of the metric `growth`."""


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint whose error grows from window to window."""
    if not trace.is_scored or trace.time[-1] - trace.time[0] < SHORTEST:
        return []
    borders = np.linspace(SKIPPED, float(trace.time[-1] - trace.time[0]), WINDOWS + 1)
    edges = np.searchsorted(trace.time, trace.time[0] + borders[:-1])
    if len(np.unique(edges)) < WINDOWS:
        return []
    weight = np.add.reduceat(trace.weights, edges)
    if not (weight > 0).all():
        return []
    squares = np.add.reduceat(_error(trace) ** 2 * trace.weights[:, None], edges)
    level = np.maximum(np.sqrt(squares / weight[:, None]), FLOOR)
    middle = (borders[:-1] + borders[1:]) / 2
    growth, order = _growth(level, middle)
    if not ((growth >= settings["growth"]) & (order >= settings["order"])).any():
        return []
    # An error that grows because the motion quickens does not diverge.
    beside = _growth(level / _pace(trace, edges, settings["pace"]), middle)
    growth, order = np.minimum(growth, beside[0]), np.minimum(order, beside[1])
    begin, end = np.median(level[:3], axis=0), np.median(level[-3:], axis=0)
    grows = (
        (growth >= settings["growth"])
        & (order >= settings["order"])
        & (end >= settings["end"])
        & (end >= settings["times"] * begin)
    )
    found = []
    for j in np.flatnonzero(grows).tolist():
        rows = slice(int(edges[0]), len(trace.time))
        numbers = {
            "growth": float(growth[j]),
            "order": float(order[j]),
            "begin": float(begin[j]),
            "end": float(end[j]),
        }
        found.append(rows_label(trace, RULE.name, j, [rows], numbers))
    return found


def _error(trace: EpisodeTrace) -> Floats:
    """(N, J) rad; of joints without limits from within half a turn on, however far it grows."""
    error = trace.followed_error
    if not trace.endless.any():
        return error
    turns = np.ceil(error[trace.scored_rows[0]] / (2 * np.pi) - 0.5)
    return np.where(trace.endless, error - 2 * np.pi * turns, error)


def _pace(trace: EpisodeTrace, edges: NDArray[np.intp], least: float) -> Floats:
    """(W, J) rad/s, how fast each joint is told to move in each window, and a little more."""
    # A command on a masked row is not one, and may be none at all.
    counted = np.concatenate([[False], trace.scored[1:] & trace.scored[:-1]])
    speed = np.zeros_like(trace.command)
    speed[1:] = np.diff(trace.turned.command, axis=0) / np.diff(trace.time)[:, None]
    speed[~counted] = 0.0
    weights = np.where(counted, trace.weights, 0.0)[:, None]
    squares, weight = (np.add.reduceat(each, edges) for each in (speed**2 * weights, weights))
    pace: Floats = np.sqrt(squares / np.maximum(weight, 1e-12)) + least
    return pace


def _growth(level: Floats, middle: Floats) -> tuple[Floats, Floats]:
    """Theil-Sen slope of the logarithms, and how far the windows are in order; (J,) each."""
    first, second = PAIRS
    rise = np.log(level[second]) - np.log(level[first])
    slope = rise / np.log(middle[second] / middle[first])[:, None]
    return np.median(slope, axis=0), np.sign(rise).mean(axis=0)


RULE = Rule(
    name="divergence",
    meaning="a joint's error grows from the start to the end",
    signal="error in ten windows from 2 s to the end, of episodes of 12 s and more",
    thresholds={
        "growth": Threshold(
            0.7,
            "1",
            (
                "chosen: the error grows nearly as the time does; growth alone tells little, it "
                "is up to 2.3 between two runs whose error stays below 8 mrad"
            ),
        ),
        "order": Threshold(0.7, "1", "above 0.6, the order of an error with a jam near the end"),
        "end": Threshold(
            0.040, "rad", "chosen: five times the largest at the end between two runs, 7.7 mrad"
        ),
        "pace": Threshold(
            0.1, "rad/s", "chosen: the error per speed counts too; this much is added to the speed"
        ),
        "times": Threshold(3.0, "1", "chosen: the last windows have three times the first ones'"),
    },
    numbers={
        "growth": "1, exponent g of an error that grows as time^g",
        "order": "1, share of pairs of windows in order of size less share of the others",
        "begin": "rad, error in the first three windows (median of root mean squares)",
        "end": "rad, error in the last three",
    },
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a and in 0.67 h of delayed echo; generated entries that drift are found"
    ),
    find=find,
    size=Size("end", "end"),
)
