"""How a result is printed."""

from __future__ import annotations

from collections import Counter

import click

from bench.cli.main import printable
from bench.io.documents import Document, dump


def print_result(result: Document, *, as_json: bool) -> None:
    """Print a result as lines for people or as JSON."""
    from bench.scoring.metrics.registry import METRICS
    from bench.scoring.result import share_scored

    if as_json:
        click.echo(dump(result), nl=False)
        return
    entry, dataset, coverage = result["entry"], result["dataset"], result["coverage"]
    click.echo(f"{printable(entry['name'])} on {dataset['name']} ({dataset['kind']})")
    for found in METRICS:
        estimate = result["metrics"][found.name]
        click.echo(f"  {found.name:<20} {shown(estimate, found.shown_factor, found.shown_unit)}")
    share = 100 * share_scored(coverage)
    scored = f"{coverage['episodes_scored']} of {coverage['episodes']} episodes"
    click.echo(f"  {'scored':<20} {scored}, {share:.1f} % of the time")
    counted = Counter(label["label"] for label in result["labels"])
    labels = ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))
    click.echo(f"  {'labels':<20} {labels or 'none'}")


def print_headline(result: Document) -> None:
    """Print a result's headline as one line."""
    from bench.scoring.metrics.registry import HEADLINE, metric

    found = metric(HEADLINE)
    number = shown(result["metrics"][HEADLINE], found.shown_factor, found.shown_unit)
    name = printable(result["entry"]["name"])
    click.echo(f"{result['dataset']['name']} {name}: {HEADLINE} {number.strip()}")


def shown(estimate: Document, factor: float, unit: str) -> str:
    """A number with its interval and unit, or why there is none."""
    if estimate["value"] is None:
        return f"none: {estimate['reason']}"
    text = f"{factor * estimate['value']:8.3f} {unit}"
    if estimate["low"] is None:
        return f"{text}  (no interval: {estimate['reason']})"
    return f"{text}  [{factor * estimate['low']:.3f}, {factor * estimate['high']:.3f}]"
