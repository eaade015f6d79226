"""`twinbench unseal`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.key_option import given_key, key_option
from bench.cli.main import workspace
from bench.cli.outputs import check_output


@click.command()
@click.argument("dataset")
@key_option
@click.option("--overwrite", is_flag=True, help="Replace a truth that lies there.")
@click.pass_context
def command(context: click.Context, dataset: str, key_file: Path | None, overwrite: bool) -> None:
    """Write the truth of a sealed holdout into its place in the checkout.

    Scoring does not need it: it opens the truth for as long as it reads it. With any problem
    nothing is written.
    """
    from bench.datasets.sealing.opening import unseal

    place = workspace(context)
    paths = place.dataset(dataset)
    check_output(paths.part("holdout_truth"), folder=True, overwrite=overwrite)
    store = unseal(paths, given_key(context, key_file))
    click.echo(f"{dataset}: the truth, in the open, in {place.relative(store)}")
