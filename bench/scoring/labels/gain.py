"""Errors in proportion to the position, as of a joint that moves too far or not far enough."""

from __future__ import annotations

from collections.abc import Mapping

from bench.formulas.joint_regression import POSITION
from bench.scoring.labels.label import Label, Rule, Size, Threshold
from bench.scoring.labels.terms import NUMBERS, named, size, term_labels, thresholds
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint whose error grows with its position."""
    if not trace.is_scored:
        return []
    return term_labels(trace, RULE.name, POSITION, named(trace, POSITION, settings) & trace.weighed)


RULE = Rule(
    name="gain",
    meaning="a joint moves too far or not far enough, in proportion",
    signal="error and reference of rows on which the arm moves; masses of the links",
    thresholds=thresholds(
        size(
            0.026,
            "above 16 mrad, where the gravity at an elbow passes for a gain; two runs of one "
            "motion differ by 12 mrad at most; their tail: 0.06 motions an hour",
        ),
        Threshold(
            5.0,
            "1",
            "half of what is given: gravity as the model has it is not quite the robot's, and what "
            "is left of it resembles the position",
        ),
        Threshold(6.0, "1", "above 5.6, where gravity and friction of an elbow pass for a gain"),
    ),
    numbers={"coefficient": "1, error per position", **NUMBERS},
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a and in 0.67 h of delayed echo"
    ),
    find=find,
    size=Size("size", "size"),
)
