"""Events that happen in the entry too, but at another time."""

from __future__ import annotations

from collections.abc import Mapping

from bench.scoring.labels.label import Label, Rule, Size, Threshold
from bench.scoring.labels.occurrences import WITHIN, event_label, occurrences
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per pair of events that are further apart than their tolerance."""
    if not trace.is_scored:
        return []
    found = []
    for event in occurrences(trace, settings["within"]):
        for r, p in event.pairs.tolist():
            recorded, predicted = float(event.reference[r]), float(event.predicted[p])
            shift = predicted - recorded
            if abs(shift) > settings["times"] * event.tolerance:
                between = (min(recorded, predicted), max(recorded, predicted))
                numbers = {"time": recorded, "shift": shift}
                found.append(
                    event_label(trace, RULE.name, event.joint, event.arm, between, numbers)
                )
    return found


def _times(label: Label, trace: EpisodeTrace) -> float:
    """The shift over the tolerance of the label's event; of several at once, the largest."""
    tolerances = (
        event.tolerance
        for event in occurrences(trace, WITHIN.default)
        if event.joint in label.joints and label.numbers["time"] in event.reference
    )
    return label.numbers["shift"] / min(tolerances)


RULE = Rule(
    name="event_shifted",
    meaning="something happens in the entry as on the robot, but earlier or later",
    signal="declared events",
    thresholds={
        "within": WITHIN,
        "times": Threshold(
            1.3,
            "1",
            "two runs of one motion differ by 1.13 times at most; their tail: 0.15 labels an hour",
        ),
    },
    numbers={
        "time": "s, when it happened on the robot",
        "shift": "s, how much later it happens in the entry",
    },
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a; 2 on delayed echo, 0.21 s and 0.29 s early"
    ),
    find=find,
    size=Size("times", _times, least=1.0),
)
