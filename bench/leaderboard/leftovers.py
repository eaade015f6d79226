"""What a killed process had prepared and never put in place: hidden files and folders `*.part`.

Nothing reads them. They are cleared away under the lock under which they are written, where no
living process can own them.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.io.workspace import DatasetPaths
from bench.leaderboard.change import journal_of
from bench.leaderboard.released import released_place

_PREPARED = re.compile(r"\.(?P<of>.+)\.[a-z0-9_]{8}\.part")
"""How `bench.io.atomic` names what it prepares for the place `of`."""


def clear_board(paths: DatasetPaths) -> None:
    """Clear what was prepared for results, log, tables and copies of entries (board lock held)."""
    copies = [folder for folder in paths.submitted("any").parent.glob("*") if folder.is_dir()]
    results = (paths.results, paths.board / "sync" / "results", released_place(paths, "any").parent)
    for place in (*results, *copies):
        _clear(place for place, _ in _prepared(place))
    # The folder of repeats is prepared without the lock.
    _clear(place for place, of in _prepared(paths.board) if of != paths.repeats.name)
    journal = journal_of(paths)
    _clear(place for place, of in _prepared(journal.parent) if of == journal.name)


def clear_traces(paths: DatasetPaths, name: str) -> None:
    """Clear what was prepared for an entry's traces (the entry's lock held)."""
    traces = paths.traces(name)
    _clear(place for place, of in _prepared(traces.parent) if of == traces.name)


def _prepared(folder: Path) -> Iterator[tuple[Path, str]]:
    """What is prepared in a folder, and the name that it was meant for."""
    for place in list(folder.glob(".*.part")):
        found = _PREPARED.fullmatch(place.name)
        if found:
            yield place, found["of"]


def _clear(places: Iterator[Path]) -> None:
    for place in places:
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place, ignore_errors=True)
        else:
            place.unlink(missing_ok=True)
