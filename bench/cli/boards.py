"""How a leaderboard is printed."""

from __future__ import annotations

import shutil

import click

from bench.io.documents import Document, dump


def print_board(board: Document, *, as_json: bool) -> None:
    """Print a leaderboard as a table for people or as JSON."""
    from bench.leaderboard.terminal import terminal

    if as_json:
        click.echo(dump(board), nl=False)
    else:
        click.echo(terminal(board, shutil.get_terminal_size((190, 24)).columns), nl=False)


def print_sync_board(board: Document, *, as_json: bool) -> None:
    """Print the tables of the track sync for people or as JSON."""
    from bench.leaderboard.sync_tables import sync_terminal

    if as_json:
        click.echo(dump(board), nl=False)
    else:
        click.echo(sync_terminal(board, shutil.get_terminal_size((160, 24)).columns), nl=False)
