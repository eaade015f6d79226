"""What the rules share that name a term of the joints' regression."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bench.formulas.joint_regression import DIRECTION, PAIRS
from bench.scoring.labels.label import Label, Threshold
from bench.scoring.labels.signals import joint_label
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

PARTIAL = Threshold(0.1, "1", "given: a term is named if its partial R² is at least this")
INFLATION = Threshold(
    10.0, "1", "given: a term is named if its variance inflation is below, else the pair is"
)
EVIDENCE = Threshold(
    3.0,
    "1",
    "chosen: three standard errors, of rows that are counted as far as they are independent",
)
ALONE = Threshold(
    0.8,
    "1",
    "chosen: what remains of a term's part with its twin, and of the error over it; terms that "
    "cancel each other tell nothing",
)
PART = Threshold(
    0.1, "1", "chosen: a tenth of the variance of the joint's error; less is a matter of the model"
)


def size(value: float, source: str) -> Threshold:
    """How large a term's part of the error has to be."""
    return Threshold(value, "rad", source)


def thresholds(
    least: Threshold, inflation: Threshold = INFLATION, evidence: Threshold = EVIDENCE
) -> dict[str, Threshold]:
    """Of a rule that names one term."""
    return {
        "partial": PARTIAL,
        "inflation": inflation,
        "evidence": evidence,
        "alone": ALONE,
        "part": PART,
        "size": least,
    }


def pair_thresholds(least: Threshold, evidence: Threshold = EVIDENCE) -> dict[str, Threshold]:
    """Of a rule that names two terms together."""
    return {"partial": PARTIAL, "evidence": evidence, "alone": ALONE, "part": PART, "size": least}


NUMBERS: Mapping[str, str] = {
    "size": "rad, standard deviation of the term's part of the error",
    "partial_r2": "1, share of the squared error that all other terms leave which the term removes",
    "inflation": "1, variance inflation of the regressor",
    "evidence": "1, coefficient over its standard error",
}
PAIR_NUMBERS: Mapping[str, str] = {
    "size": "rad, standard deviation of the part of the error that goes with both terms",
    "partial_r2": "1, share of the squared error that all other terms leave which both remove",
    "evidence": "1, coefficients over their standard error",
}


def named(trace: EpisodeTrace, term: int, settings: Mapping[str, float]) -> Flags:
    """(J,) joints whose error the term explains, told from the other terms."""
    explained = trace.explained
    flags: Flags = (
        (explained.partial[:, term] >= settings["partial"])
        & (explained.inflation[:, term] < settings["inflation"])
        & (explained.evidence[:, term] >= settings["evidence"])
    )
    size, spread = explained.size[:, term], explained.spread
    alone = _alone(size, spread, settings)
    for pair, terms in enumerate(PAIRS):
        if term in terms:
            alone &= explained.pair_size[:, pair] >= settings["alone"] * size
    if term == DIRECTION:
        # A shift that was taken out is put into speed again, against the direction.
        alone |= trace.late != 0
    return flags & alone & _large(size, spread, settings)


def named_together(trace: EpisodeTrace, pair: int, settings: Mapping[str, float]) -> Flags:
    """(J,) joints whose error two terms together explain."""
    explained = trace.explained
    flags: Flags = (
        (explained.pair_partial[:, pair] >= settings["partial"])
        & (explained.pair_evidence[:, pair] >= settings["evidence"])
        & _large(explained.pair_size[:, pair], explained.spread, settings)
        & _alone(explained.pair_size[:, pair], explained.spread, settings)
    )
    return flags


def defaults(thresholds_of_rule: Mapping[str, Threshold]) -> dict[str, float]:
    """The defaults of a rule's thresholds."""
    return {name: threshold.default for name, threshold in thresholds_of_rule.items()}


def _large(part: Floats, spread: Floats, settings: Mapping[str, float]) -> Flags:
    large: Flags = (part >= settings["size"]) & (part**2 >= settings["part"] * spread**2)
    return large


def _alone(part: Floats, spread: Floats, settings: Mapping[str, float]) -> Flags:
    """Whether a part is not larger than the error itself, so that no other cancels it."""
    alone: Flags = settings["alone"] * part <= spread
    return alone


def term_labels(trace: EpisodeTrace, name: str, term: int, flags: Flags) -> list[Label]:
    """One label for each of these joints, with the numbers of one term."""
    explained = trace.explained
    found = []
    for j in np.flatnonzero(flags).tolist():
        numbers = {
            "coefficient": float(explained.coefficient[j, term]),
            "size": float(explained.size[j, term]),
            "partial_r2": float(explained.partial[j, term]),
            "inflation": float(explained.inflation[j, term]),
            "evidence": float(explained.evidence[j, term]),
        }
        found.append(_label(trace, name, j, numbers))
    return found


def pair_labels(trace: EpisodeTrace, name: str, pair: int, flags: Flags) -> list[Label]:
    """One label for each of these joints, with the numbers of two terms."""
    explained = trace.explained
    return [
        _label(
            trace,
            name,
            j,
            {
                "size": float(explained.pair_size[j, pair]),
                "partial_r2": float(explained.pair_partial[j, pair]),
                "evidence": float(explained.pair_evidence[j, pair]),
            },
        )
        for j in np.flatnonzero(flags).tolist()
    ]


def _label(trace: EpisodeTrace, name: str, column: int, numbers: dict[str, float]) -> Label:
    return joint_label(trace, name, column, numbers["size"], numbers, trace.explained.interval)
