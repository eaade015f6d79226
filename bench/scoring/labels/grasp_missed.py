"""Bodies that the robot takes and the entry does not."""

from __future__ import annotations

from collections.abc import Mapping

from bench.scoring.labels.handling import HOLDING, body_label, held, longest
from bench.scoring.labels.label import Label, Rule
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per body that the robot holds and the entry never does."""
    if trace.bodies is None or not trace.is_scored:
        return []
    found = []
    for each in held(trace, trace.bodies, settings):
        if float(trace.weights @ each.predicted) < settings["held"]:
            rows = longest(each.reference)
            numbers = {
                "body": float(each.body),
                "reference_time": float(trace.weights @ each.reference),
            }
            found.append(body_label(trace, RULE.name, each.arm, rows, numbers))
    return found


RULE = Rule(
    name="grasp_missed",
    meaning="the robot takes a body and moves it, the entry does not",
    signal="positions of bodies and tools, where recorded and predicted",
    thresholds=HOLDING,
    numbers={
        "body": "1, number of the body, from 0",
        "reference_time": "s, how long the robot holds it",
    },
    evidence="generated episodes with a planted miss alone; no dataset records bodies yet",
    find=find,
    size=None,
)
