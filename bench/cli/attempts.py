"""`twinbench attempts`."""

from __future__ import annotations

import click

from bench.cli.main import printable, workspace


@click.group()
def command() -> None:
    """Check the logs of attempts."""


@command.command("check")
@click.option(
    "--against",
    default="HEAD",
    show_default=True,
    help="The commit that they are held against, by any name that git knows.",
)
@click.pass_context
def check(context: click.Context, against: str) -> None:
    """Make sure that every log has only grown: no line of the commit is gone, changed or moved."""
    from bench.leaderboard.growth import check_growth

    for one in check_growth(workspace(context).root, against):
        said = f"{one.log}: {one.lines} lines, {one.added} more than in {against}"
        click.echo(printable(said))
