"""`twinbench validate`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.main import printable, workspace


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.option("--dataset", help="Dataset to check against; default: the one that entry.json names.")
@click.pass_context
def command(context: click.Context, folder: Path, dataset: str | None) -> None:
    """List every problem of the entry in FOLDER, each with what was expected and what came.

    Needs the holdout inputs and the lock alone, not the truth. Then come the findings of the
    leakage guard.
    """
    from bench.entries.checking import checked_entry, dataset_of_entry
    from bench.guard.flow import guard_package, said

    place = workspace(context)
    paths = place.dataset(dataset) if dataset else dataset_of_entry(place, folder)
    entry = checked_entry(place, paths, folder)
    rows = int(entry.episodes.start[-1])
    title = printable(entry.document["name"])
    click.echo(f"{title}: valid, {len(entry.episodes)} episodes, {rows} rows, {entry.hash[:12]}")
    for finding in guard_package(place, paths, {**entry.documents, "entry": entry.document}):
        click.echo(printable(f"{title}: {said(finding)}"))
