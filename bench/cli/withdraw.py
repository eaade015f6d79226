"""`twinbench withdraw`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.key_option import given_key, key_option
from bench.cli.main import workspace


@click.command()
@click.argument("dataset")
@click.argument("entry")
@key_option
@click.pass_context
def command(context: click.Context, dataset: str, entry: str, key_file: Path | None) -> None:
    """Take a submitted ENTRY off the leaderboard. The log of attempts keeps that it was there."""
    from bench.cli.boards import print_board
    from bench.cli.progress import waiting
    from bench.leaderboard.submission import withdraw

    key = given_key(context, key_file)
    print_board(withdraw(workspace(context), dataset, entry, waiting, key), as_json=False)
