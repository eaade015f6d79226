"""The leaderboard on a terminal."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Literal

from bench.io.documents import Document
from bench.leaderboard.tables import (
    BAND,
    LEFT_OUT,
    NARROW,
    SHOWN,
    Table,
    left_out,
    summary,
    table,
    title,
    visible,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

WIDE = 260
"""From so many columns on every metric of the tables is shown, and the labels."""
FULL = 190
"""Below so many columns skill stands without its interval, and repeated executions without band."""
TIGHT = 150
"""Below so many columns there are no words beside names."""
SMALL = 115
"""Below so many columns the errors of provenance records are left out."""
TINY = 100
"""Below so many columns the headline stands without its interval, too."""
LISTED = 12
"""Rows of the second table that are shown."""
WRAPPED = frozenset({"lab", "labels", "status", "lowest without", "highest without"})
"""Columns whose words may stand on several lines."""


def terminal(board: Document, width: int) -> str:
    """The leaderboard for a terminal of so many columns."""
    from rich.console import Console
    from rich.text import Text

    metrics = SHOWN if width >= WIDE else (*NARROW, *BAND) if width >= FULL else NARROW
    shown = table(
        board,
        metrics,
        intervals=(width >= TINY, width >= FULL),
        brief=True,
        errors=width >= SMALL,
    )
    hidden = {"labels"} if width < WIDE else set()
    hidden |= {"lab", "divergence", "status"} if width < TIGHT else set()
    parts: list[RenderableType] = [drawn(title(board), shown, hidden, len(board["rows"]))]
    lines = [*_marks(board, shown), *summary(board, metrics, errors=width >= SMALL)]
    parts += [Text(visible(line)) for line in lines]
    moved = left_out(board)
    if moved is not None:
        first = Table(moved.headings, moved.rows[:LISTED], moved.texts)
        parts += ["", drawn(LEFT_OUT, first, set(), LISTED)]
        if len(moved.rows) > LISTED:
            parts.append(f"… {len(moved.rows) - LISTED} more")
    out = io.StringIO()
    console = Console(file=out, width=width, color_system=None, highlight=False)
    for part in parts:
        console.print(part)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _marks(board: Document, shown: Table) -> list[str]:
    """What a number in brackets means, where there is one."""
    marked = any(re.search(r" \(\d+\)$", cell) for row in shown.rows for cell in row)
    return [f"(n): a mean over n of the {board['episodes']} episodes."] if marked else []


def drawn(heading: str, shown: Table, hidden: set[str], entries: int) -> RenderableType:
    """A table: the first `entries` rows, a gap, and the others."""
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    columns = [i for i, name in enumerate(shown.headings) if name not in hidden]
    drawn = RichTable(
        title=Text(heading),
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0),
    )
    for name in (shown.headings[i] for i in columns):
        justify: Literal["left", "right"] = "left" if name in shown.texts else "right"
        broken = Text(name.replace("_", "\n").replace(" [", "\n["))
        whole = name not in WRAPPED
        drawn.add_column(broken, justify=justify, no_wrap=whole, overflow="fold")
    for number, row in enumerate(shown.rows):
        if number == entries:
            drawn.add_section()
        drawn.add_row(*(Text(visible(row[i])) for i in columns))
    return drawn
