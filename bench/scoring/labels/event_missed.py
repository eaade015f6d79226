"""Events of the robot that the entry does not have."""

from __future__ import annotations

from collections.abc import Mapping

from bench.scoring.labels.label import Label, Rule
from bench.scoring.labels.occurrences import WITHIN, alone_labels, occurrences
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per event without a partner."""
    events = occurrences(trace, settings["within"])
    return alone_labels(trace, RULE.name, [(event, event.missed) for event in events])


RULE = Rule(
    name="event_missed",
    meaning="something that happens on the robot does not happen in the entry",
    signal="declared events",
    thresholds={"within": WITHIN},
    numbers={"time": "s, when it happens"},
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a and in 0.67 h of delayed echo; generated entries with other commands are found"
    ),
    find=find,
    size=None,
)
