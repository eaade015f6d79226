"""Places that a user names for output: nothing of theirs is replaced unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bench.io.problems import Problem, ProblemsError


def output_option(help_text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options `-o` and `--overwrite`."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        function = click.option(
            "--overwrite",
            is_flag=True,
            help="Replace what is there, folder by folder or file by file.",
        )(function)
        return click.option(
            "-o", "--output", type=click.Path(path_type=Path), required=True, help=help_text
        )(function)

    return add


def check_output(place: Path, *, folder: bool, overwrite: bool, source: Path | None = None) -> None:
    """Make sure that writing a folder or a file to `place` takes nothing away.

    Args:
        place: where the output goes.
        folder: whether it is a folder.
        overwrite: whether the like of it may be replaced.
        source: what is read meanwhile; it may not lie inside `place`.

    Raises:
        ProblemsError: something is there, and it may not be replaced or is of the other sort.
    """
    if source is not None and source.resolve().is_relative_to(place.resolve()):
        expected = "a place that does not hold what is read"
        raise ProblemsError([Problem("output_exists", str(place), expected, str(source))])
    expected = "no file or an empty folder" if folder else "no file"
    like = place.is_dir() if folder else place.is_file()
    if place.is_symlink() or (place.exists() and not like):
        sort = "a link" if place.is_symlink() else "a folder" if place.is_dir() else "a file"
        raise ProblemsError([Problem("output_exists", str(place), expected, sort)])
    there = place.exists() and (not folder or any(place.iterdir()))
    if there and not overwrite:
        came = f"{'a folder with files' if folder else 'a file'}; --overwrite replaces it"
        raise ProblemsError([Problem("output_exists", str(place), expected, came)])
