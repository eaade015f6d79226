"""Errors that go with the posture, and are told to be neither gravity nor a gain alone."""

from __future__ import annotations

from collections.abc import Mapping

from bench.formulas.joint_regression import GRAVITY, POSITION
from bench.scoring.labels import gain, gravity_like
from bench.scoring.labels.label import Label, Rule, Size
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

PAIR = 1
"""Of the regression's pairs of terms."""


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint whose error goes with gravity and position, not told which."""
    if not trace.is_scored:
        return []
    flags = named_together(trace, PAIR, settings)
    flags &= ~named(trace, GRAVITY, defaults(gravity_like.RULE.thresholds))
    flags &= ~(named(trace, POSITION, defaults(gain.RULE.thresholds)) & trace.weighed)
    return pair_labels(trace, RULE.name, PAIR, flags)


RULE = Rule(
    name="posture_related",
    meaning="an error goes with the posture, and neither gravity nor a gain alone is told",
    signal="error and reference of rows on which the arm moves; masses of the links",
    thresholds=pair_thresholds(
        size(
            0.018,
            "two runs of one motion differ by 12 mrad at most; their tail: 0.06 motions an hour",
        )
    ),
    numbers=PAIR_NUMBERS,
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a; 3 on delayed echo, which knows no gravity, on elbow and shoulder lift"
    ),
    find=find,
    size=Size("size", "size"),
)
