"""How a result is printed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from bench.cli.main import printable
from bench.io.documents import Document, dump

if TYPE_CHECKING:
    from bench.scoring.metrics.metric import Metric

COVERAGE = "coverage"
"""The metric that stands beside the share of all time, and is another mean."""


def print_result(result: Document, *, as_json: bool) -> None:
    """Print a result, full or released, as lines for people or as JSON."""
    from bench.leaderboard.episodes import counts
    from bench.scoring.metrics.registry import METRICS

    if as_json:
        click.echo(dump(result), nl=False)
        return
    entry, dataset = result["entry"], result["dataset"]
    click.echo(f"{printable(entry['name'])} on {dataset['name']} ({dataset['kind']})")
    over, whole = counts(result), result["coverage"]["episodes"]
    for found in METRICS:
        text = _estimate(result["metrics"][found.name], found)
        if found.name == COVERAGE and over[found.name]:
            text += "  mean of the episodes' shares"
        some = 0 < over[found.name] < whole
        _line(found.name, f"{text}, over {over[found.name]} of {whole} episodes" if some else text)
    if len(result["arms"]) > 1:
        for arm, estimates in result["arms"].items():
            _line(f"arm {arm}", _arm(estimates))
    _line("fit, validation", _errors(result))
    _line("divergence", result["divergence"]["verdict"] or "none: its growth has no interval")
    _line("scored", _scored(result["coverage"]))
    labels = ", ".join(f"{name} {count}" for name, count in sorted(_labels(result).items()))
    _line("labels", labels or "none")


def _labels(result: Document) -> Mapping[str, int]:
    """How often each label stands; of a released result in how many episodes."""
    labels = result["labels"]
    return labels if isinstance(labels, dict) else Counter(label["label"] for label in labels)


def _line(name: str, text: str) -> None:
    click.echo(printable(f"  {name:<20} {text}"))


def _errors(result: Document) -> str:
    """The errors of the provenance record, and whose word they are."""
    from bench.leaderboard.tables import shown

    errors = result.get("errors")
    if errors is None:
        return "none: no provenance record"
    numbers = ["none" if v is None else f"{shown(1e3 * v)} mrad" for v in errors.values()]
    whose = "" if result["status"] == "pipeline" else "  (the lab's word)"
    return ", ".join(numbers) + whose


def _arm(estimates: Document) -> str:
    from bench.scoring.metrics.registry import metric

    parts = []
    for name, estimate in estimates.items():
        text = "none" if estimate["value"] is None else _number(estimate["value"], metric(name))
        parts.append(f"{name} {text}")
    return ", ".join(parts)


def _scored(coverage: Document) -> str:
    from bench.leaderboard.episodes import share_masked
    from bench.scoring.result import share_scored

    text = f"{coverage['episodes_scored']} of {coverage['episodes']} episodes"
    text += f", {100 * share_scored(coverage):.2f} % of all time together"
    masked = share_masked(coverage)
    return f"{text}; {100 * masked:.2f} % is masked" if masked > 0 else text


def print_headline(result: Document) -> None:
    """Print a result's headline as one line."""
    from bench.scoring.metrics.registry import HEADLINE, metric

    text = _estimate(result["metrics"][HEADLINE], metric(HEADLINE)).strip()
    name = printable(result["entry"]["name"])
    click.echo(f"{result['dataset']['name']} {name}: {HEADLINE} {text}")


def _estimate(estimate: Document, of: Metric) -> str:
    """A number with its unit and interval, or why there is none."""
    from bench.leaderboard.tables import shown

    if estimate["value"] is None:
        return f"none: {estimate['reason']}"
    text = _number(estimate["value"], of, 9)
    if estimate["low"] is None:
        return f"{text}  (no interval: {estimate['reason']})"
    low, high = (shown(of.shown_factor * estimate[end]) for end in ("low", "high"))
    return f"{text}  [{low}, {high}]"


def _number(value: float, of: Metric, width: int = 0) -> str:
    """A value in the unit of the tables; a pure number stands alone."""
    from bench.leaderboard.tables import shown

    text = f"{shown(of.shown_factor * value):>{width}}"
    return text if of.shown_unit == "1" else f"{text} {of.shown_unit}"
