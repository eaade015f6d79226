"""Places that a user names for output: nothing of theirs is replaced unasked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatch
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


def check_output(
    place: Path,
    *,
    folder: bool,
    overwrite: bool,
    source: Path | None = None,
    own: Sequence[str] = ("*",),
) -> None:
    """Make sure that writing a folder or a file to `place` takes nothing away.

    Args:
        place: where the output goes.
        folder: whether it is a folder.
        overwrite: whether the like of it may be replaced.
        source: what is read meanwhile; it may not lie inside `place`.
        own: what the verb writes into a folder, as patterns of names: a folder with anything else
            is not replaced.

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
    if place.resolve() in (Path.cwd(), *Path.cwd().parents):
        expected = "a folder beside or below the current one"
        raise ProblemsError([Problem("output_exists", str(place), expected, "one that holds it")])
    foreign = _foreign(place, own) if folder and place.is_dir() else []
    if overwrite and foreign:
        expected = "a folder that this verb wrote"
        came = f"one that also holds {', '.join(foreign[:5])}"
        raise ProblemsError([Problem("output_exists", str(place), expected, came)])
    there = place.exists() and (not folder or any(place.iterdir()))
    if there and not overwrite:
        came = f"{'a folder with files' if folder else 'a file'}; --overwrite replaces it"
        raise ProblemsError([Problem("output_exists", str(place), expected, came)])


def _foreign(place: Path, own: Sequence[str]) -> list[str]:
    """Names in a folder that the verb does not write."""
    names = sorted(path.name for path in place.iterdir())
    return [name for name in names if not any(fnmatch(name, pattern) for pattern in own)]
