"""Records as lines of aligned columns."""

from __future__ import annotations

from collections.abc import Sequence

from bench.cli.main import printable
from bench.io.documents import Document


def columns(records: Sequence[Document]) -> list[str]:
    """The records as lines of aligned columns under the names of their fields."""
    if not records:
        return ["none"]
    names = list(records[0])
    rows = [names, *([_cell(record[name]) for name in names] for record in records)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(names))]
    return ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in rows]


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    if value is None:
        return "–"
    return printable(str(value))
