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
from typing import Literal

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
NARROW = ("joint_rmse", "position_rmse", "orientation_rmse")
"""Those that a terminal of fewer than `WIDE` columns shows."""
WIDE = 190
TIGHT = 140
"""Below so many columns a terminal shows skill without its interval."""
SMALL = 140
"""Below so many columns a terminal shows numbers alone."""
TINY = 100
"""Below so many columns it shows the headline without its interval, too."""


@dataclass(frozen=True)
class Table:
    """Rows of text under headings; the first column names the row."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def table(
    board: Document, metrics: Sequence[str] = SHOWN, *, intervals: tuple[bool, bool] = (True, True)
) -> Table:
    """The leaderboard in plain text cells: entries first, then the robot itself.

    Args:
        board: the leaderboard.
        metrics: which metrics, the headline first.
        intervals: whether the headline and skill show theirs.
    """
    shown = [metric(name) for name in metrics]
    units = [f"{m.name} [{m.shown_unit}]" for m in shown]
    headings = ("rank", "entry", "lab", *units, "skill", "labels", "scored", "status")
    rows = (*board["rows"], *board["repeatability"])
    return Table(headings, tuple(_cells(row, metrics, intervals) for row in rows))


def _cells(row: Document, metrics: Sequence[str], intervals: tuple[bool, bool]) -> tuple[str, ...]:
    headline, *others = metrics
    labels = ", ".join(f"{name} {count}" for name, count in row["labels"].items())
    return (
        _rank(row),
        row["entry"],
        row["lab"],
        _number(row["metrics"][headline], headline, interval=intervals[0]),
        *(_number(row["metrics"][name], name, interval=False) for name in others),
        _skill(row["skill"], interval=intervals[1]),
        labels or "none",
        f"{100 * row['coverage']:.2f} %",
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


def _skill(estimate: Document, *, interval: bool) -> str:
    if estimate["value"] is None:
        return "–"
    text = f"{estimate['value']:.2f}"
    if estimate["low"] is None or not interval:
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
            "Smallest detectable difference, median over pairs: "
            f"{1e3 * compared['detectable']:.2f} mrad, over {compared['groups']} groups."
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
    visible = html.escape(_visible(text), quote=False)
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~$])", r"\\\1", visible)
    # Addresses and mentions become links without any bracket.
    return escaped.replace("://", "&#58;//").replace("@", "&#64;").replace("www.", "www&#46;")


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


def terminal(board: Document, width: int) -> str:
    """The leaderboard for a terminal of so many columns."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = table(
        board, SHOWN if width >= WIDE else NARROW, intervals=(width >= TINY, width >= TIGHT)
    )
    texts = {"entry", "lab", "labels", "status"}
    hidden = {"lab", "labels", "status"} if width < SMALL else set()
    columns = [i for i, heading in enumerate(shown.headings) if heading not in hidden]
    drawn = RichTable(
        title=Text(title(board)),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for heading in (shown.headings[i] for i in columns):
        name = Text(heading.replace("_", "\n").replace(" [", "\n["))
        justify: Literal["left", "right"] = "left" if heading in texts else "right"
        drawn.add_column(name, justify=justify, no_wrap=heading not in ("lab", "labels", "status"))
    for number, row in enumerate(shown.rows):
        if number == len(board["rows"]):
            drawn.add_section()
        drawn.add_row(*(Text(_visible(row[i])) for i in columns))
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, highlight=False)
    console.print(drawn)
    for line in summary(board):
        console.print(Text(_visible(line)))
    return out.getvalue()
