"""Stalls of the entry that the robot does not show."""

from __future__ import annotations

from collections.abc import Mapping

from bench.scoring.labels.label import Label, Rule
from bench.scoring.labels.stalls import THRESHOLDS, Sides, label, stalls
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint and stall of the entry while which the reference moves on."""
    sides = Sides.of(trace, "predicted")
    return [
        label(
            trace,
            RULE.name,
            stall,
            {
                "position": stall.position,
                "command_distance": stall.distance,
                "reference_distance": stall.reach,
                "reference_travel": stall.travel,
                "entry_travel": stall.creep,
            },
        )
        for stall in stalls(trace, sides, settings)
    ]


RULE = Rule(
    name="stall_false",
    meaning="the entry's joint stands still though commanded away, and the robot's moves on",
    signal="reference, command and predicted position",
    thresholds=THRESHOLDS,
    numbers={
        "position": "rad, where the entry's joint stands (median)",
        "command_distance": "rad, largest distance of the command from it",
        "reference_distance": "rad, how far the robot's gets beyond it towards the command",
        "reference_travel": "rad, range of the robot's positions",
        "entry_travel": "rad, range of the entry's positions",
    },
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a and in 0.67 h of delayed echo; generated entries with a dead joint are found"
    ),
    find=find,
    size=None,
)
