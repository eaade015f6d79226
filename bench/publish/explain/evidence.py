"""What a result has beside its labels that bears on them: further runs, bands, rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.io.documents import Document
from bench.publish.explain.sentences import listed
from bench.publish.report.numbers import number
from bench.scoring.labels.registry import RULES

EXPECTED = 0.9
"""Share of the measured positions that the executions' band should cover."""


def further_run(repeat: Document | None, result: Document) -> Document | None:
    """The result of the robot's further runs, where it can be held beside this one.

    None where it is of another holdout or scorer, or is this one.
    """
    if repeat is None or result["status"] == "reference":
        return None
    alike = all(repeat[key] == result[key] for key in ("dataset", "scorer"))
    return repeat if alike else None


def shows_too(labels: Sequence[Document], repeat: Document | None) -> tuple[int, int]:
    """In how many of the labels' episodes a further run has the same label, and how many it has.

    The same: of that name, with a joint in common, at the same time.
    """
    if repeat is None:
        return 0, 0
    ran = {record["id"] for record in repeat["episodes"] if record["rows_scored"] > 0}
    ran &= {label["episode"] for label in labels}
    shown = {
        label["episode"]
        for label in labels
        if any(_same(label, other) for other in repeat["labels"])
    }
    return len(ran & shown), len(ran)


def _same(label: Document, other: Document) -> bool:
    return (
        all(label[key] == other[key] for key in ("label", "episode", "arm"))
        and bool(set(label["joints"]) & set(other["joints"]))
        and label["interval"][0] <= other["interval"][1]
        and other["interval"][0] <= label["interval"][1]
    )


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
