"""Where the pipeline or `submit` puts an entry."""

from __future__ import annotations

from pathlib import Path

from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.io.workspace import DatasetPaths


def entry_place(paths: DatasetPaths, result: Document) -> Path:
    """The folder of the entry of a result.

    Args:
        paths: of the dataset.
        result: of the entry, which need not be right.

    Raises:
        ProblemsError: it is not there.
    """
    entry = result["entry"]
    if result["status"] == "pipeline":
        place = paths.rollout(entry["name"])
        hint = f"make it with: dvc repro rollout@{paths.name}-{entry['name']}"
    else:
        place = paths.submitted(entry["name"]) / str(entry["hash"])
        hint = "get it from its lab, or name the folder with --entry"
    if not place.is_dir():
        expected = f"the folder of the entry; {hint}"
        raise ProblemsError([Problem("not_made", str(place), expected, "none")])
    return place
