"""Events that change their order."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from bench.scoring.labels.label import Label, Rule, Threshold
from bench.scoring.labels.occurrences import WITHIN, event_label, occurrences
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per pair of neighbouring events that come the other way round in the entry."""
    if not trace.is_scored:
        return []
    paired = [
        (float(event.reference[r]), float(event.predicted[p]), event)
        for event in occurrences(trace, settings["within"])
        for r, p in event.pairs.tolist()
    ]
    paired.sort(key=lambda each: each[:2])
    found = []
    for (first, first_there, one), (second, second_there, other) in itertools.pairwise(paired):
        gap, gap_there = second - first, second_there - first_there
        if gap >= settings["gap"] and gap_there <= -settings["gap"]:
            times = (first, second, first_there, second_there)
            numbers = {"gap": gap, "entry_gap": gap_there, "time": first}
            label = event_label(
                trace, RULE.name, one.joint, one.arm, (min(times), max(times)), numbers
            )
            found.append(_with_joint(label, other.joint, other.arm))
    return found


def _with_joint(label: Label, joint: str, arm: str) -> Label:
    """The label with the other event's joint, where it is another one of the same arm."""
    if joint in label.joints or arm != label.arm:
        return label
    return Label(**{**vars(label), "joints": (*label.joints, joint)})


RULE = Rule(
    name="event_order",
    meaning="two things happen in the entry in the other order",
    signal="declared events",
    thresholds={
        "within": WITHIN,
        "gap": Threshold(
            0.05, "s", "chosen: events closer than two rows at 50 Hz have no order to speak of"
        ),
    },
    numbers={
        "time": "s, when the first of them happened on the robot",
        "gap": "s, how much later the second one happened on the robot",
        "entry_gap": "s, the same in the entry, negative",
    },
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a and in 0.67 h of delayed echo; a planted exchange is found"
    ),
    find=find,
    size=None,
)
