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
    that names file and line, and nothing is written.
    """
    from bench.datasets.ingest import ingest, raw_folder
    from bench.io.store import write_store

    paths = workspace(context).dataset(dataset)
    document = paths.document()
    with bar(f"ingest {dataset}", "recordings") as progress:
        episodes = ingest(document, raw_folder(paths, document), progress)
    write_store(paths.episodes, episodes)
    click.echo(f"{dataset}: {len(episodes)} episodes, {int(episodes.start[-1])} rows")
