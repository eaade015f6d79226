"""Bodies that end up somewhere else."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bench.scoring.labels.handling import body_label
from bench.scoring.labels.label import Label, Rule, Size, Threshold
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per body whose last place differs."""
    bodies = trace.bodies
    if bodies is None or not trace.is_scored:
        return []
    last = int(trace.scored_rows[-1])
    first = int(np.searchsorted(trace.time, trace.time[last] - settings["end"]))
    rows = slice(first, last + 1)
    weight = trace.weights[rows] / trace.weights[rows].sum()
    apart = bodies.predicted[rows] - bodies.reference[rows]
    shift = np.einsum("n,nbk->bk", weight, apart)
    far = np.sqrt((shift**2).sum(axis=1))
    found = []
    for body in np.flatnonzero(far >= settings["distance"]).tolist():
        tools = bodies.tool_reference - bodies.reference[:, [body]]
        arm = int(np.argmin((tools**2).sum(axis=2).min(axis=0)))
        numbers = {"body": float(body), "distance": float(far[body])}
        found.append(body_label(trace, RULE.name, arm, rows, numbers))
    return found


RULE = Rule(
    name="object_displaced",
    meaning="a body ends up somewhere else than on the robot's side",
    signal="positions of bodies, where recorded and predicted",
    thresholds={
        "end": Threshold(0.5, "s", "as of end values: the last half second"),
        "distance": Threshold(0.03, "m", "chosen: the width of a small object"),
    },
    numbers={
        "body": "1, number of the body, from 0",
        "distance": "m, how far its last place is off",
    },
    evidence="generated episodes with a planted displacement alone; no dataset records bodies yet",
    find=find,
    size=Size("distance", "distance"),
)
