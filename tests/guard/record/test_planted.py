from __future__ import annotations

from tests.guard import tables
from tests.guard.record import planted


def test_the_page_has_the_table_of_planted_records() -> None:
    marked = planted.MARKED.search(tables.PAGE.read_text(encoding="utf-8"))
    assert marked is not None
    assert planted.table() in marked[0]


def test_honest_records_have_no_finding_and_all_others_but_one_have() -> None:
    told = {name: planted.told(made) for name, made in planted.RECORDS.items()}
    assert {name for name, found in told.items() if found == tables.NOTHING} == {
        *planted.HONEST,
        "a name that says nothing",
    }
