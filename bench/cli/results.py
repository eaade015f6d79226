"""How a result is printed."""

from __future__ import annotations

from collections import Counter

import click

from bench.cli.main import printable
from bench.io.documents import Document, dump


def print_result(result: Document, *, as_json: bool) -> None:
    """Print a result as lines for people or as JSON."""
    from bench.leaderboard.episodes import counts
    from bench.scoring.metrics.registry import METRICS

    if as_json:
        click.echo(dump(result), nl=False)
        return
    entry, dataset = result["entry"], result["dataset"]
    click.echo(f"{printable(entry['name'])} on {dataset['name']} ({dataset['kind']})")
    over, whole = counts(result), result["coverage"]["episodes"]
    for found in METRICS:
        text = shown(result["metrics"][found.name], found.shown_factor, found.shown_unit)
        some = 0 < over[found.name] < whole
        _line(found.name, f"{text}, over {over[found.name]} of {whole} episodes" if some else text)
    if len(result["arms"]) > 1:
        for arm, estimates in result["arms"].items():
            _line(f"arm {arm}", _arm(estimates))
    _line("divergence", result["divergence"]["verdict"] or "none: its growth has no interval")
    _line("scored", _scored(result["coverage"]))
    counted = Counter(label["label"] for label in result["labels"])
    labels = ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))
    _line("labels", labels or "none")


def _line(name: str, text: str) -> None:
    click.echo(printable(f"  {name:<20} {text}"))


def _arm(estimates: Document) -> str:
    from bench.scoring.metrics.registry import metric

    parts = []
    for name, estimate in estimates.items():
        found, value = metric(name), estimate["value"]
        number = "none" if value is None else f"{found.shown_factor * value:.3f}"
        parts.append(f"{name} {number} {found.shown_unit}")
    return ", ".join(parts)


def _scored(coverage: Document) -> str:
    from bench.leaderboard.episodes import share_masked
    from bench.scoring.result import share_scored

    text = f"{coverage['episodes_scored']} of {coverage['episodes']} episodes"
    text += f", {100 * share_scored(coverage):.1f} % of the time"
    masked = share_masked(coverage)
    return f"{text}; {100 * masked:.1f} % is masked" if masked > 0 else text


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
