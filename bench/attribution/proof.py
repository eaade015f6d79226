"""How well causes of faults that were put in are found, and how honest their probabilities are."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.attribution.causes import Conclusion
from bench.attribution.hypothesis import HYPOTHESES
from bench.io.documents import Document

UNDETERMINED = "undetermined"
NONE = "none"
"""The fault that is none: whatever is said of it is wrong, but `undetermined`."""
EDGES = (0.0, 0.5, 0.7, 0.9, 0.97, 1.0)
"""Of the probabilities that are counted together."""
LEAST = 1e-9
"""A probability below counts as this."""


@dataclass(frozen=True)
class Answer:
    """What is said of one episode whose cause is known.

    Attributes:
        truth: name of the true hypothesis, or `NONE`.
        conclusion: what attribution says.
        probabilities: of every hypothesis.
    """

    truth: str
    conclusion: Conclusion
    probabilities: Mapping[str, float]

    @property
    def names(self) -> tuple[str, ...]:
        """The hypotheses of the first cause; none where it is not determined."""
        if self.conclusion.verdict == UNDETERMINED:
            return ()
        return tuple(m.hypothesis.name for m in self.conclusion.causes[0].members)

    @property
    def said(self) -> str:
        """The true one if it is among those, else the most probable of them."""
        if self.truth in self.names:
            return self.truth
        return max(self.names, key=lambda n: self.probabilities[n], default=UNDETERMINED)


def prove(answers: Sequence[Answer]) -> Document:
    """Count causes that are right, wrong and missing, and hold probabilities against them.

    A set is right if the true cause is in it; how many sets were given stands beside. An episode
    without a determined cause is missing from its true one, and wrong nowhere.
    """
    confusion: dict[str, Counter[str]] = {}
    for answer in answers:
        confusion.setdefault(answer.truth, Counter())[answer.said] += 1
    known = [each.name for each in HYPOTHESES]
    causes = {name: _shares(name, answers) for name in known if name in confusion}
    scores = [each["f1"] for each in causes.values()]
    own = [answer for answer in answers if answer.truth != NONE]
    losses = [-math.log(max(a.probabilities[a.truth], LEAST)) for a in own]
    return {
        "confusion": {
            truth: {"episodes": counted.total(), "found": dict(sorted(counted.items()))}
            for truth, counted in confusion.items()
        },
        "causes": causes,
        "macro_f1": math.fsum(scores) / len(scores) if scores else None,
        "log_score": math.fsum(losses) / len(losses) if losses else None,
        "chance": math.log(len(known)),
        "reliability": _reliability(answers),
        "outside": _outside(answers),
    }


def _shares(name: str, answers: Sequence[Answer]) -> Document:
    right = sum(a.truth == name == a.said for a in answers)
    wrong = sum(a.truth != name == a.said for a in answers)
    missing = sum(a.truth == name != a.said for a in answers)
    return {
        "right": right,
        "wrong": wrong,
        "missing": missing,
        "undetermined": sum(a.truth == name and a.said == UNDETERMINED for a in answers),
        "sets": sum(a.truth == name and len(a.names) > 1 for a in answers),
        "precision": right / (right + wrong) if right + wrong else None,
        "recall": right / (right + missing),
        "f1": 2 * right / (2 * right + wrong + missing),
    }


def _reliability(answers: Sequence[Answer]) -> list[Document]:
    """How often first causes are right, of those that are about as probable."""
    rows = []
    for low, high in itertools.pairwise(EDGES):
        inside = [
            (a.conclusion.causes[0].probability, _first_is_right(a))
            for a in answers
            if low < a.conclusion.causes[0].probability <= (high if high < 1 else math.inf)
        ]
        if inside:
            number = len(inside)
            mean = math.fsum(p for p, _ in inside) / number
            share = sum(right for _, right in inside) / number
            row = {"low": low, "high": high, "episodes": number}
            rows.append({**row, "probability": min(mean, 1.0), "right": share})
    return rows


def _first_is_right(answer: Answer) -> bool:
    """Whether the true cause is in the first one, however uncertain that is."""
    members = answer.conclusion.causes[0].members
    return answer.truth in {member.hypothesis.name for member in members}


def _outside(answers: Sequence[Answer]) -> Document:
    """Of causes that were found right: whether they were said to be outside their range."""
    found: dict[str, Counter[str]] = {}
    for answer in answers:
        if answer.truth not in answer.names:
            continue
        (member,) = (
            m for m in answer.conclusion.causes[0].members if m.hypothesis.name == answer.truth
        )
        if member.hypothesis.simulated:
            found.setdefault(answer.truth, Counter())[member.outside] += 1
    return {
        name: {word: counted[word] for word in ("yes", "no", "unknown")}
        for name, counted in found.items()
    }
