"""`twinbench recompute`."""

from __future__ import annotations

import click

from bench.cli.main import workspace


@click.command()
@click.argument("dataset")
@click.argument("entry")
@click.pass_context
def command(context: click.Context, dataset: str, entry: str) -> None:
    """Score a submitted ENTRY again, as the organiser.

    If every number agrees to 1e-6 the row is marked `recomputed`; else every number that
    differs is listed and nothing is written.
    """
    from bench.cli.boards import print_board
    from bench.cli.runs import run_clock
    from bench.leaderboard.submission import recompute

    _, board = recompute(workspace(context), dataset, entry, run_clock())
    print_board(board, as_json=False)
