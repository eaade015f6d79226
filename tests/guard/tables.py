"""Tables of what is found, between two marks of a page: a row for a thing, a column a dataset."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from bench.guard.finding import Finding
from tests.guard.recorded import DATASETS, GENERATED, RECORDED

PAGE = Path(__file__).parent.parent.parent / "docs" / "guard.md"
NOTHING = "–"
SURENESS = ("certain", "likely", "hint", "unknown")

Column = Mapping[str, str]
"""What is found of each thing, by its name."""


def marks(name: str) -> re.Pattern[str]:
    """What a page has between the marks of a table."""
    return re.compile(rf"(<!-- {name}: begin -->\n).*?(<!-- {name}: end -->)", re.DOTALL)


def written(
    page: str, marked: re.Pattern[str], datasets: Sequence[str], key: int
) -> dict[str, dict[str, str]]:
    """The columns of the table that a page has, by dataset; `key` is the column of the names."""
    found = marked.search(page)
    assert found is not None
    lines = [line for line in found[0].splitlines() if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    headings, cells = (rows[0], rows[2:]) if rows else ([], [])
    return {
        heading: {row[key]: row[place] for row in cells}
        for place, heading in enumerate(headings)
        if heading in datasets
    }


def in_markdown(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def renew(marked: re.Pattern[str], table: str) -> None:
    """Put a table between its marks of the page."""
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(marked.sub(rf"\g<1>\n{table}\n\n\g<2>", page), encoding="utf-8")


def columns(
    before: Mapping[str, Column], column: Callable[[str, Path | None], Column]
) -> dict[str, Column]:
    """The columns by dataset: those of recordings that are not here stay as they were."""
    mirror = os.environ.get("TWINBENCH_MIRROR")
    made = {name: column(name, None) for name in GENERATED}
    if mirror:
        made |= {name: column(name, Path(mirror)) for name in RECORDED}
    return {**before, **made}


def told(findings: Iterable[Finding]) -> str:
    """How sure, and the codes: `certain: a, b; likely: c`."""
    codes: dict[str, dict[str, None]] = {}
    for finding in findings:
        codes.setdefault(finding.certainty, {})[f"`{finding.code}`"] = None
    said = (f"{sure}: {', '.join(codes[sure])}" for sure in SURENESS if sure in codes)
    return "; ".join(said) or NOTHING


def write(
    marked: re.Pattern[str],
    heading: str,
    names: Iterable[str],
    column: Callable[[str, Path | None], Column],
) -> None:
    """Put a table with a row for a name and a column for a dataset into the page."""
    found = columns(written(PAGE.read_text(encoding="utf-8"), marked, DATASETS, key=0), column)
    rows = ((name, *(found.get(one, {}).get(name, "") for one in DATASETS)) for name in names)
    renew(marked, in_markdown((heading, *DATASETS), rows))
