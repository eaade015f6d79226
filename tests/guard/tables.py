"""Tables of what is found, between two marks of a page: a row for a thing, a column a dataset."""

from __future__ import annotations

import re
from collections.abc import Sequence


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
