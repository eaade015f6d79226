"""`twinbench withdraw`."""

from __future__ import annotations

import click

from bench.cli.main import workspace


@click.command()
@click.argument("dataset")
@click.argument("entry")
@click.pass_context
def command(context: click.Context, dataset: str, entry: str) -> None:
    """Take a submitted ENTRY off the leaderboard. The log of attempts keeps that it was there."""
    from bench.cli.boards import print_board
    from bench.cli.progress import waiting
    from bench.leaderboard.submission import withdraw

    print_board(withdraw(workspace(context), dataset, entry, waiting), as_json=False)
