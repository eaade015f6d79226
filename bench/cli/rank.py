"""`twinbench rank`."""

from __future__ import annotations

import click

from bench.cli.main import workspace


@click.command()
@click.argument("dataset")
@click.option("--json", "as_json", is_flag=True, help="Print the leaderboard as JSON.")
@click.option("--quiet", is_flag=True, help="Print no table.")
@click.pass_context
def command(context: click.Context, dataset: str, as_json: bool, quiet: bool) -> None:
    """Order and compare every result of a dataset.

    Writes leaderboard.json, leaderboard.csv and leaderboard.md, and prints the table.
    """
    from bench.cli.boards import print_board
    from bench.leaderboard.rank import rank

    board = rank(workspace(context), dataset)
    if quiet:
        click.echo(f"{dataset}: {len(board['rows'])} entries ranked")
    else:
        print_board(board, as_json=as_json)
