"""Submissions at once, each a process of its own, end as if they had come one after another.

What depends on the order: the order of the log's lines with their numbers, and where two submit
under one name, which of them stands (of one lab the later one, of two labs the earlier one).
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.entries.entry import predictions_hash
from bench.io.problems import ProblemsError
from bench.io.store import load_episodes
from bench.io.workspace import Workspace
from bench.leaderboard.attempts import read_attempts
from bench.leaderboard.submission import submit
from tests.support.command import START
from tests.support.labs import lab_entry, leftovers, state
from tests.support.workspace import DATASET, no_run


@dataclass(frozen=True)
class Handed:
    """An entry that is handed in: whose, under which name, what it predicts, where it lies."""

    name: str
    lab: str
    predictions: str
    place: Path


def _handed(workspace: Workspace, folder: Path, names: Sequence[tuple[str, str]]) -> list[Handed]:
    handed = []
    for number, (name, lab) in enumerate(names):
        place = lab_entry(workspace, folder / f"{number}", 0.002 * number, name=name, lab=lab)
        predictions = predictions_hash(load_episodes(place / "trajectories.zarr"))
        handed.append(Handed(name, lab, predictions, place))
    return handed


def _at_once(root: Path, handed: Sequence[Handed]) -> list[str]:
    """Start all, wait for all: what each said on standard error, but that it waited."""
    running = [
        subprocess.Popen(
            [*START, "submit", str(one.place)],
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for one in handed
    ]
    errors = [process.communicate()[1].splitlines(keepends=True) for process in running]
    said = ["".join(line for line in one if not line.startswith("waiting: ")) for one in errors]
    assert [process.returncode for process in running] == [1 if error else 0 for error in said]
    return said


def _logged(workspace: Workspace, handed: Sequence[Handed]) -> list[Handed]:
    """Those that were scored, in the order of the log."""
    log = read_attempts(workspace.dataset(DATASET).attempts)
    assert [a["number"] for a in log] == list(range(1, len(log) + 1))
    by_line = {(one.name, one.lab, one.predictions): one for one in handed}
    lines = [(a["entry"], a["lab"], a["predictions"]) for a in log]
    return [by_line[line] for line in lines if line in by_line]


def _one_by_one(
    prepared: Path, root: Path, handed: Sequence[Handed]
) -> tuple[Workspace, dict[str, bytes]]:
    """What comes of submitting them one after another, in this order."""
    shutil.copytree(prepared, root)
    workspace = Workspace(root)
    for one in handed:
        submit(workspace, one.place, no_run)
    return workspace, state(workspace)


def _but_the_log(found: dict[str, bytes]) -> dict[str, bytes]:
    return {name: content for name, content in found.items() if "attempts" not in name}


def _lines(workspace: Workspace) -> list[str]:
    """The log's lines without their numbers, in the order of the alphabet."""
    log = read_attempts(workspace.dataset(DATASET).attempts)
    return sorted(json.dumps({**line, "number": None}) for line in log)


def test_three_at_once_end_as_one_after_another(
    prepared: Path, workspace: Workspace, tmp_path: Path
) -> None:
    names = [("one", "A Lab"), ("two", "A Lab"), ("three", "B Lab")]
    handed = _handed(workspace, tmp_path, names)
    assert _at_once(workspace.root, handed) == ["", "", ""]
    order = _logged(workspace, handed)
    assert len(order) == 3
    found = state(workspace)
    assert leftovers(found) == set()
    assert found == _one_by_one(prepared, tmp_path / "again", order)[1]


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_twenty_at_once_end_as_one_after_another(
    prepared: Path, workspace: Workspace, tmp_path: Path
) -> None:
    """Sixteen names, one that a lab submits twice, and one that two labs want."""
    names = [(f"entry-{number}", f"Lab {number % 5}") for number in range(16)]
    names += [("twice", "Lab 1")] * 2 + [("wanted", "Lab 2"), ("wanted", "Lab 3")]
    handed = _handed(workspace, tmp_path, names)
    said = _at_once(workspace.root, handed)

    (late,) = (one for one, error in zip(handed, said, strict=True) if "name_taken" in error)
    first = next(one.lab for one in handed if one.name == "wanted" and one != late)
    refusal = (
        "name_taken: entry.json: name: expected a name of its own, as 'wanted' is an entry of "
        f"{first!r}, came lab {late.lab!r}"
    )
    rest = [error for one, error in zip(handed, said, strict=True) if one != late]
    assert said[handed.index(late)] == f"{refusal}\n1 problem(s)\n"
    assert rest == [""] * 19

    order = _logged(workspace, handed)
    assert set(order) == set(handed) - {late}
    found = state(workspace)
    assert leftovers(found) == set()
    again, expected = _one_by_one(prepared, tmp_path / "again", order)
    assert found == expected
    with pytest.raises(ProblemsError) as raised:
        submit(again, late.place, no_run)
    assert str(raised.value) == refusal

    # In another order, the two of one lab in the same, all is the same but the order of lines.
    other = sorted(order, key=lambda one: (one.name != "wanted", one.name == "twice"))
    turned = [*reversed(other[:-2]), *other[-2:]]
    backwards, expected = _one_by_one(prepared, tmp_path / "backwards", turned)
    assert _but_the_log(found) == _but_the_log(expected)
    assert _lines(workspace) == _lines(backwards)
