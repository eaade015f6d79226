"""The stores of a dataset's parts, where they have been made."""

from __future__ import annotations

from pathlib import Path

from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes, open_episodes
from bench.io.store_info import Split
from bench.io.workspace import DatasetPaths


def made_part(paths: DatasetPaths, part: Split) -> Path:
    """Where the store of a part is.

    Raises:
        ProblemsError: it has not been made here yet.
    """
    place = paths.part(part)
    if not place.is_dir():
        expected = f"a store; make it with: dvc repro split@{paths.name}"
        raise ProblemsError([Problem("not_made", str(place), expected, "none")])
    return place


def open_part(paths: DatasetPaths, part: Split) -> Episodes:
    """The episodes of a part, whose signals stay on disk.

    Raises:
        ProblemsError: the store has not been made here yet, is damaged or another part's.
    """
    return open_episodes(made_part(paths, part), allowed=frozenset({part}))
