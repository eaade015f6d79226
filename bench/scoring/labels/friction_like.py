"""Errors that turn with the direction of motion, as those of another friction do."""

from __future__ import annotations

from collections.abc import Mapping

from bench.formulas.joint_regression import DIRECTION
from bench.scoring.labels.label import Label, Rule, Size, Threshold
from bench.scoring.labels.terms import NUMBERS, named, size, term_labels, thresholds
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint whose error goes with the direction of motion."""
    if not trace.is_scored:
        return []
    return term_labels(trace, RULE.name, DIRECTION, named(trace, DIRECTION, settings))


RULE = Rule(
    name="friction_like",
    meaning="a joint is ahead or behind by the same amount in each direction of motion",
    signal="error and reference of rows on which the arm moves",
    thresholds=thresholds(
        size(
            0.022,
            "two runs of one motion differ by 14 mrad at most; their tail: 0.10 motions an hour",
        ),
        evidence=Threshold(
            7.0, "1", "above 6.1, where a drift passes for friction in generated moves by steps"
        ),
    ),
    numbers={"coefficient": "rad, error in forward motion", **NUMBERS},
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a; 3 on delayed echo, which knows no friction, on the elbow"
    ),
    find=find,
    size=Size("size", "size"),
)
