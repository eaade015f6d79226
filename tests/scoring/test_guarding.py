"""The guard inside `score`: a planted copy stands in the result, and is not ranked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.entries.checking import checked_entry
from bench.entries.entry import write_entry
from bench.io.documents import Document, read_document
from bench.io.store import load_episodes
from bench.io.workspace import Workspace
from bench.leaderboard.submission import submit
from bench.scoring.guarded_entry import guard_with_truth
from bench.scoring.score import Computing, score
from tests.support.workspace import DATASET, no_run

Plant = Callable[[np.ndarray, np.ndarray], np.ndarray]


def _planted(workspace: Workspace, place: Path, plant: Plant) -> Path:
    """Write an entry made from the truth and the delayed echo, episode by episode."""
    paths = workspace.dataset(DATASET)
    truth = load_episodes(paths.part("holdout_truth"))
    echo = load_episodes(paths.rollout("delayed-echo") / "trajectories.zarr")
    q = echo.signals["q"].copy()
    for number, episode in enumerate(echo.info.episodes):
        measured = truth.signal("q", truth.index[episode.id])
        q[echo.rows(number)] = plant(measured, echo.signal("q", number))
    document = read_document(paths.rollout("delayed-echo") / "entry.json", "entry")
    named = {**document, "name": "planted", "lab": "A Lab"}
    write_entry(place, named, replace(echo, signals={**echo.signals, "q": q}))
    return place


def _score(workspace: Workspace, folder: Path, workers: int = 1) -> Document:
    paths = workspace.dataset(DATASET)
    entry = checked_entry(workspace, paths, folder)
    return score(workspace, paths, entry, "self-scored", Computing(workers))


def test_honest_entries_have_no_findings_and_say_what_was_looked_at(prepared: Path) -> None:
    workspace = Workspace(prepared)
    for name in ("command-echo", "delayed-echo"):
        result = read_document(workspace.dataset(DATASET).result(name), "result")
        assert result["findings"] == []
        looked = {check["name"]: check["looked_at"] for check in result["checks"]}
        assert list(looked) == ["equal_rows", "small_motion", "robot_itself"]
        assert looked["equal_rows"] == result["coverage"]["rows_scored"]
        assert looked["robot_itself"] == 12
    repeat = read_document(workspace.dataset(DATASET).repeat("repeat"), "result")
    assert (repeat["checks"], repeat["findings"], repeat["signature"]) == (None, [], None)


def test_a_copy_is_not_ranked_and_a_mixture_is_marked(workspace: Workspace, tmp_path: Path) -> None:
    copy = _planted(workspace, tmp_path / "copy", lambda truth, _: truth)
    result, board = submit(workspace, copy, no_run)
    found = {f["code"]: f["certainty"] for f in result["findings"]}
    assert found == {
        "provenance_unknown": "unknown",
        "rows_of_truth": "certain",
        "truth_in_entry": "likely",
        "closer_than_the_robot": "likely",
    }
    (row,) = (row for row in board["rows"] if row["entry"] == "planted")
    assert row["rank"] is None
    assert row["findings"] == result["findings"]
    mixed = _planted(workspace, tmp_path / "mixed", lambda truth, twin: 0.1 * truth + 0.9 * twin)
    result, board = submit(workspace, mixed, no_run)
    assert [f["certainty"] for f in result["findings"]] == ["unknown", "likely"]
    (row,) = (row for row in board["rows"] if row["entry"] == "planted")
    assert row["rank"] is not None
    page = (workspace.dataset(DATASET).board / "leaderboard.md").read_text()
    assert "likely truth\\_in\\_entry" in page


@pytest.mark.parametrize("share", [1.0, 0.1])
def test_blocks_workers_and_a_look_alone_find_the_same(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    folder = _planted(workspace, tmp_path / "e", lambda q, twin: share * q + (1 - share) * twin)
    whole = _score(workspace, folder)
    monkeypatch.setattr("bench.scoring.blocks.BLOCK_VALUES", 6000)
    assert _score(workspace, folder) == whole
    assert _score(workspace, folder, workers=2) == whole
    paths, told = workspace.dataset(DATASET), []
    entry = checked_entry(workspace, paths, folder)
    checks, findings = guard_with_truth(workspace, paths, entry, lambda *each: told.append(each))
    assert checks == whole["checks"]
    assert [(f.code, f.certainty) for f in findings] == [
        (f["code"], f["certainty"]) for f in whole["findings"]
    ]
    assert told[-1] == (12, 12)
    assert len(told) > 1
