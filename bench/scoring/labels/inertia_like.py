"""Errors that go with acceleration, as those of another inertia do."""

from __future__ import annotations

from collections.abc import Mapping

from bench.formulas.joint_regression import ACCELERATION
from bench.scoring.labels.label import Label, Rule, Size
from bench.scoring.labels.terms import NUMBERS, named, size, term_labels, thresholds
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint whose error goes with acceleration."""
    if not trace.is_scored:
        return []
    return term_labels(trace, RULE.name, ACCELERATION, named(trace, ACCELERATION, settings))


RULE = Rule(
    name="inertia_like",
    meaning="a joint runs ahead or stays behind as it accelerates",
    signal="error and reference of rows on which the arm moves",
    thresholds=thresholds(
        size(
            0.015,
            "two runs of one motion differ by 7.8 mrad at most; their tail: 0.02 motions an hour",
        )
    ),
    numbers={"coefficient": "s², error per acceleration", **NUMBERS},
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a and in 0.67 h of delayed echo; 2 on command echo, 6 on an echo after 200 ms"
    ),
    find=find,
    size=Size("size", "size"),
)
