"""`twinbench inputs`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.main import workspace
from bench.cli.progress import bar


@click.command()
@click.argument("dataset")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder to write; replaced if it exists.",
)
@click.pass_context
def command(context: click.Context, dataset: str, output: Path) -> None:
    """Hand out a dataset's holdout inputs, its robot, and a template of entry.json."""
    from bench.publish.handout import hand_out

    with bar("inputs", "episodes") as progress:
        number = hand_out(workspace(context), dataset, output, progress)
    click.echo(f"{dataset}: {number} episodes in {output}; read {output / 'README.txt'}")
