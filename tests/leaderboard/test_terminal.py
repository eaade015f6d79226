"""The leaderboard on a terminal: at any width, whatever the names are."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.io.documents import Document
from bench.io.workspace import Workspace
from bench.leaderboard.terminal import FULL, SMALL, TIGHT, WIDE, terminal
from tests.leaderboard.boards import HOSTILE, written


@pytest.fixture
def board(prepared: Path) -> Document:
    return written(Workspace(prepared))


def test_the_terminal_shows_no_control_characters(board: Document) -> None:
    board["rows"][0]["lab"] = HOSTILE
    shown = terminal(board, 200)
    assert "\x1b" not in shown
    assert "\u202e" not in shown


@pytest.mark.parametrize("width", [80, 100, SMALL, 120, TIGHT - 1, TIGHT, 160, FULL, 200, WIDE])
def test_no_number_is_cut_at_any_width(board: Document, width: int) -> None:
    shown = terminal(board, width)
    assert "…" not in shown
    assert all(len(line) <= width for line in shown.splitlines())
    for row in board["rows"]:
        value = f"{1e3 * row['metrics']['joint_rmse']['value']:.2f}"
        assert any(row["entry"] in line and value in line for line in shown.splitlines())


def test_a_wider_terminal_shows_more(board: Document) -> None:
    narrow, middle, wide = (terminal(board, width) for width in (TIGHT - 1, TIGHT, WIDE))
    assert "twinbench " not in narrow.split("The reference")[0]
    assert "divergence" in middle
    assert "[ms]" not in middle
    assert "labels" in wide
    assert "[ms]" in wide


def test_the_second_table_says_without_which_group(board: Document) -> None:
    _, moved = terminal(board, 100).split("Leave one group out")
    for row in (*board["rows"], *board["repeatability"]):
        (line,) = [line for line in moved.splitlines() if line.split()[:1] == [row["entry"]]]
        assert line.split() == [
            row["entry"],
            f"{1e3 * row['leave_one_out']['low']:.2f}",
            row["leave_one_out"]["low_without"],
            f"{1e3 * row['leave_one_out']['high']:.2f}",
            row["leave_one_out"]["high_without"],
        ]
