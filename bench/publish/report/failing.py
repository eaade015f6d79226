"""The section on what fails: the labels by kind and place, and whether the robot fails likewise."""

from __future__ import annotations

from bench.io.documents import Document
from bench.leaderboard.profile import profile_of
from bench.leaderboard.shared_failures import shared_failures
from bench.publish.report import html
from bench.publish.report.html import Html
from bench.publish.report.numbers import number, per_cent, with_interval
from bench.scoring.labels.registry import RULES

ANCHOR = "fails"
TITLE = "What fails"


def failing_section(result: Document) -> Html:
    """Labels by kind, arm and joints; and failures of robot and entry side by side."""
    return html.joined(html.heading(2, TITLE, ANCHOR), _profile(result), _shared(result))


def _profile(result: Document) -> Html:
    items = profile_of(result)
    scored = sum(record["rows_scored"] > 0 for record in result["episodes"])
    if not items:
        return html.paragraph(f"No label in {scored} scored episodes.")
    several = len(result["arms"]) > 1
    meanings = {rule.name: rule.meaning for rule in RULES}
    rows = [
        [
            item["label"],
            *([item["arm"]] if several else []),
            f"{item['episodes']}, {per_cent(item['episodes'], scored)}",
            number(item["strength"]),
            ", ".join(f"{joint} {count}" for joint, count in item["joints"].items()),
            meanings.get(item["label"], ""),
        ]
        for item in items
    ]
    arms = ["arm"] if several else []
    headings = ["label", *arms, "episodes", "median strength", "joints, episodes", "meaning"]
    return html.table("Labels, the most frequent first", headings, rows, prose=2)


def _shared(result: Document) -> Html:
    found = shared_failures(result)
    if found is None:
        return Html()
    rows = [
        [
            name,
            str(failure["reference"]),
            str(failure["entry"]),
            str(failure["both"]),
            with_interval(failure["kappa"]),
        ]
        for name, failure in found["failures"].items()
        if failure["reference"] or failure["entry"]
    ]
    title = html.heading(3, "Whether it fails where the robot does")
    if not rows:
        text = "Neither the robot nor the entry fails against its command in any episode."
        return html.joined(title, html.paragraph(text))
    caption = "Episodes with a failure against the command, and Cohen's kappa over episodes"
    table = html.table(caption, ["failure", "robot", "entry", "both", "kappa"], rows)
    alike = found["distribution"]
    ends = "" if alike["low"] is None else f" ({number(alike['low'])} to {number(alike['high'])})"
    text = (
        f"1 minus the Jensen-Shannon divergence of what kinds of failures both have: "
        f"{number(alike['value'])}{ends}."
    )
    return html.joined(title, table, html.paragraph(text))
