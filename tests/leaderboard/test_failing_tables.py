from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from bench.io.documents import Document
from bench.io.workspace import Workspace
from bench.leaderboard.failing_tables import FAILING, SHARED, failing, place_text, shared
from bench.leaderboard.rendering import csv_text, labels_csv, markdown
from bench.scoring.labels.failures import FAILURES
from tests.leaderboard.boards import HOSTILE, written
from tests.support.workspace import DATASET


@pytest.fixture
def board(prepared: Path) -> Document:
    return written(Workspace(prepared))


ITEM = {
    "label": "lag",
    "arm": "arm",
    "episodes": 3,
    "share": 0.25,
    "groups": 3,
    "joints": {"a": 3, "b": 2, "c": 2, "d": 1},
    "strength": 0.4,
}


@pytest.mark.parametrize(
    ("changed", "arms", "expected"),
    [
        ({}, ["arm"], "lag 25 % a, b, c … (0.40)"),
        ({"joints": {"a": 3}}, ["arm", "other"], "lag 25 % arm: a (0.40)"),
        ({"joints": {}, "strength": None}, ["arm"], "lag 25 %"),
        ({"joints": {"a": 1}, "share": None}, ["arm"], "lag a (0.40)"),
    ],
)
def test_a_place_in_words(changed, arms, expected: str) -> None:
    assert place_text({**ITEM, **changed}, arms) == expected


def test_a_row_names_three_labels_and_counts_the_others(board: Document) -> None:
    board["rows"][0]["profile"] = [{**ITEM, "label": f"l{i}", "joints": {}} for i in range(5)]
    board["rows"][1]["profile"] = []
    shown = failing(board)
    assert shown is not None
    assert shown.rows[0][1:] == ("l0 25 % (0.40)", "l1 25 % (0.40)", "l2 25 % (0.40)", "2")
    assert shown.rows[1][1:] == ("none", "–", "–", "0")
    assert f"## {FAILING}\n" in markdown(board)


def test_no_label_and_no_failure_make_no_table(board: Document) -> None:
    for row in (*board["rows"], *board["repeatability"]):
        row["profile"] = []
        row["shared_failures"] = None
    assert failing(board) is None
    assert shared(board) is None
    page = markdown(board)
    assert FAILING not in page
    assert SHARED not in page
    older = list(csv.DictReader(io.StringIO(csv_text(board))))
    assert {older[0][f"{name}_kappa"] for name in FAILURES} == {""}
    for row in (*board["rows"], *board["repeatability"]):
        del row["profile"]
        del row["shared_failures"]
    assert markdown(board) == page
    assert labels_csv(board).count("\n") == 1


def test_agreement_is_shown_of_failures_that_someone_has(board: Document) -> None:
    first, second = board["rows"][:2]
    stall = first["shared_failures"]["failures"]["stall"]
    stall.update(reference=4, entry=2, both=1)
    stall["kappa"].update(value=0.25, low=-0.125, high=0.5, reason=None)
    first["shared_failures"]["distribution"].update(value=0.5, low=None, high=None)
    second["shared_failures"]["failures"]["stall"].update(reference=0, entry=0, both=0)
    shown = shared(board)
    assert shown is not None
    kinds = [k for k in shown.headings if k in FAILURES]
    assert "stall" in kinds
    at = shown.headings.index("stall")
    assert shown.rows[0][at] == "0.25 [-0.12, 0.50]; robot 4, entry 2, both 1"
    assert shown.rows[1][at] == "–"
    assert shown.rows[0][-1] == "0.50"
    assert f"## {SHARED}\n" in markdown(board)
    row = next(csv.DictReader(io.StringIO(csv_text(board))))
    assert (row["stall_reference"], row["stall_entry"], row["stall_both"]) == ("4", "2", "1")
    assert (row["stall_kappa"], row["stall_kappa_low"]) == ("0.25", "-0.125")
    assert row["failures_alike"] == "0.5"


def test_labels_csv_has_a_row_for_every_joint(board: Document) -> None:
    rows = list(csv.DictReader(io.StringIO(labels_csv(board))))
    expected = [
        (row["entry"], item["label"], joint, str(item["episodes"]), str(count))
        for row in (*board["rows"], *board["repeatability"])
        for item in row["profile"]
        for joint, count in item["joints"].items()
    ]
    keys = ("entry", "label", "joint", "episodes", "joint_episodes")
    assert [tuple(row[key] for key in keys) for row in rows] == expected
    assert expected


def test_labels_csv_keeps_an_item_whose_joints_are_held_back(board: Document) -> None:
    for row in (*board["rows"], *board["repeatability"]):
        row["profile"] = []
    board["rows"][0]["profile"] = [{**ITEM, "joints": {}, "strength": None}]
    (row,) = csv.DictReader(io.StringIO(labels_csv(board)))
    assert (row["joint"], row["joint_episodes"], row["strength"], row["share"]) == (
        "",
        "",
        "",
        "0.25",
    )


def test_names_from_outside_stay_inert(board: Document) -> None:
    board["rows"][0]["profile"] = [{**ITEM, "label": HOSTILE, "joints": {HOSTILE: 1}}]
    page = markdown(board).split(FAILING)[1]
    assert "<script>" not in page
    assert "http://" not in page
    board["rows"][0]["profile"] = [{**ITEM, "label": "=1+1"}]
    assert "'=1+1" in labels_csv(board)


def test_rank_writes_what_the_board_says(prepared: Path) -> None:
    place = Workspace(prepared).dataset(DATASET).board
    assert (place / "labels.csv").read_text() == labels_csv(written(Workspace(prepared)))
    found = {row["entry"]: row for row in written(Workspace(prepared))["rows"]}
    echo = found["delayed-echo"]
    assert {i["label"]: i["episodes"] for i in echo["profile"]} == echo["labels"]
    assert echo["shared_failures"]["distribution"]["reason"] == "in no episode on either side"
