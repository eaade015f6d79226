"""Errors that go with motion, and are not told to be dry friction alone."""

from __future__ import annotations

from collections.abc import Mapping

from bench.formulas.joint_regression import DIRECTION
from bench.scoring.labels import friction_like
from bench.scoring.labels.label import Label, Rule, Size, Threshold
from bench.scoring.labels.terms import (
    PAIR_NUMBERS,
    defaults,
    named,
    named_together,
    pair_labels,
    pair_thresholds,
    size,
)
from bench.scoring.trace import EpisodeTrace

PAIR = 0
"""Of the regression's pairs of terms."""


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint whose error goes with speed and direction, not told which."""
    if not trace.is_scored:
        return []
    flags = named_together(trace, PAIR, settings)
    flags &= ~named(trace, DIRECTION, defaults(friction_like.RULE.thresholds))
    return pair_labels(trace, RULE.name, PAIR, flags)


RULE = Rule(
    name="speed_related",
    meaning="an error goes with speed and direction of motion, and dry friction alone is not told",
    signal="error and reference of rows on which the arm moves",
    thresholds=pair_thresholds(
        size(
            0.020,
            "two runs of one motion differ by 14 mrad at most; their tail: 0.09 motions an hour",
        ),
        Threshold(5.0, "1", "above 4.4, where a drift passes for it in generated moves by steps"),
    ),
    numbers=PAIR_NUMBERS,
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a; 5 on delayed echo, which knows no friction"
    ),
    find=find,
    size=Size("size", "size"),
)
