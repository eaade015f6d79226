from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.entries.check import CheckInput
from bench.entries.checks import documents, files, store
from bench.entries.folder import Bounds, read_folder
from tests.entries.toy import SCORED, Holdout


def further(entry: Path) -> None:
    (entry / "readme.txt").write_text("hello")


def link(entry: Path) -> None:
    (entry / "twin.json").symlink_to(entry / "entry.json")


def folder(entry: Path) -> None:
    (entry / "provenance.json").mkdir()


def no_document(entry: Path) -> None:
    (entry / "entry.json").unlink()


def large(entry: Path) -> None:
    (entry / "entry.json").write_text("{}" + " " * 2**16)


@pytest.mark.parametrize(
    ("damage", "line"),
    [
        (
            further,
            "unknown_file: 'readme.txt': expected only entry.json, twin.json, provenance.json, "
            "events.json and trajectories.zarr with its arrays, came another file or folder",
        ),
        (link, "link: twin.json: expected a plain file or folder, came a link"),
        (folder, "not_a_file: provenance.json: expected a plain file, came a folder"),
        (no_document, "missing_file: entry.json: expected a file, came none"),
        (large, "too_large: entry.json: expected at most 65536 bytes, came 65538 bytes"),
    ],
)
def test_faults_of_the_folder_are_reported_here_alone(
    holdout: Holdout, entry: Path, damage: Callable[[Path], None], line: str
) -> None:
    damage(entry)
    contents = read_folder(entry, Bounds.of(holdout.inputs))
    given = CheckInput(contents, holdout.inputs, holdout.lock, SCORED)
    assert [str(problem) for problem in files.run(given)] == [line]
    assert line.partition(":")[0] in files.CODES
    assert [*documents.run(given), *store.run(given)] == []


def test_a_file_in_place_of_the_folder(holdout: Holdout, entry: Path) -> None:
    contents = read_folder(entry / "entry.json", Bounds.of(holdout.inputs))
    (problem,) = files.run(CheckInput(contents, holdout.inputs, holdout.lock, SCORED))
    assert (problem.code, problem.came) == ("not_a_folder", "a file")


def test_a_good_entry_has_none(holdout: Holdout, entry: Path) -> None:
    contents = read_folder(entry, Bounds.of(holdout.inputs))
    assert list(files.run(CheckInput(contents, holdout.inputs, holdout.lock, SCORED))) == []
