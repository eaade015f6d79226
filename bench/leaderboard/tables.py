"""The leaderboard as people read it: terminal, Markdown, CSV.

Names and texts come from outside: each form escapes what could act there.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.io.documents import Document
from bench.scoring.metrics.registry import metric

SHOWN = (
    "joint_rmse",
    "joint_rmse_moving",
    "joint_rmse_centred",
    "rmse_norm_rms",
    "position_rmse",
    "orientation_rmse",
)
"""Metrics that the tables show, the headline first."""


@dataclass(frozen=True)
class Table:
    """Rows of text under headings; the first column names the row."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table(board: Document) -> Table:
    """The leaderboard in plain text cells: entries first, then the robot itself."""
    shown = [metric(name) for name in SHOWN]
    units = [f"{m.name} [{m.shown_unit}]" for m in shown]
    headings = ("rank", "entry", "lab", *units, "skill", "labels", "coverage", "status")
    rows = [_cells(row) for row in (*board["rows"], *board["repeatability"])]
    return Table(headings, tuple(rows))


def _cells(row: Document) -> tuple[str, ...]:
    headline, *others = SHOWN
    labels = ", ".join(f"{name} {count}" for name, count in row["labels"].items())
    return (
        _rank(row),
        row["entry"],
        row["lab"],
        _number(row["metrics"][headline], headline, interval=True),
        *(_number(row["metrics"][name], name, interval=False) for name in others),
        _skill(row["skill"]),
        labels or "none",
        f"{100 * row['coverage']:.1f} %",
        row["status"] + _marks(row),
    )


def _rank(row: Document) -> str:
    if row["rank"] is None:
        return "–"
    low, high = row["rank"]
    return f"{low}" if low == high else f"{low}–{high}"


def _number(estimate: Document, name: str, *, interval: bool) -> str:
    factor = metric(name).shown_factor
    if estimate["value"] is None:
        return "–"
    text = f"{factor * estimate['value']:.2f}"
    if interval and estimate["low"] is not None:
        text += f" [{factor * estimate['low']:.2f}, {factor * estimate['high']:.2f}]"
    return text


def _skill(estimate: Document) -> str:
    if estimate["value"] is None:
        return "–"
    text = f"{estimate['value']:.2f}"
    if estimate["low"] is None:
        return text
    return f"{text} [{estimate['low']:.2f}, {estimate['high']:.2f}]"


def _marks(row: Document) -> str:
    return "".join(f", {f['certainty']} {f['code']}" for f in row["findings"])


def summary(board: Document) -> list[str]:
    """The lines that stand under every form of the table."""
    compared = board["comparison"]
    lines = list(board["notes"])
    if board["floor"] is not None:
        lines.append(f"Floor: {1e3 * board['floor']:.2f} mrad (repeatability over √2).")
    if compared["detectable"] is not None:
        lines.append(
            f"Smallest difference that could be told apart: {1e3 * compared['detectable']:.2f} "
            f"mrad, over {compared['groups']} groups."
        )
    if compared["reason"]:
        lines.append(f"Not compared: {compared['reason']}.")
    attempts = ", ".join(f"{lab} {count}" for lab, count in board["attempts"].items())
    lines.append(f"Entries scored on this holdout: {attempts or 'none'}.")
    lines.append(
        f"Holdout {board['dataset']['holdout'][:12]}, scorer {board['scorer']}; intervals "
        f"{100 * compared['level']:.0f} %, resampled over groups; a rank range holds every rank "
        "that the data allow."
    )
    return lines


def title(board: Document) -> str:
    """Name of the dataset and what its reference is."""
    kind = "recorded" if board["dataset"]["kind"] == "recorded" else "simulated reference"
    return f"{board['dataset']['name']} ({kind})"


def markdown(board: Document) -> str:
    """The leaderboard as a Markdown page."""
    shown = table(board)
    lines = [f"# {title(board)}", "", _markdown_row(shown.headings), _rule(len(shown.headings))]
    lines += [_markdown_row(row) for row in shown.rows]
    lines += ["", *(f"- {_markdown_text(line)}" for line in summary(board))]
    return "\n".join(lines) + "\n"


def _rule(columns: int) -> str:
    return "|" + " --- |" * columns


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_markdown_text(cell) for cell in cells) + " |"


def _markdown_text(text: str) -> str:
    visible = _visible(text)
    return re.sub(r"([\\`*_{}\[\]()#+!|~])", r"\\\1", html.escape(visible, quote=False))


def _visible(text: str) -> str:
    return "".join(c if c.isprintable() else "�" for c in text)


def csv_text(board: Document) -> str:
    """The leaderboard as CSV with unrounded numbers in the metrics' own units.

    One column a metric and two for its interval; a text that a spreadsheet would take for a
    formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    rows = [*board["rows"], *board["repeatability"]]
    names = list(rows[0]["metrics"])
    ends: Sequence[tuple[str, Callable[[Document], object]]] = (
        ("", lambda e: e["value"]),
        ("_low", lambda e: e["low"]),
        ("_high", lambda e: e["high"]),
    )
    fields = [f"{name}{end}" for name in [*names, "skill"] for end, _ in ends]
    writer.writerow(["entry", "lab", "status", "rank_low", "rank_high", *fields, "coverage"])
    for row in rows:
        estimates = [*(row["metrics"][name] for name in names), row["skill"]]
        writer.writerow(
            [
                _csv_text(row["entry"]),
                _csv_text(row["lab"]),
                row["status"],
                *(row["rank"] or (None, None)),
                *(get(estimate) for estimate in estimates for _, get in ends),
                row["coverage"],
            ]
        )
    return out.getvalue()


def _csv_text(text: str) -> str:
    visible = _visible(text)
    return f"'{visible}" if visible[:1] in ("=", "+", "-", "@") else visible


def terminal(board: Document, width: int | None) -> str:
    """The leaderboard for a terminal, `width` columns wide; as wide as it needs if None."""
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = table(board)
    rich_table = RichTable(title=Text(title(board)), title_justify="left", show_edge=False)
    for number, heading in enumerate(shown.headings):
        name = heading.replace(" [", "\n[")
        rich_table.add_column(
            Text(name), justify="left" if number in (1, 2, 10, 12) else "right", overflow="fold"
        )
    entries = len(board["rows"])
    for number, row in enumerate(shown.rows):
        if number == entries:
            rich_table.add_section()
        rich_table.add_row(*(Text(_visible(cell)) for cell in row))
    out = io.StringIO()
    console = Console(file=out, width=width or 240, color_system=None, highlight=False)
    console.print(rich_table)
    for line in summary(board):
        console.print(Text(_visible(line)))
    return out.getvalue()
