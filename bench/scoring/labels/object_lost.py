"""Bodies that the entry takes and then loses while the robot still holds them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bench.scoring.labels.handling import HOLDING, body_label, held
from bench.scoring.labels.label import Label, Rule, Threshold
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per body whose hold ends too early in the entry."""
    if trace.bodies is None or not trace.is_scored:
        return []
    found = []
    for each in held(trace, trace.bodies, settings):
        if float(trace.weights @ each.predicted) < settings["held"]:
            continue
        last, last_there = (int(np.flatnonzero(f)[-1]) for f in (each.reference, each.predicted))
        early = float(trace.time[last] - trace.time[last_there])
        if early >= settings["early"]:
            numbers = {"body": float(each.body), "early": early}
            rows = slice(last_there, last + 1)
            found.append(body_label(trace, RULE.name, each.arm, rows, numbers))
    return found


RULE = Rule(
    name="object_lost",
    meaning="the entry takes a body as the robot does, and loses it too early",
    signal="positions of bodies and tools, where recorded and predicted",
    thresholds={
        **HOLDING,
        "early": Threshold(0.5, "s", "chosen: a hold that ends less early was let go, not lost"),
    },
    numbers={
        "body": "1, number of the body, from 0",
        "early": "s, how much earlier the entry no longer holds it",
    },
    evidence="generated episodes with a planted loss alone; no dataset records bodies yet",
    find=find,
    size=None,
)
