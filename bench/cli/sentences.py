"""Sentences on a terminal."""

from __future__ import annotations

import shutil
import textwrap

import click

from bench.cli.main import printable


def print_sentence(text: str, *, indent: int = 0, hanging: int = 0) -> None:
    """Print a sentence on lines that fit the terminal.

    Args:
        text: the sentence.
        indent: spaces before the first line.
        hanging: spaces before the others.
    """
    for line in textwrap.wrap(
        printable(text),
        shutil.get_terminal_size((100, 24)).columns,
        initial_indent=" " * indent,
        subsequent_indent=" " * hanging,
        break_long_words=False,
        break_on_hyphens=False,
    ):
        click.echo(line)
