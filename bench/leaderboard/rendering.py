"""The leaderboard as files: Markdown and CSV.

Names and texts come from outside: each form escapes what could act there.
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from bench.io.documents import Document
from bench.leaderboard.failing_tables import FAILING, FAILING_NOTE, SHARED, SHARED_NOTE
from bench.leaderboard.failing_tables import failing as failing_table
from bench.leaderboard.failing_tables import shared as shared_table
from bench.leaderboard.findings import codes
from bench.leaderboard.tables import LEFT_OUT, Table, left_out, summary, table, title, visible
from bench.scoring.labels.failures import FAILURES

_FORMULA = re.compile(
    r"(^|;)(?=[\s\"]*[=+\-@"
    "\u207a\u207b\u207c\u208a\u208b\u208c\u2212\u2a75\u2a76\ufb29\ufe62\ufe63\ufe66\ufe6b"
    "\uff0b\uff0d\uff1d\uff20])"
)
"""Where a formula would begin: at `=`, `+`, `-`, `@`, or a small, wide, raised or lowered one."""


def markdown(board: Document) -> str:
    """The leaderboard as a Markdown page."""
    lines = [f"# {title(board)}", "", *markdown_table(table(board))]
    lines += ["", *(f"- {markdown_text(line)}" for line in summary(board))]
    lines += _section(FAILING, failing_table(board), FAILING_NOTE)
    lines += _section(SHARED, shared_table(board), SHARED_NOTE)
    lines += _section(LEFT_OUT, left_out(board))
    return "\n".join(lines) + "\n"


def _section(heading: str, shown: Table | None, note: str = "") -> list[str]:
    """The lines of a section; none without a table."""
    if shown is None:
        return []
    lines = ["", f"## {heading}", "", *markdown_table(shown)]
    return [*lines, "", markdown_text(note)] if note else lines


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
    # Addresses and mentions become links without any bracket; GitHub looks for those of e-mail
    # once entities are resolved. A comment in front could begin a block of HTML, one behind cannot.
    escaped = escaped.replace("@", "&#64;<!-- -->")
    return escaped.replace("://", "&#58;//").replace("www.", "www&#46;")


def csv_text(board: Document) -> str:
    """The leaderboard as CSV with unrounded numbers in the metrics' own units.

    First whether the lab can open the truth, empty where everybody can, and the errors of the
    provenance record, `claimed` where they are the lab's word; then one
    column a metric, two for its interval and one for the number of episodes behind it. Arms have
    columns of their own where there are several. `findings` has certainty and code of each. A text
    that a spreadsheet would take for a formula gets an apostrophe in front.
    """
    rows = [[*_fields(row)] for row in (*board["rows"], *board["repeatability"])]
    names = [name for name, _ in rows[0]]
    return _csv(names, ([value for _, value in row] for row in rows))


def labels_csv(board: Document) -> str:
    """The profiles of all rows as CSV: one row an entry, label, arm and joint that shows it.

    `episodes`, `share`, `groups` and `strength` are those of the label on the arm, and
    `joint_episodes` those in which the joint shows it. Texts are made safe as in `csv_text`.
    """
    named = ("episodes", "share", "groups", "strength")
    rows = (
        [row["entry"], item["label"], item["arm"], *(item[n] for n in named), joint, count]
        for row in (*board["rows"], *board["repeatability"])
        for item in row.get("profile", ())
        for joint, count in (item["joints"] or {"": None}).items()
    )
    return _csv(["entry", "label", "arm", *named, "joint", "joint_episodes"], rows)


def _csv(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([csv_cell(value) for value in row] for row in rows)
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
    yield "findings", codes(row)
    yield from _shared(row.get("shared_failures"))
    if len(row["arms"]) > 1:
        for arm, metrics in row["arms"].items():
            for name, estimate in metrics.items():
                yield from _estimate(f"{arm}_{name}", estimate)


def _shared(found: Document | None) -> Iterator[tuple[str, object]]:
    """Numbers of episodes and kappa of every failure, and how alike the distributions are."""
    nothing = dict.fromkeys(("value", "low", "high"))
    for name in FAILURES:
        failure = found["failures"][name] if found else {"kappa": nothing}
        for side in ("reference", "entry", "both"):
            yield f"{name}_{side}", failure.get(side)
        yield from _estimate(f"{name}_kappa", failure["kappa"])
    yield from _estimate("failures_alike", found["distribution"] if found else nothing)


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
    # Some spreadsheets part cells at semicolons. To them a quote behind one opens a cell's text.
    return _FORMULA.sub(r"\1'", visible(value))
