"""The sections that say what the numbers rest on: how much was scored, and where they come from."""

from __future__ import annotations

from bench.io.documents import Document
from bench.publish.report import html
from bench.publish.report.html import Html
from bench.publish.report.numbers import number, per_cent

EVENT_METRIC = "event_recall"
"""Its reason says why events are not scored."""
STATUS = {
    "pipeline": "computed by the pipeline of the benchmark",
    "self-scored": "computed by the lab that submitted it",
    "recomputed": "computed again by the organiser",
    "reference": "the robot itself",
}


def coverage_section(result: Document) -> Html:
    """How much of the reference was scored, and what was left out."""
    covered = result["coverage"]
    rows = []
    for name, rows_name, time_name in (
        ("reference", "rows", "time"),
        ("scored", "rows_scored", "time_scored"),
        ("masked by the reference", "rows_masked", "time_masked"),
    ):
        rows.append(
            [
                name,
                str(covered[rows_name]),
                per_cent(covered[rows_name], covered["rows"]),
                number(covered[time_name]),
                per_cent(covered[time_name], covered["time"]),
            ]
        )
    headings = ["part", "rows", "share", "time [s]", "share"]
    text = (
        f"{covered['episodes_scored']} of {covered['episodes']} episodes. The first row of an "
        "episode is given as input and is never scored."
    )
    events = any(record["events"] for record in result["episodes"])
    return html.joined(
        html.heading(2, "Coverage", "coverage"),
        html.table("What was scored", headings, rows),
        html.paragraph(text),
        Html() if events else html.paragraph(_no_events(result)),
    )


def _no_events(result: Document) -> str:
    """Why there are no event plots, as the result says it."""
    reasons = [record["reasons"].get(EVENT_METRIC) for record in result["episodes"]]
    told = dict.fromkeys(reason for reason in reasons if reason)
    return f"There are no event plots: {'; '.join(told) or 'no episode has events'}."


def provenance_section(result: Document) -> Html:
    """Where the numbers come from."""
    entry, dataset, scorer = result["entry"], result["dataset"], result["scorer"]
    facts = [
        ("holdout", dataset["holdout"]),
        ("entry", entry["hash"]),
        ("predictions", entry["predictions"]),
        ("robot", f"{dataset['robot']}, {result['robot_hash']}"),
        ("scorer", f"version {scorer['version']}, seed {scorer['seed']}, "
                   f"{scorer['resamples']} resamples, level {scorer['level']:g}"),
        ("status", f"{result['status']}: {STATUS[result['status']]}"),
        ("traces", result["traces"]),
        ("licence of the entry", entry["licence"]),
        ("contact", entry["contact"]),
        ("more", entry["url"]),
    ]  # fmt: skip
    items = [f"{name}: {value if value is not None else 'none'}" for name, value in facts]
    findings = [f"{f['code']} ({f['certainty']})" for f in result["findings"]]
    notes = (
        f"Hashes are SHA-256; twinbench verify {dataset['name']}/{entry['name']} recomputes the "
        "result. All numbers are those of the result; only mean and largest error of "
        "a joint are computed from the traces. Signals longer than a figure is wide are drawn by "
        "their lowest and highest values, so that no peak is lost."
    )
    return html.joined(
        html.heading(2, "Where the numbers come from", "provenance"),
        html.listing(items),
        html.paragraph("Findings: " + (", ".join(findings) or "none") + "."),
        html.paragraph(notes),
    )
