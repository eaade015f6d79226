"""The section of one episode: four panels, joints, events and labels, each with its numbers."""

from __future__ import annotations

import functools

import numpy as np

from bench.io.documents import Document
from bench.publish.report import html
from bench.publish.report.data import EpisodeData
from bench.publish.report.figures import events, four_panels, joints
from bench.publish.report.html import Html
from bench.publish.report.numbers import (
    NONE,
    joint_units,
    label_number,
    number,
    per_cent,
    with_unit,
)
from bench.publish.report.pictures import Pictures, file_name
from bench.scoring.metrics.registry import HEADLINE, METRICS, metric


def anchor(number_: int) -> str:
    """The place of an episode on the page, by its place in the result."""
    return f"episode-{number_}"


def section(episode: EpisodeData, place: str, pictures: Pictures) -> Html:
    """Everything about one episode.

    Args:
        episode: its arrays.
        place: why it is shown, such as its place from the worst.
        pictures: where figures go.
    """
    return html.joined(
        html.heading(2, f"Episode {episode.id}", anchor(episode.number)),
        html.paragraph(_facts(episode, place)),
        html.heading(3, "Errors over time"),
        _panels(episode, pictures),
        html.heading(3, "Joints"),
        _joints(episode, pictures),
        _events(episode, pictures),
        html.heading(3, "Labels"),
        _labels(episode),
    )


def _facts(episode: EpisodeData, place: str) -> str:
    record = episode.record
    headline, value = metric(HEADLINE), record["metrics"][HEADLINE]
    facts = [
        place,
        ""
        if value is None
        else f"{HEADLINE} {number(value, headline.shown_factor)} {headline.shown_unit}",
        f"run {record['run']}",
        f"group {record['group']}",
        f"{record['time']:.1f} s, {record['rows']} rows",
        f"{per_cent(record['time_scored'], record['time'])} of the time scored",
    ]
    if record["rows_masked"]:
        facts.append(f"{record['rows_masked']} rows masked by the reference")
    if episode.failed_at is not None:
        facts.append(f"the simulator broke at {episode.failed_at:.2f} s")
    return "; ".join(fact for fact in facts if fact) + "."


def _panels(episode: EpisodeData, pictures: Pictures) -> Html:
    record = episode.record
    told = ", ".join(
        f"{with_unit(metric(name))} {number(record['metrics'][name], metric(name).shown_factor)}"
        for name in ("rmse_norm_median", "rmse_norm_p95", "position_rmse", "orientation_rmse")
    )
    figure = pictures.add(
        f"{file_name(episode.number, episode.id)}-panels",
        functools.partial(four_panels.draw, episode),
        f"Four panels for episode {episode.id}: normalised RMSE, tool position error and "
        f"tool orientation error over time, and the distribution of the normalised RMSE. {told}.",
        "Normalised RMSE of the joints in per cent of their ranges, distance and angle of the "
        "tool, and the distribution of the normalised RMSE over the scored time.",
    )
    rows = []
    for shown in METRICS:
        name = shown.name
        if record["metrics"].get(name) is None:
            continue
        cells = [number(record["metrics"][name], shown.shown_factor)]
        if len(episode.arms) > 1:
            by_arm = (record["arms"][arm].get(name) for arm in episode.arms)
            cells += [number(value, shown.shown_factor) for value in by_arm]
        rows.append([with_unit(shown), *cells])
    arms = episode.arms if len(episode.arms) > 1 else ()
    return html.beside(
        figure,
        html.table(f"Errors of {episode.id}", ["metric", "overall", *arms], rows),
        _reasons(record),
    )


def _reasons(record: Document) -> Html:
    """Why metrics are null."""
    reasons = record["reasons"]
    if not reasons:
        return Html()
    items = [f"{name}: {reason}" for name, reason in sorted(reasons.items())]
    return html.folded(f"{len(items)} metrics without a value", html.listing(items))


