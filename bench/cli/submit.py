"""`twinbench submit`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.key_option import given_key, key_option
from bench.cli.main import workspace
from bench.cli.workers import workers_option


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@workers_option
@key_option
@click.pass_context
def command(context: click.Context, folder: Path, workers: int, key_file: Path | None) -> None:
    """Validate, score and record the entry in FOLDER, and update the tables.

    With any problem nothing is written. A second submission under the same name by the same lab
    replaces the first; the log of attempts keeps both.
    """
    from bench.cli.boards import print_board
    from bench.cli.progress import bar, waiting
    from bench.cli.results import print_result
    from bench.cli.runs import run_clock
    from bench.leaderboard.released import public_form
    from bench.leaderboard.submission import submit
    from bench.scoring.score import Computing

    key = given_key(context, key_file)
    with bar("score", "episodes") as told:
        computing = Computing(workers, told)
        place, clock = workspace(context), run_clock()
        result, board = submit(place, folder, clock, computing, waiting, key)
    name = result["dataset"]["name"]
    print_result(public_form(place.dataset(name), result), as_json=False)
    click.echo()
    print_board(board, as_json=False)
    click.echo(f"recorded; for a pull request: git add leaderboards/{name}")
