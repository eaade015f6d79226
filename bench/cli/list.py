"""`twinbench list`."""

from __future__ import annotations

from collections.abc import Sequence

import click

from bench.cli.columns import columns
from bench.cli.main import workspace
from bench.io.documents import Document
from bench.io.workspace import Workspace

WHAT = ("datasets", "episodes", "entries")


@click.command()
@click.argument("what", type=click.Choice(WHAT), default="datasets")
@click.argument("dataset", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(context: click.Context, what: str, dataset: str | None, as_json: bool) -> None:
    """List datasets, or the episodes or entries of one DATASET.

    Episodes of the holdout are listed as their inputs; the truth is not shown.
    """
    import json

    if what != "datasets" and dataset is None:
        names = ", ".join(workspace(context).datasets())
        raise click.UsageError(f"list {what} needs a dataset; valid: {names}")
    if what == "datasets" and dataset is not None:
        raise click.UsageError("list datasets takes no dataset")
    records = _records(workspace(context), what, dataset or "")
    if as_json:
        click.echo(json.dumps(records, indent=1))
    else:
        for line in columns(_readable(records) if what == "entries" else records):
            click.echo(line)


def _records(place: Workspace, what: str, dataset: str) -> list[Document]:
    from bench.publish import listing

    match what:
        case "datasets":
            return listing.datasets(place)
        case "episodes":
            return listing.episodes(place.dataset(dataset))
        case _:
            return listing.entries(place.dataset(dataset))


def _readable(entries: Sequence[Document]) -> list[Document]:
    """Entries with the headline in the unit of the tables."""
    from bench.leaderboard.tables import NOTHING, shown
    from bench.scoring.metrics.registry import HEADLINE, metric

    headline = metric(HEADLINE)
    rows = []
    for entry in entries:
        value = entry[HEADLINE]
        text = NOTHING if value is None else shown(headline.shown_factor * value)
        others = {key: inner for key, inner in entry.items() if key != HEADLINE}
        rows.append({**others, f"{HEADLINE} [{headline.shown_unit}]": text})
    return rows
