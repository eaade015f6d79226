"""`twinbench repeatability`."""

from __future__ import annotations

import click

from bench.cli.main import workspace


@click.command()
@click.argument("dataset")
@click.pass_context
def command(context: click.Context, dataset: str) -> None:
    """Score the robot's further runs of the holdout motions, as they are and shift removed."""
    from bench.cli.results import print_headline
    from bench.io.atomic import Transaction
    from bench.io.documents import dump
    from bench.scoring.repeatability import repeatability

    place = workspace(context)
    paths = place.dataset(dataset)
    results = repeatability(place, paths)
    with Transaction() as transaction:
        for name, result in results.items():
            transaction.write_text(paths.board / f"{name}.json", dump(result))
    for result in results.values():
        print_headline(result)
    if not results:
        click.echo(f"{dataset}: no motion of the holdout has a repeat")
