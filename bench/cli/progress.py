"""Progress on standard error: bars where a person watches, and what is waited for."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import click

from bench.cli.main import printable


@contextlib.contextmanager
def bar(title: str, unit: str = "") -> Iterator[Callable[[int, int], None]]:
    """Give a function to be told how much is done, and of how much."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeElapsedColumn(),
    )
    with _drawn(title, columns) as update:
        yield lambda done, total: update(completed=done, total=total)


@contextlib.contextmanager
def byte_bar(title: str) -> Iterator[Callable[[int, int, int, int], None]]:
    """Give a function to be told bytes done, bytes in all, files done, files in all."""
    if not sys.stderr.isatty():
        yield lambda *_numbers: None
        return
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TransferSpeedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TextColumn("{task.fields[files]}"),
    )
    with _drawn(title, columns, files="") as update:
        yield lambda done, total, files, of: update(
            completed=done, total=total, files=f"{files} of {of} files"
        )


def waiting(text: str) -> None:
    """Say on standard error what is waited for."""
    click.echo(printable(text), err=True)


@contextlib.contextmanager
def _drawn(title: str, columns: Any, **fields: Any) -> Iterator[Callable[..., None]]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None, **fields)
        yield lambda **changes: progress.update(task, **changes)
