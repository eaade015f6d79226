"""`twinbench rank`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.key_option import given_key, key_option
from bench.cli.main import workspace


@click.command()
@click.argument("dataset")
@click.option(
    "--track",
    type=click.Choice(["rollout", "sync"]),
    default="rollout",
    show_default=True,
    help="Which track: whole episodes from commands, or steppers that predict ahead.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the leaderboard as JSON.")
@click.option("--quiet", is_flag=True, help="Print no table.")
@key_option
@click.pass_context
def command(
    context: click.Context,
    dataset: str,
    track: str,
    as_json: bool,
    quiet: bool,
    key_file: Path | None,
) -> None:
    """Order and compare every result of a dataset.

    Writes leaderboard.json, leaderboard.csv, leaderboard.md and labels.csv, or of the track sync
    sync.json, sync.csv and sync.md, and prints the table.
    """
    if track == "sync":
        _rank_steppers(context, dataset, as_json=as_json, quiet=quiet)
        return
    from bench.cli.boards import print_board
    from bench.cli.progress import waiting
    from bench.leaderboard.rank import rank

    board = rank(workspace(context), dataset, waiting, given_key(context, key_file))
    if quiet:
        click.echo(f"{dataset}: {len(board['rows'])} entries ranked")
    else:
        print_board(board, as_json=as_json)


def _rank_steppers(context: click.Context, dataset: str, *, as_json: bool, quiet: bool) -> None:
    from bench.cli.boards import print_sync_board
    from bench.cli.progress import waiting
    from bench.leaderboard.sync_results import rank_sync

    board = rank_sync(workspace(context), dataset, waiting)
    if quiet:
        rows = ", ".join(
            f"{len(t['rows'])} corrected by {t['correction']}" for t in board["tables"]
        )
        click.echo(f"{dataset} sync: {rows}")
    else:
        print_sync_board(board, as_json=as_json)
