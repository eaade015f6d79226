"""The leaderboard as files: Markdown and CSV.

Names and texts come from outside: each form escapes what could act there.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator, Sequence

from bench.io.documents import Document
from bench.leaderboard.tables import LEFT_OUT, Table, left_out, summary, table, title, visible


def markdown(board: Document) -> str:
    """The leaderboard as a Markdown page."""
    lines = [f"# {title(board)}", "", *markdown_table(table(board))]
    lines += ["", *(f"- {markdown_text(line)}" for line in summary(board))]
    moved = left_out(board)
    if moved is not None:
        lines += ["", f"## {LEFT_OUT}", "", *markdown_table(moved)]
    return "\n".join(lines) + "\n"


def markdown_table(shown: Table) -> list[str]:
    """The lines of a table."""
    rule = "|" + " --- |" * len(shown.headings)
    return [_markdown_row(shown.headings), rule, *(_markdown_row(row) for row in shown.rows)]


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(markdown_text(cell) for cell in cells) + " |"


def markdown_text(text: str) -> str:
    """A text in which nothing acts as Markdown or HTML."""
    seen = html.escape(visible(text), quote=False)
    escaped = re.sub(r"([\\`*_{}\[\]()#+!|~$])", r"\\\1", seen)
    # Addresses and mentions become links without any bracket.
    return escaped.replace("://", "&#58;//").replace("@", "&#64;").replace("www.", "www&#46;")


def csv_text(board: Document) -> str:
    """The leaderboard as CSV with unrounded numbers in the metrics' own units.

    First whether the lab can open the truth, empty where everybody can, and the errors of the
    provenance record, `claimed` where they are the lab's word; then one
    column a metric, two for its interval and one for the number of episodes behind it. Arms have
    columns of their own where there are several. `findings` has certainty and code of each. A text
    that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    rows = [[*_fields(row)] for row in (*board["rows"], *board["repeatability"])]
    writer.writerow([name for name, _ in rows[0]])
    writer.writerows([csv_cell(value) for _, value in row] for row in rows)
    return out.getvalue()


def _fields(row: Document) -> Iterator[tuple[str, object]]:
    """Column and value of everything that a row says."""
    rank, ends = row["rank"] or (None, None), row["leave_one_out"] or {}
    yield from (("entry", row["entry"]), ("lab", row["lab"]), ("status", row["status"]))
    yield "opens_truth", row.get("opens_truth")
    yield from (("rank_low", rank[0]), ("rank_high", rank[1]))
    for name in ("fit", "validation", "claimed"):
        yield name, (row.get("errors") or {}).get(name)
    for name, estimate in row["metrics"].items():
        yield from _estimate(name, estimate)
        yield f"{name}_episodes", row["episodes"][name]
    yield from _estimate("skill", row["skill"])
    yield "coverage", row["coverage"]
    for end in ("low", "low_without", "high", "high_without"):
        yield f"leave_one_out_{end}", ends.get(end)
    yield "divergence", row["divergence"]
    yield "findings", "; ".join(f"{f['certainty']} {f['code']}" for f in row["findings"])
    if len(row["arms"]) > 1:
        for arm, metrics in row["arms"].items():
            for name, estimate in metrics.items():
                yield from _estimate(f"{arm}_{name}", estimate)


def _estimate(name: str, estimate: Document) -> list[tuple[str, object]]:
    return [
        (name, estimate["value"]),
        (f"{name}_low", estimate["low"]),
        (f"{name}_high", estimate["high"]),
    ]


def csv_cell(value: object) -> object:
    """A value that no spreadsheet takes for a formula."""
    if not isinstance(value, str):
        return value
    # Some spreadsheets part cells at semicolons, and take wide signs for their narrow ones.
    return re.sub(r"(^|;)(?=\s*[=+\-@\uff1d\uff0b\uff0d\uff20])", r"\1'", visible(value))
