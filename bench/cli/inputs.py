"""`twinbench inputs`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.main import workspace
from bench.cli.outputs import check_output, output_option
from bench.cli.progress import bar


@click.command()
@click.argument("dataset")
@output_option("Folder to write.")
@click.pass_context
def command(context: click.Context, dataset: str, output: Path, overwrite: bool) -> None:
    """Hand out a dataset's holdout inputs, its robot, and a template of entry.json."""
    from bench.publish.handout import OWN, hand_out

    check_output(output, folder=True, overwrite=overwrite, own=OWN)
    with bar("inputs", "episodes") as progress:
        number = hand_out(workspace(context), dataset, output, progress)
    click.echo(f"{dataset}: {number} episodes in {output}; read {output / 'README.txt'}")
