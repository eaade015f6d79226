"""`twinbench ingest`."""

from __future__ import annotations

import click

from bench.cli.main import workspace
from bench.cli.progress import bar


@click.command()
@click.argument("dataset")
@click.pass_context
def command(context: click.Context, dataset: str) -> None:
    """Read a dataset's logs into an episode store.

    The logs are read as they are: a malformed line or a clock that does not rise is a problem
    that names file and line, and nothing is written. What is odd and tolerated stands in
    ingest.json.
    """
    from bench.datasets.ingest import ingest_dataset

    with bar(f"ingest {dataset}", "recordings") as progress:
        record = ingest_dataset(workspace(context).dataset(dataset), progress)
    click.echo(f"{dataset}: {record['episodes']} episodes, {record['rows']} rows")
    if record["counts"]:
        listed = ", ".join(f"{code} {count}" for code, count in record["counts"].items())
        click.echo(f"{dataset}: {len(record['warnings'])} warnings in ingest.json: {listed}")
