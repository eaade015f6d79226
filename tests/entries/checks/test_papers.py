"""Papers of another entry, dataset or holdout are refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from bench.entries.checking import checked_entry
from bench.io.documents import dump, read_document
from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace
from tests.support.workspace import DATASET

OTHER = "0" * 64


@pytest.fixture
def entry(workspace: Workspace, tmp_path: Path) -> Path:
    """A pipeline entry with its papers, to be changed."""
    place = tmp_path / "entry"
    shutil.copytree(workspace.dataset(DATASET).rollout("delayed-echo"), place)
    return place


def _change(place: Path, kind: str, **fields: Any) -> None:
    document = read_document(place / f"{kind}.json", kind)
    (place / f"{kind}.json").write_text(dump({**document, **fields}))


def _problems(workspace: Workspace, entry: Path) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        checked_entry(workspace, workspace.dataset(DATASET), entry)
    return [str(problem) for problem in raised.value.problems]


def test_its_own_papers_are_accepted(workspace: Workspace, entry: Path) -> None:
    checked = checked_entry(workspace, workspace.dataset(DATASET), entry)
    assert set(checked.documents) == {"twin", "provenance"}


def test_papers_of_something_else_are_named(workspace: Workspace, entry: Path) -> None:
    lock = read_document(workspace.dataset(DATASET).lock, "holdout_lock")
    _change(entry, "twin", name="borrowed", robot="ur5")
    _change(
        entry,
        "provenance",
        entry="borrowed",
        dataset="elsewhere",
        holdout={"dataset": "elsewhere", "root": OTHER},
    )
    assert _problems(workspace, entry) == [
        f"wrong_paper: provenance.json: dataset: expected '{DATASET}', came 'elsewhere'",
        "wrong_paper: provenance.json: entry: expected 'delayed-echo', came 'borrowed'",
        f"wrong_paper: provenance.json: holdout/dataset: expected '{DATASET}', came 'elsewhere'",
        f"wrong_paper: provenance.json: holdout/root: expected '{lock['root']}', came '{OTHER}'",
        "wrong_paper: twin.json: name: expected 'delayed-echo', came 'borrowed'",
        "wrong_paper: twin.json: robot: expected 'so101', came 'ur5'",
    ]


def test_episodes_of_the_holdout_and_another_lock_are_refused(
    workspace: Workspace, entry: Path
) -> None:
    lock = read_document(workspace.dataset(DATASET).lock, "holdout_lock")
    known = read_document(entry / "provenance.json", "provenance")
    stolen = lock["episodes"][0]
    seen = {"id": stolen["id"], "hash": stolen["hash"]}
    _change(
        entry,
        "provenance",
        calibration={"episodes": [*known["calibration"]["episodes"][:1], seen]},
        holdout={"dataset": DATASET, "root": OTHER},
    )
    assert _problems(workspace, entry) == [
        "holdout_episode: provenance.json: calibration/episodes/1: expected no episode of the "
        f"holdout, came '{stolen['id']}', by id, hash, group",
        f"wrong_paper: provenance.json: holdout/root: expected '{lock['root']}', came '{OTHER}'",
    ]


def test_papers_that_contradict_each_other_are_refused(workspace: Workspace, entry: Path) -> None:
    known = read_document(entry / "twin.json", "twin")
    _change(entry, "twin", parameters=[{**known["parameters"][0], "value": 0.5}])
    value = known["parameters"][0]["value"]
    assert _problems(workspace, entry) == [
        "papers_differ: provenance.json: parameters/delay/value: expected 0.5, as in twin.json, "
        f"came {value}"
    ]
