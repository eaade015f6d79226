"""What the record of a submitted entry leaves open or gives away stands in its row."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.io.documents import Document, dump, read_document
from bench.io.workspace import Workspace
from bench.leaderboard.submission import recompute, submit
from bench.leaderboard.tables import summary, table
from tests.support.labs import lab_entry
from tests.support.workspace import DATASET, no_run


def hand_in(workspace: Workspace, place: Path, name: str, **fields: Any) -> Document:
    """Submit a shifted echo with the record of the pipeline's, changed; the board."""
    lab_entry(workspace, place, name=name)
    source = workspace.dataset(DATASET).rollout("delayed-echo")
    record = read_document(source / "provenance.json", "provenance")
    (place / "provenance.json").write_text(dump({**record, "entry": name, **fields}))
    return submit(workspace, place, no_run)[1]


def row(board: Document, name: str) -> Document:
    found: Document = next(row for row in board["rows"] if row["entry"] == name)
    return found


def status(board: Document, name: str) -> str:
    shown = table(board)
    return next(cells[-1] for cells in shown.rows if cells[1] == name)


UNKNOWN = "Unknown: the guard cannot tell, as the lab does not say; the row is ranked all the same."


def test_an_entry_without_a_record_is_unknown_and_ranked(
    workspace: Workspace, tmp_path: Path
) -> None:
    _, board = submit(workspace, lab_entry(workspace, tmp_path / "lab"), no_run)
    found = row(board, "shifted")
    assert [(f["code"], f["certainty"], f["anchor"]) for f in found["findings"]] == [
        ("provenance_unknown", "unknown", "docs/guard.md#provenance_unknown")
    ]
    assert found["rank"] is not None
    assert status(board, "shifted") == "self-scored, unknown provenance_unknown"
    assert UNKNOWN in summary(board)


def test_baselines_and_a_record_that_says_everything_are_clean(
    workspace: Workspace, tmp_path: Path
) -> None:
    board = hand_in(workspace, tmp_path / "lab", "told")
    assert [each["findings"] for each in board["rows"]] == [[]] * len(board["rows"])
    assert UNKNOWN not in summary(board)


def test_what_was_made_from_the_holdout_is_not_ranked(workspace: Workspace, tmp_path: Path) -> None:
    made = [{"name": "circle.run-a", "method": "simulated again with noise"}]
    data = [{"name": "more", "kind": "derived", "derived_from": made}]
    board = hand_in(workspace, tmp_path / "lab", "made", data=data)
    assert row(board, "made")["rank"] is None
    expected = "self-scored, certain provenance_derived_from_holdout"
    assert status(board, "made") == expected


def test_a_name_that_looks_like_it_marks_the_row(workspace: Workspace, tmp_path: Path) -> None:
    data = [{"name": "pick-place-resim", "kind": "simulated", "derived_from": []}]
    board = hand_in(workspace, tmp_path / "lab", "looks", data=data)
    assert row(board, "looks")["rank"] is not None
    assert status(board, "looks") == "self-scored, likely provenance_derived_from_holdout"


def test_the_same_findings_come_again_when_the_organiser_scores(
    workspace: Workspace, tmp_path: Path
) -> None:
    result, _ = submit(workspace, lab_entry(workspace, tmp_path / "lab"), no_run)
    again, _ = recompute(workspace, DATASET, "shifted", no_run)
    assert again["findings"] == result["findings"]
