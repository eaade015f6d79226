"""`twinbench rollout`."""

from __future__ import annotations

import click

from bench.cli.main import workspace
from bench.cli.progress import bar


@click.command()
@click.argument("dataset")
@click.argument("entry")
@click.pass_context
def command(context: click.Context, dataset: str, entry: str) -> None:
    """Let the twin ENTRY predict the holdout from its inputs alone, and write its entry folder."""
    from bench.twins.rollout import rollout

    place = workspace(context)
    with bar(f"rollout {entry}") as progress:
        rollout(place, dataset, entry, progress)
    click.echo(f"{dataset} {entry}: {place.relative(place.dataset(dataset).rollout(entry))}")
