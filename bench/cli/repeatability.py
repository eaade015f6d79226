"""`twinbench repeatability`."""

from __future__ import annotations

import click

from bench.cli.main import workspace
from bench.cli.workers import workers_option


@click.command()
@click.argument("dataset")
@workers_option
@click.pass_context
def command(context: click.Context, dataset: str, workers: int) -> None:
    """Score the robot's further runs of the holdout motions, as they are and shift removed."""
    from bench.cli.progress import bar
    from bench.cli.results import print_headline
    from bench.datasets.sealing.commitment import check_open
    from bench.scoring.repeatability import score_repeats
    from bench.scoring.score import Computing

    place = workspace(context)
    check_open(place.dataset(dataset))
    with bar("repeats", "episodes") as told:
        results = score_repeats(place, place.dataset(dataset), Computing(workers, told))
    for result in results:
        print_headline(result)
    if not results:
        click.echo(f"{dataset}: no motion of the holdout has a repeat")
