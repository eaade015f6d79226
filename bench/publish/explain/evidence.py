"""What a result has beside its labels that bears on them: further runs, bands, rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.io.documents import Document
from bench.publish.explain.sentences import listed
from bench.publish.explain.words import WORDS
from bench.publish.report.numbers import number
from bench.scoring.labels.registry import RULES

EXPECTED = 0.9
"""Share of the measured positions that the executions' band should cover."""
AS_LARGE = 0.7
"""Of a label's size, from which on a further run of the robot shows as much."""


@dataclass(frozen=True)
class Again:
    """What the robot's further runs show of some labels.

    Attributes:
        ran: in how many of the labels' episodes there is a further run.
        same: in how many of these it has a label that is about as large, to the same side.
        less: in how many it has one that is smaller, to the same side.
    """

    ran: int = 0
    same: int = 0
    less: int = 0


def further_run(repeat: Document | None, result: Document) -> Document | None:
    """The result of the robot's further runs, where it can be held beside this one.

    None where it is of another holdout or scorer, or is this one.
    """
    if repeat is None or result["status"] == "reference":
        return None
    alike = all(repeat[key] == result[key] for key in ("dataset", "scorer"))
    return repeat if alike else None


def shows_too(labels: Sequence[Document], repeat: Document | None) -> Again:
    """What a further run shows of labels: of that name, with a joint in common, at the same time.

    Of labels with a size it also has to be to the same side, and about as large to be the same.
    """
    if repeat is None:
        return Again()
    ran = {record["id"] for record in repeat["episodes"] if record["rows_scored"] > 0}
    largest: dict[str, float] = {}
    for label in labels:
        if label["episode"] in ran:
            shares = (_share(label, other) for other in repeat["labels"] if _meet(label, other))
            before = largest.get(label["episode"], 0.0)
            largest[label["episode"]] = max(before, *shares, 0.0)
    same = sum(share >= AS_LARGE for share in largest.values())
    less = sum(0 < share < AS_LARGE for share in largest.values())
    return Again(len(largest), same, less)


def _meet(label: Document, other: Document) -> bool:
    return (
        all(label[key] == other[key] for key in ("label", "episode", "arm"))
        and bool(set(label["joints"]) & set(other["joints"]))
        and label["interval"][0] <= other["interval"][1]
        and other["interval"][0] <= label["interval"][1]
    )


def _share(label: Document, other: Document) -> float:
    """How large the other label is, of this one's size; 1 where the rule has no size."""
    words = WORDS.get(label["label"])
    sizes = [each["numbers"].get(words.size if words else None) for each in (label, other)]
    if None in sizes or sizes[0] == 0:
        return 1.0
    return float(sizes[1]) / float(sizes[0])


def the_robot(result: Document) -> Iterator[str]:
    """That there is nothing to mend, where the entry is the robot."""
    if result["status"] == "reference":
        yield "This is a further run of the robot itself: what it differs in, no twin can know."


def ranges(result: Document) -> Iterator[str]:
    """Whether the residual ranges are too narrow, where repeated executions show it."""
    covered = result["metrics"].get("band_coverage")
    if covered is None or covered["high"] is None or covered["high"] >= EXPECTED:
        return
    value = number(covered["value"], 100)
    yield (
        f"Widen the residual ranges: the executions' band covers {value} % of the measured "
        f"positions, and should cover {100 * EXPECTED:.0f} %."
    )


def rules_missing(result: Document) -> Iterator[str]:
    """Which rules the result was scored without."""
    asked = result["scorer"]["labels"]
    missing = [rule.name for rule in RULES if rule.name not in asked]
    if missing:
        yield f"Scored before these rules were there, and not looked at by them: {listed(missing)}."
