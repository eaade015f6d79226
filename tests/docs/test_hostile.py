"""The page on hostile files against the cases: every attack, with all codes that it gives."""

from __future__ import annotations

import re
from collections import defaultdict

from tests.docs.hostile import PAGE, renewed
from tests.docs.pages import tables
from tests.support.hostile.cases import cases


def test_every_attack_has_its_codes_and_an_example() -> None:
    page = PAGE.read_text(encoding="utf-8")
    rows = [row for table in tables(page) for row in table[1:] if len(row) == 3]
    told = {row[0]: set(re.findall(r"`(\w+)`", row[2])) for row in rows}
    found: dict[str, set[str]] = defaultdict(set)
    for case in cases():
        found[case.attack] |= case.codes
    assert told == found
    assert len(told) == len(rows)


def test_the_codes_are_written_from_the_cases() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert renewed(page) == page, "run: python -m tests.docs.hostile"
    emptied = page.replace("`link`, `missing_episode`", "")
    assert emptied != page
    assert renewed(emptied) == page
