"""`twinbench stepper`."""

from __future__ import annotations

import sys

import click

from bench.cli.main import workspace


@click.command()
@click.argument("dataset")
@click.argument("entry")
@click.pass_context
def command(context: click.Context, dataset: str, entry: str) -> None:
    """Serve the twin ENTRY as a stepper: lines of JSON on standard input and output.

    It reads the twin alone. `twinbench sync` starts it; the messages are in docs/sync.md.
    """
    from bench.twins.stepper.serve import Server, open_stepper

    begin = open_stepper(workspace(context), dataset, entry)
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # whatever prints may not come between the answers
    Server(entry, begin).serve(sys.stdin.buffer, answers)