def _joints(episode: EpisodeData, pictures: Pictures) -> Html:
    record, counted = episode.record, episode.scored
    names = ", ".join(joint.name for joint in episode.joints)
    labelled = any(joints.names(x, joint) for x in episode.labels for joint in episode.joints)
    bars = " Bars above a joint are the intervals of labels that name it." if labelled else ""
    figure = pictures.add(
        f"{file_name(episode.number, episode.id)}-joints",
        functools.partial(joints.draw, episode),
        f"Measured, commanded and predicted position of every joint of episode {episode.id} over "
        f"time, with the error below each: {names}.",
        "Positions, and below each the error (predicted minus measured)." + bars,
    )
    rows = []
    for column, joint in enumerate(episode.joints):
        _, _, unit, factor = joint_units(joint.unit)
        sizes = np.abs(episode.error[counted, column])
        largest = float(sizes.max()) if counted.any() else None
        mean = _mean(episode, column)
        rows.append(
            [
                joint.name,
                *([joint.arm] if len(episode.arms) > 1 else []),
                number(record["joints"].get(joint.name), factor),
                number(mean, factor),
                number(largest, factor),
                unit,
                "yes" if joint.scored else "no",
            ]
        )
    arms = ["arm"] if len(episode.arms) > 1 else []
    headings = ["joint", *arms, "RMSE", "mean", "largest", "unit", "scored"]
    return html.beside(figure, html.table(f"Joint errors of {episode.id}", headings, rows))


def _mean(episode: EpisodeData, column: int) -> float | None:
    whole = float(np.add.reduce(episode.weights))
    if whole <= 0:
        return None
    return float(np.add.reduce(episode.weights * episode.error[:, column])) / whole


def _events(episode: EpisodeData, pictures: Pictures) -> Html:
    """Figure and numbers; a sentence where nothing happened; nothing where none is declared."""
    found: list[Document] = episode.record["events"]
    title = html.heading(3, "Events")
    if not found:
        return Html()
    if not any(event["reference"] or event["predicted"] for event in found):
        names = ", ".join(event["name"] for event in found)
        return html.joined(title, html.paragraph(f"Neither reference nor entry has any: {names}."))
    rows = [_event_row(event) for event in found]
    told = "; ".join(f"{row[0]}: {row[3]} of {row[1]} matched" for row in rows)
    figure = pictures.add(
        f"{file_name(episode.number, episode.id)}-events",
        functools.partial(events.draw, episode),
        f"Times of the events of episode {episode.id}, in the reference and as predicted. {told}.",
        "Above its line when an event happened, below it when the entry says so; matched pairs "
        "are joined, what has no partner is crossed.",
    )
    headings = ["event", "reference", "predicted", "matched", "missed", "extra", "mean |Δt| [s]"]
    table = html.table(f"Events of {episode.id}", headings, rows)
    return html.joined(title, figure, table)


def _event_row(event: Document) -> list[str]:
    happened, said, matched = event["reference"], event["predicted"], event["matched"]
    apart = [abs(said[j] - happened[i]) for i, j in matched]
    return [
        event["name"],
        str(len(happened)),
        str(len(said)),
        str(len(matched)),
        str(len(happened) - len(matched)),
        str(len(said) - len(matched)),
        number(sum(apart) / len(apart)) if apart else NONE,
    ]


def _labels(episode: EpisodeData) -> Html:
    if not episode.labels:
        return html.paragraph("None.")
    rows = [
        [
            label["label"],
            *([label["arm"]] if len(episode.arms) > 1 else []),
            ", ".join(label["joints"]),
            "{:.2f} to {:.2f}".format(*label["interval"]),
            number(label["strength"]),
            ", ".join(
                f"{name} {label_number(label['label'], name, value)}"
                for name, value in label["numbers"].items()
            ),
        ]
        for label in episode.labels
    ]
    arms = ["arm"] if len(episode.arms) > 1 else []
    headings = ["label", *arms, "joints", "interval [s]", "strength", "numbers"]
    return html.table(f"Labels of {episode.id}", headings, rows, prose=1)
