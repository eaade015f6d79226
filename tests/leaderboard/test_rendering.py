"""Markdown and CSV: what outsiders wrote is data wherever it appears."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.io.documents import Document
from bench.io.workspace import Workspace
from bench.leaderboard.rendering import _csv, csv_text, markdown, markdown_table, markdown_text
from bench.leaderboard.tables import Table
from tests.leaderboard.boards import HOSTILE, written


@pytest.fixture
def board(prepared: Path) -> Document:
    return written(Workspace(prepared))


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


class _Pieces(HTMLParser):
    """The pieces of text between tags and comments, their entities resolved."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)
        self.close()

    def handle_data(self, data: str) -> None:
        self.found.append(data)


ADDRESSES = ("foo@evil.example", "mailto:foo@evil.example", "a@b@c.example; d@e.example", "@all")


@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_of_e_mail_is_torn_for_who_looks_for_links_in_pieces(text: str) -> None:
    pieces = _Pieces(markdown_text(text)).found
    assert "".join(pieces) == text
    assert not [piece for piece in pieces if re.search(r"@\w", piece)]


@pytest.mark.parametrize("text", ADDRESSES)
def test_an_address_of_e_mail_is_shown_as_it_is(text: str) -> None:
    markdown = pytest.importorskip("markdown").Markdown(extensions=["tables"])
    table = markdown_table(Table(("a",), ((text,),), frozenset()))
    page = markdown.convert("\n".join([*table, "", f"- {markdown_text(text)}"]))
    assert "<a" not in page
    shown = "".join(_Pieces(page).found)
    assert shown.split("\n").count(text) == 2


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+cmd", "-2", "@SUM(A1)", " =1+1", '"=1+1', ' " "-1'),
        *(
            "\uff1d1+1",
            "\uff0b1",
            "\uff0d1",
            "\uff20A",
            "\ufe661+1",
            "\ufe621",
            "\ufe631",
            "\ufe6bA",
        ),
        *("\u207c1", "\u208a1", "\u22121", "\ufb291"),
    ],
)
def test_csv_never_begins_a_text_like_a_formula(board: Document, text: str) -> None:
    board["rows"][0]["lab"] = text
    rows = list(csv.DictReader(io.StringIO(csv_text(board))))
    assert rows[0]["lab"] == f"'{text}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Lab;=1+1", "Lab;'=1+1"),
        ("Lab; -1;@A", "Lab;' -1;'@A"),
        ('x;"=1+1;y', "x;'\"=1+1;y"),
        ('x; "" =1', 'x;\' "" =1'),
        ("x;\ufe661", "x;'\ufe661"),
        ("\t=1", "\ufffd=1"),
        ("\r=1", "\ufffd=1"),
        ("a=b; c-d", "a=b; c-d"),
    ],
)
def test_csv_is_no_formula_where_cells_end_at_semicolons(
    board: Document, text: str, shown: str
) -> None:
    board["rows"][0]["lab"] = text
    rows = list(csv.DictReader(io.StringIO(csv_text(board))))
    assert rows[0]["lab"] == shown


@given(st.text(alphabet=" ;,\"=+-@'\ufe66\na", max_size=12))
def test_no_cell_of_a_text_is_a_formula_whatever_parts_the_cells(text: str) -> None:
    rows = (["entry", text, "status", text], ["other", "", text, "end"])
    page = _csv(["entry", "lab", "status", "findings"], rows)
    for separator in ",;":
        cells = [cell for row in csv.reader(io.StringIO(page), delimiter=separator) for cell in row]
        assert not [cell for cell in cells if cell.strip()[:1] in {*"=+-@", "\ufe66"}]


def test_csv_holds_the_numbers_unrounded(board: Document) -> None:
    rows = {row["entry"]: row for row in csv.DictReader(io.StringIO(csv_text(board)))}
    for row in (*board["rows"], *board["repeatability"]):
        estimate = row["metrics"]["joint_rmse"]
        found = rows[row["entry"]]
        assert float(found["joint_rmse"]) == estimate["value"]
        assert float(found["joint_rmse_low"]) == estimate["low"]


def test_csv_says_over_how_many_episodes_and_without_which_group(board: Document) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_text(board))))
    for row, found in zip((*board["rows"], *board["repeatability"]), rows, strict=True):
        assert int(found["joint_rmse_episodes"]) == row["episodes"]["joint_rmse"]
        assert float(found["leave_one_out_high"]) == row["leave_one_out"]["high"]
        assert found["leave_one_out_low_without"] == row["leave_one_out"]["low_without"]
        assert found["divergence"] == (row["divergence"] or "")


def test_a_hostile_name_of_a_group_stays_inert(board: Document) -> None:
    board["rows"][0]["leave_one_out"]["low_without"] = HOSTILE
    page = markdown(board).split("Leave one group out")[1]
    assert "<script>" not in page
    assert "http://" not in page
    board["rows"][0]["leave_one_out"]["low_without"] = "=1+1"
    assert "'=1+1" in csv_text(board)
