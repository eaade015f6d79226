"""How much of a result failed; where nothing has a label, where most of the error is left."""

from __future__ import annotations

from collections.abc import Sequence

from bench.io.documents import Document
from bench.publish.explain.sentences import listed
from bench.publish.report.numbers import number
from bench.scoring.metrics.registry import HEADLINE, metric


def summary(
    result: Document, records: Sequence[Document], again: Document | None, episode: str | None
) -> str:
    """The first sentence of an explanation.

    Args:
        result: the result.
        records: the episodes of it that are looked at.
        again: the result of the robot's further runs, where it may be held beside this one.
        episode: the id of the one episode that is looked at; None for all.
    """
    if episode is None:
        return _of_all(result, records, again)
    known = [record for record in records if record["metrics"][HEADLINE] is not None]
    if not known:
        return "No row of this episode is scored."
    values = [record["metrics"][HEADLINE] for record in known]
    size = f"{HEADLINE} {_shown(sum(values) / len(values))}"
    kinds = {label["label"] for label in result["labels"] if label["episode"] == episode}
    if kinds:
        return f"{size}; labels: {listed(sorted(kinds))}."
    return f"{size}; no label: {_left(result, known, again, episode)}"


def _of_all(result: Document, records: Sequence[Document], again: Document | None) -> str:
    ids = {record["id"] for record in records}
    if not ids:
        return "No episode is scored."
    size = f"{HEADLINE} {_shown(result['metrics'][HEADLINE]['value'])}"
    labelled = {label["episode"] for label in result["labels"]} & ids
    counted = "1 episode" if len(ids) == 1 else f"{len(ids)} episodes"
    if not labelled:
        return f"{size}; no label in {counted}: {_left(result, records, again, None)}"
    have = "has" if len(labelled) == 1 else "have"
    return f"{size}; {len(labelled)} of {counted} {have} a label."


def _left(
    result: Document, records: Sequence[Document], again: Document | None, episode: str | None
) -> str:
    """Where an error is largest that no rule names, beside a further run of the robot."""
    below = "what is left is below the thresholds of all rules"
    known = [record for record in records if record["metrics"][HEADLINE] is not None]
    if not known:
        return f"{below}."
    worst = max(known, key=lambda record: float(record["metrics"][HEADLINE]))
    named = [] if episode else [f"in {worst['id']} ({_shown(worst['metrics'][HEADLINE])})"]
    angles = {
        joint: value
        for joint, value in worst["joints"].items()
        if value is not None and result["joints"][joint]["unit"] == "rad"
    }
    if angles:
        joint = max(angles, key=lambda each: float(angles[each]))
        named.append(f"at {joint} ({_shown(angles[joint])})")
    told = f"{below}; it is largest {', '.join(named)}." if named else f"{below}."
    robot = [
        record["metrics"][HEADLINE]
        for record in (again or {"episodes": []})["episodes"]
        if record["id"] == worst["id"] and record["metrics"][HEADLINE] is not None
    ]
    if not robot:
        return told
    runs = "A further run of the robot has" if len(robot) == 1 else "Further runs of the robot have"
    return f"{told} {runs} {_shown(sum(robot) / len(robot))} in this motion."


def _shown(value: float | None) -> str:
    shown = metric(HEADLINE)
    return f"{number(value, shown.shown_factor)} {shown.shown_unit}"
