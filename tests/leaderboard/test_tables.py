"""What the tables say, in whatever form."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.io.documents import Document
from bench.io.workspace import Workspace
from bench.leaderboard.rendering import csv_text, markdown
from bench.leaderboard.tables import left_out, summary, table, visible
from bench.leaderboard.terminal import terminal
from tests.leaderboard.boards import written


@pytest.fixture
def board(prepared: Path) -> Document:
    return written(Workspace(prepared))


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


def test_an_older_board_without_a_metric_is_shown_without_it(board: Document) -> None:
    for row in (*board["rows"], *board["repeatability"]):
        del row["metrics"]["lag"]
    assert "lag [ms]" not in table(board).headings


def _said(board: Document, *metrics: str) -> str:
    return " ".join(summary(board, metrics))


def test_what_stands_under_a_board_fits_what_it_has(board: Document) -> None:
    rows = board["rows"]
    assert "Intervals 95 %" in _said(board)
    assert "Ranks come from all pairs" in _said(board)
    assert "Skill 0 is the naive entry" in _said(board)
    for row in rows:
        row["rank"], row["skill"]["value"] = None, None
        row["metrics"]["joint_rmse"]["low"] = None
    for text in ("Intervals", "Ranks come", "Skill 0"):
        assert text not in _said(board)


def test_ranks_that_cross_are_explained_and_others_are_not(board: Document) -> None:
    first = board["rows"][0]
    rows = board["rows"] = [{**first, "rank": rank} for rank in ([1, 2], [1, 2], [3, 3])]
    assert "not transitive" not in _said(board)
    for crossing in ([[1, 2], [2, 2], [1, 3]], [[1, 3], [2, 2], [2, 3]]):
        for row, rank in zip(rows, crossing, strict=True):
            row["rank"] = rank
        assert "not transitive" in _said(board)


def test_the_sign_of_lag_is_said_where_it_is_shown(board: Document) -> None:
    assert "negative lag" not in _said(board, "joint_rmse")
    assert "A negative lag is early." in _said(board, "joint_rmse", "lag")
    for row in (*board["rows"], *board["repeatability"]):
        row["metrics"]["lag"]["value"] = None
    assert "negative lag" not in _said(board, "joint_rmse", "lag")


def test_no_row_with_two_groups_gives_no_second_table(board: Document) -> None:
    assert left_out(board) is not None
    for row in (*board["rows"], *board["repeatability"]):
        row["leave_one_out"] = None
    assert left_out(board) is None
    assert "Leave one group out" not in markdown(board) + terminal(board, 100)


@pytest.mark.parametrize("text", ["a\x1bb", "a\u202eb", "a\nb"])
def test_what_cannot_be_seen_is_replaced(text: str) -> None:
    assert visible(text) == "a\ufffdb"
