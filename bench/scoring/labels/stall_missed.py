"""Stalls of the robot that the entry does not show."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from bench.scoring.labels.label import Label, Rule
from bench.scoring.labels.stalls import THRESHOLDS, Sides, Stall, label, stalls
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint and stall of the reference while which the entry moves on."""
    sides = Sides.of(trace, "reference")
    return [
        label(trace, RULE.name, stall, _numbers(trace, stall))
        for stall in stalls(trace, sides, settings)
    ]


def _numbers(trace: EpisodeTrace, stall: Stall) -> dict[str, float]:
    numbers = {
        "position": stall.position,
        "command_distance": stall.distance,
        "entry_distance": stall.reach,
        "entry_travel": stall.travel,
        "reference_travel": stall.creep,
    }
    if trace.current is not None:
        current = trace.current[:, stall.column]
        numbers["current"] = float(current[stall.rows].max())
        numbers["current_median"] = float(np.median(current[trace.scored]))
    return numbers


RULE = Rule(
    name="stall_missed",
    meaning="the robot's joint stands still though commanded away, and the entry's moves on",
    signal="reference, command and predicted position",
    thresholds=THRESHOLDS,
    numbers={
        "position": "rad, where the joint stands (median)",
        "command_distance": "rad, largest distance of the command from the joint",
        "entry_distance": "rad, how far the entry gets beyond the joint towards the command",
        "entry_travel": "rad, range of the entry's positions",
        "reference_travel": "rad, range of the joint's positions",
        "current": "as recorded, largest current magnitude in the interval, where recorded",
        "current_median": "as recorded, median over the episode, where recorded",
    },
    evidence="so101-sage, calibration and validation: finds the four wrist roll jams of run-a and "
    "nothing else in 0.67 h, against run-b, delayed echo, command echo and an echo after 200 ms; "
    "nothing where run-a predicts run-b (0.66 h); delayed echo of run-b: the two table contacts of "
    "the elbow in single_joint_elbow and nothing else",
    find=find,
    size=None,
)
