"""`twinbench recompute`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.key_option import given_key, key_option
from bench.cli.main import workspace
from bench.cli.workers import workers_option


@click.command()
@click.argument("dataset")
@click.argument("entry")
@workers_option
@key_option
@click.pass_context
def command(
    context: click.Context, dataset: str, entry: str, workers: int, key_file: Path | None
) -> None:
    """Score a submitted ENTRY again, as the organiser.

    If every number agrees to 1e-6 the row is marked `recomputed`; else every number that
    differs is listed and nothing is written.
    """
    from bench.cli.boards import print_board
    from bench.cli.progress import bar, waiting
    from bench.cli.runs import run_clock
    from bench.leaderboard.submission import recompute
    from bench.scoring.score import Computing

    key = given_key(context, key_file)
    with bar("score", "episodes") as told:
        computing = Computing(workers, told)
        place, clock = workspace(context), run_clock()
        _, board = recompute(place, dataset, entry, clock, computing, waiting, key)
    print_board(board, as_json=False)
