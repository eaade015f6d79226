"""Errors that go with the torque of gravity, as those of another load or gain do."""

from __future__ import annotations

from collections.abc import Mapping

from bench.formulas.joint_regression import GRAVITY
from bench.scoring.labels.label import Label, Rule, Size
from bench.scoring.labels.terms import NUMBERS, named, size, term_labels, thresholds
from bench.scoring.trace import EpisodeTrace


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint whose error goes with the torque of gravity."""
    if not trace.is_scored:
        return []
    return term_labels(trace, RULE.name, GRAVITY, named(trace, GRAVITY, settings))


RULE = Rule(
    name="gravity_like",
    meaning="a joint sags or is held up as gravity pulls at it",
    signal="error and reference of rows on which the arm moves; masses of the links",
    thresholds=thresholds(
        size(
            0.012,
            "two runs of one motion differ by 4.7 mrad at most; their tail: 0.12 motions an hour",
        )
    ),
    numbers={"coefficient": "rad/(N m), error per torque of gravity", **NUMBERS},
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a; 4 on delayed echo, which knows no gravity, on the shoulder lift"
    ),
    find=find,
    size=Size("size", "size"),
)
