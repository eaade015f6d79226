"""What the tables of the track sync say, and their forms: Markdown, CSV, terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from bench.io.documents import Document
from bench.leaderboard.findings import codes, finding_lines, marks, unknown_lines
from bench.leaderboard.rendering import csv_cell, markdown_table, markdown_text
from bench.leaderboard.tables import NOTHING, Table, rank_text, shown, title

HEADINGS = {
    "harness": "Corrected by the harness",
    "own": "Corrected by the stepper itself",
}
EMPTY = "No stepper is scored with this correction."
TEXTS = frozenset({"entry", "lab", "status"})
WIDE = 160
"""Below so many columns labs, status, innovation and effort are left out."""


def sync_title(board: Document) -> str:
    """What the page is called."""
    return f"{title(board)}: sync"


def tables(board: Document) -> list[tuple[str, Table | None]]:
    """A heading and a table for each correction; None where no stepper has it."""
    naive = [_naive_cells(row, board["best_naive"]) for row in board["naive"]]
    ahead = [f"{horizon:g} s [mrad]" for horizon in board["track"]["horizons"]]
    headings = (
        "rank",
        "entry",
        "lab",
        "rmse [mrad]",
        *ahead,
        "skill",
        "innovation [mrad]",
        "effort",
        "status",
    )
    found: list[tuple[str, Table | None]] = []
    for each in board["tables"]:
        rows = [_cells(row) for row in each["rows"]]
        made = Table(headings, (*rows, *naive), TEXTS) if rows else None
        found.append((HEADINGS[each["correction"]], made))
    return found


def _cells(row: Document) -> tuple[str, ...]:
    return (
        rank_text(row["rank"]),
        row["entry"],
        row["lab"],
        _number(row["rmse"], 1e3, interval=True),
        *(_number(one, 1e3) for one in row["horizons"]),
        _number(row["skill"], 1.0, interval=True),
        _number(row["innovation"], 1e3),
        _number(row["effort"], 1.0),
        row["status"] + marks(row),
    )


def _naive_cells(row: Document, best: str | None) -> tuple[str, ...]:
    return (
        NOTHING,
        row["name"],
        NOTHING,
        _number(row["rmse"], 1e3, interval=True),
        *(_number(one, 1e3) for one in row["horizons"]),
        "0" if row["name"] == best else NOTHING,
        NOTHING,
        NOTHING,
        "without a model",
    )


def _number(estimate: Document, factor: float, *, interval: bool = False) -> str:
    if estimate["value"] is None:
        return NOTHING
    text = shown(factor * estimate["value"])
    if interval and estimate["low"] is not None:
        text += f" [{shown(factor * estimate['low'])}, {shown(factor * estimate['high'])}]"
    return text


def sync_summary(board: Document) -> list[str]:
    """The lines that stand under every form of the tables."""
    lines = list(board["notes"])
    for each in board["tables"]:
        compared, heading = each["comparison"], HEADINGS[each["correction"]]
        if compared["detectable"] is not None:
            lines.append(
                f"{heading}: smallest detectable difference {shown(1e3 * compared['detectable'])} "
                f"mrad, over {compared['groups']} groups."
            )
        elif each["rows"]:
            lines.append(f"{heading}: not compared: {compared['reason']}.")
    if board["tables"][0]["comparison"]["underpowered"]:
        groups = board["tables"][0]["comparison"]["groups"]
        lines.append(f"Underpowered: {groups} groups; rows are ordered, not ranked.")
    headline = ", ".join(f"{horizon:g}" for horizon in board["track"]["headline"])
    lines.append(
        f"rmse is the mean of the joint errors {headline} s ahead. Skill 0 is the best row without "
        "a model, 1 no error. Innovation and effort say how a stepper is corrected; they rank "
        "nothing."
    )
    lines.append(f"Holdout {board['dataset']['holdout'][:12]}, scorer {board['scorer']}.")
    rows = {row["entry"]: row for each in board["tables"] for row in each["rows"]}
    found = list(rows.values())
    lines += [*finding_lines(found), *unknown_lines(found)]
    return lines


def sync_markdown(board: Document) -> str:
    """The tables as a Markdown page."""
    lines = [f"# {sync_title(board)}"]
    for heading, table in tables(board):
        lines += ["", f"## {heading}", ""]
        lines += [EMPTY] if table is None else markdown_table(table)
    lines += ["", *(f"- {markdown_text(line)}" for line in sync_summary(board))]
    return "\n".join(lines) + "\n"


def sync_csv(board: Document) -> str:
    """The tables as CSV with unrounded numbers, in rad; naive rows have no correction."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    rows = [
        list(_fields(board, row, each["correction"]))
        for each in board["tables"]
        for row in each["rows"]
    ]
    rows += [
        list(_fields(board, {**_NOTHING, **row, "entry": row["name"]}, None))
        for row in board["naive"]
    ]
    writer.writerow([name for name, _ in rows[0]])
    writer.writerows([csv_cell(value) for _, value in row] for row in rows)
    return out.getvalue()


_NONE: Document = {"value": None, "low": None, "high": None}
_NOTHING: Document = {
    "lab": None,
    "status": None,
    "rank": None,
    "skill": _NONE,
    "innovation": _NONE,
    "effort": _NONE,
    "findings": [],
}


def _fields(board: Document, row: Document, correction: str | None) -> Iterator[tuple[str, object]]:
    """Column and value of everything that a row says."""
    low, high = row["rank"] or (None, None)
    yield from (("correction", correction), ("entry", row["entry"]), ("lab", row["lab"]))
    yield from (("status", row["status"]), ("rank_low", low), ("rank_high", high))
    named: Sequence[tuple[str, Document]] = [
        ("rmse", row["rmse"]),
        *(
            (f"rmse_{horizon:g}s", one)
            for horizon, one in zip(board["track"]["horizons"], row["horizons"], strict=True)
        ),
        *((name, row[name]) for name in ("skill", "innovation", "effort")),
    ]
    for name, estimate in named:
        yield name, estimate["value"]
        yield f"{name}_low", estimate["low"]
        yield f"{name}_high", estimate["high"]
    yield "findings", codes(row)


def sync_terminal(board: Document, width: int) -> str:
    """The tables for a terminal of so many columns."""
    from rich.console import Console
    from rich.text import Text

    from bench.leaderboard.terminal import drawn

    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, highlight=False)
    hidden = {"lab", "status", "innovation [mrad]", "effort"} if width < WIDE else set()
    for number, (heading, table) in enumerate(tables(board)):
        named = f"{sync_title(board)}. {heading}"
        if table is None:
            console.print(Text(f"{named}: {EMPTY}"))
        else:
            entries = len(board["tables"][number]["rows"])
            console.print(drawn(named, table, hidden, entries))
    for line in sync_summary(board):
        console.print(Text(line))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())
