"""Events of the entry that the robot does not have."""

from __future__ import annotations

from collections.abc import Mapping

from bench.scoring.labels.label import Label, Rule
from bench.scoring.labels.occurrences import WITHIN, alone_labels, occurrences
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per event without a partner."""
    events = occurrences(trace, settings["within"])
    return alone_labels(trace, RULE.name, [(event, event.extra) for event in events])


RULE = Rule(
    name="event_extra",
    meaning="something happens in the entry that does not happen on the robot",
    signal="declared events",
    thresholds={"within": WITHIN},
    numbers={"time": "s, when it happens"},
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a; 27 on delayed echo, on sweeps whose ends the gripper cannot follow"
    ),
    find=find,
    size=None,
)
