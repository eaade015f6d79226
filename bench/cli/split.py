"""`twinbench split`."""

from __future__ import annotations

import click

from bench.cli.main import workspace


@click.command()
@click.argument("dataset")
@click.pass_context
def command(context: click.Context, dataset: str) -> None:
    """Take a dataset apart: calibration, validation, holdout inputs, holdout truth.

    Writes four stores, holdout.lock.json and guard.json with what the leakage guard found.
    """
    from bench.guard.splitting import split_dataset

    guard = split_dataset(workspace(context).dataset(dataset))
    for check in guard["checks"]:
        click.echo(
            f"{dataset}: {check['name']}: {check['meaning']} ({check['looked_at']} compared)"
        )
    for finding in guard["findings"]:
        click.echo(
            f"{dataset}: {finding['certainty']} finding {finding['code']}: {finding['evidence']}"
        )
    click.echo(f"{dataset}: {len(guard['findings'])} findings")
