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
            times = abs(shift) / event.tolerance
            if times >= settings["times"]:
                between = (min(recorded, predicted), max(recorded, predicted))
                numbers = {"time": recorded, "shift": shift, "times": times}
                found.append(
                    event_label(trace, RULE.name, event.joint, event.arm, between, numbers)
                )
    return found


RULE = Rule(
    name="event_shifted",
    meaning="something happens in the entry as on the robot, but earlier or later",
    signal="declared events",
    thresholds={
        "within": WITHIN,
        "times": Threshold(
            1.3,
            "1",
            "two runs of one motion differ by 1.13 times at most; their tail: 0.87 motions an hour",
        ),
    },
    numbers={
        "time": "s, when it happened on the robot",
        "shift": "s, how much later it happens in the entry",
        "times": "1, size of the shift over the event's tolerance",
    },
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a; 2 on delayed echo, 0.21 s and 0.29 s early"
    ),
    find=find,
    size=Size("times", "times", least=1.0),
)
