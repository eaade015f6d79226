"""The tables: what outsiders wrote is data wherever it appears."""

from __future__ import annotations

import copy
import csv
import io
import re

import pytest

from bench.io.documents import Document, read_document
from bench.io.workspace import Workspace
from bench.leaderboard.tables import csv_text, markdown, table, terminal
from tests.support.workspace import DATASET

HOSTILE = "<script>x</script> [a](http://evil.example) | *b* `c` $d$ @all \x1b[31m\u202e www.x.org"


@pytest.fixture
def board(workspace: Workspace) -> Document:
    path = workspace.dataset(DATASET).board / "leaderboard.json"
    return copy.deepcopy(read_document(path, "leaderboard"))


def test_markdown_keeps_hostile_text_inert(board: Document) -> None:
    board["rows"][0]["lab"] = HOSTILE
    page = markdown(board)
    row = next(line for line in page.splitlines() if "script" in line)
    assert "<script>" not in page
    assert "http://" not in row
    assert "www." not in row
    assert "@all" not in row
    assert "\x1b" not in page
    assert "\u202e" not in page
    cells = re.split(r"(?<!\\)\|", row)
    headings = re.split(r"(?<!\\)\|", page.splitlines()[2])
    assert len(cells) == len(headings)


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-2", "@SUM(A1)"])
def test_csv_never_begins_a_text_like_a_formula(board: Document, text: str) -> None:
    board["rows"][0]["lab"] = text
    rows = list(csv.DictReader(io.StringIO(csv_text(board))))
    assert rows[0]["lab"] == f"'{text}"


def test_csv_holds_the_numbers_unrounded(board: Document) -> None:
    rows = {row["entry"]: row for row in csv.DictReader(io.StringIO(csv_text(board)))}
    for row in (*board["rows"], *board["repeatability"]):
        estimate = row["metrics"]["joint_rmse"]
        found = rows[row["entry"]]
        assert float(found["joint_rmse"]) == estimate["value"]
        assert float(found["joint_rmse_low"]) == estimate["low"]


def test_the_terminal_shows_no_control_characters(board: Document) -> None:
    board["rows"][0]["lab"] = HOSTILE
    shown = terminal(board, 200)
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize("width", [80, 100, 120, 140, 160, 200])
def test_no_number_is_cut_at_any_width(board: Document, width: int) -> None:
    shown = terminal(board, width)
    assert "…" not in shown
    assert all(len(line) <= width for line in shown.splitlines())
    for row in board["rows"]:
        value = f"{1e3 * row['metrics']['joint_rmse']['value']:.2f}"
        assert any(row["entry"] in line and value in line for line in shown.splitlines())


def test_ranks_are_ranges_and_the_robot_has_none(board: Document) -> None:
    rows = {cells[1]: cells[0] for cells in table(board).rows}
    assert rows["repeat"] == "–"
    board["rows"][0]["rank"] = [2, 4]
    assert table(board).rows[0][0] == "2–4"
    board["rows"][0]["rank"] = [3, 3]
    assert table(board).rows[0][0] == "3"


def test_how_much_was_scored_stands_in_every_form(board: Document) -> None:
    share = f"{100 * board['rows'][0]['coverage']:.2f} %"
    for shown in (markdown(board), terminal(board, 80), terminal(board, 200)):
        assert share in shown
    assert "coverage" in csv_text(board).splitlines()[0]
