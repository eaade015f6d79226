"""What the tables say, in whatever form."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.io.documents import Document
from bench.io.workspace import Workspace
from bench.leaderboard.rendering import csv_text, markdown
from bench.leaderboard.tables import left_out, summary, table, visible
from bench.leaderboard.terminal import FULL, terminal
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


def _column(board: Document, heading: str) -> list[str]:
    shown = table(board)
    return [cells[shown.headings.index(heading)] for cells in shown.rows]


def test_fit_and_validation_stand_beside_the_headline(board: Document) -> None:
    assert table(board).headings[3:6] == ("joint_rmse [mrad]", "fit [mrad]", "validation [mrad]")
    board["rows"][0]["errors"] = {"fit": 0.01234, "validation": None, "claimed": False}
    assert _column(board, "fit [mrad]")[0] == "12.34"
    assert _column(board, "validation [mrad]")[0] == "–"
    assert _column(board, "fit [mrad]")[-1] == "–"  # the robot itself
    assert "Fit and validation: joint_rmse" in _said(board)
    assert "†" not in _said(board)


def test_what_a_lab_claims_is_marked(board: Document) -> None:
    board["rows"][1]["errors"] = {"fit": 0.01, "validation": 0.0, "claimed": True}
    assert _column(board, "fit [mrad]")[1] == "10.00†"
    assert _column(board, "validation [mrad]")[1] == "0.00†"
    assert "†: the lab's word; not computed here." in _said(board)
    for shown in (markdown(board), terminal(board, 120)):
        assert "10.00†" in shown
    assert "†" not in terminal(board, 100)
    lines = [line.split(",") for line in csv_text(board).splitlines()]
    columns = [lines[0].index(name) for name in ("fit", "validation", "claimed")]
    assert [lines[2][column] for column in columns] == ["0.01", "0.0", "True"]


def test_an_older_board_without_errors_has_no_columns_for_them(board: Document) -> None:
    for row in (*board["rows"], *board["repeatability"]):
        del row["errors"]
    assert "fit [mrad]" not in table(board).headings
    assert "Fit and validation" not in _said(board)


def test_the_band_is_shown_where_an_entry_has_executions(board: Document) -> None:
    assert "band_width [mrad]" not in table(board).headings
    assert "Band: " not in " ".join(summary(board))
    for name, value in (("band_coverage", 0.875), ("band_width", 0.02)):
        board["rows"][1]["metrics"][name]["value"] = value
        board["rows"][1]["episodes"][name] = board["episodes"]
    assert _column(board, "band_coverage [%]")[:2] == ["–", "87.50"]
    assert _column(board, "band_width [mrad]")[:2] == ["–", "20.00"]
    assert "it should cover 90 %" in " ".join(summary(board))
    assert "87.50" in terminal(board, FULL)
    assert "87.50" not in terminal(board, FULL - 1)


@pytest.mark.parametrize("text", ["a\x1bb", "a\u202eb", "a\nb"])
def test_what_cannot_be_seen_is_replaced(text: str) -> None:
    assert visible(text) == "a\ufffdb"
