"""`twinbench pushes`."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from bench.cli.main import printable, workspace

if TYPE_CHECKING:
    from bench.disturbance.detect import Part

PARTS = ("calibration", "validation", "diagnostic")


@click.command()
@click.argument("dataset")
@click.argument("episodes", metavar="[EPISODE]...", nargs=-1)
@click.option(
    "--part",
    type=click.Choice(PARTS),
    default="diagnostic",
    help="Which part of the split; default: diagnostic.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def command(
    context: click.Context, dataset: str, episodes: tuple[str, ...], part: str, as_json: bool
) -> None:
    """Say where a DATASET's robot was pushed, by its motor currents.

    A model of the currents is fitted to calibration, and what it leaves there and in validation
    sets the limits: nobody may have pushed in these. Their own recordings are judged by a model
    and limits that they set nothing of. Needs a dataset that records currents.
    """
    from bench.disturbance.detect import detect, lines
    from bench.io.documents import dump

    place = workspace(context)
    document = detect(place, place.dataset(dataset), cast("Part", part), episodes)
    if as_json:
        click.echo(dump(document), nl=False)
        return
    for line in lines(document):
        click.echo(printable(line))
