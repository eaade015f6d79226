"""What in a checkout lies open of a holdout that is to be sealed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.datasets.ingest import raw_folder
from bench.io.documents import read_json
from bench.io.problems import ProblemsError
from bench.io.workspace import DatasetPaths

BOARD_NOTE = (
    "The holdout is sealed: every row was scored by someone who can open it, and only "
    "aggregates are published."
)
"""Stands among the notes of every leaderboard of a sealed holdout."""
TABLES = ("leaderboard.json", "leaderboard.csv", "leaderboard.md", "labels.csv")
"""Files of a leaderboard, which are written together."""


def open_places(paths: DatasetPaths) -> tuple[Path, ...]:
    """Files and folders that hold what was measured, or how far off single episodes or groups are.

    Args:
        paths: the dataset.

    Returns:
        Those that are there, and what a killed process had prepared for them.
    """
    return tuple(one for place in _places(paths) for one in (place, *_prepared(place)) if _is(one))


def _is(place: Path) -> bool:
    return place.exists() or place.is_symlink()


def _places(paths: DatasetPaths) -> Iterator[Path]:
    dataset = paths.document()
    raw = raw_folder(paths, dataset)
    if "file" in dataset.get("reader_settings", {}):
        raw /= dataset["reader_settings"]["file"]
    yield from (paths.part("holdout_truth"), paths.episodes, raw, paths.traces("x").parent)
    yield from (paths.root / "data" / made / paths.name for made in ("attributions", "reports"))
    yield from (paths.results, paths.repeats)
    if not _is_released(paths.board / TABLES[0]):
        yield from (paths.board / name for name in TABLES)
    # No sealed holdout has steppers: whatever lies there was made of an open one.
    yield from (paths.board / name for name in ("sync", "sync.json", "sync.csv", "sync.md"))


def _is_released(board: Path) -> bool:
    """Whether a leaderboard is that of a sealed holdout, without extremes over groups."""
    try:
        return BOARD_NOTE in read_json(board)["notes"]
    except (ProblemsError, KeyError, TypeError):
        return False


def _prepared(place: Path) -> Iterator[Path]:
    """Hidden files and folders that were to be put in this place (see `bench.io.atomic`)."""
    yield from sorted(place.parent.glob(f".{place.name}.*.part"))
