"""Plain sentences: every code has one and a section of the page, and long evidence is cut."""

from __future__ import annotations

from pathlib import Path

from bench.guard.words import MEANINGS, SHOWN, explained


def test_every_code_that_is_explained_has_a_section(repository: Path) -> None:
    page = (repository / "docs" / "guard.md").read_text(encoding="utf-8")
    assert [code for code in MEANINGS if f"{{#{code}}}" not in page] == []


def test_evidence_is_cut_where_it_is_long_or_deep() -> None:
    deep: object = "bottom"
    for _ in range(9):
        deep = {"in": deep}
    finding = {
        "code": "new_code",
        "certainty": "unknown",
        "evidence": {"many": list(range(99)), "deep": deep, "yes": True, "number": 0.123456},
        "anchor": "docs/guard.md#new_code",
    }
    lines = list(explained([], [finding], of_entry=True))
    assert lines[:3] == [
        "",
        "new_code (unknown)",
        "  Nobody said, so it is not known. An entry with it is ranked, and its row is marked.",
    ]
    assert lines[3].endswith(f"9, and {99 - SHOWN} more")
    assert lines[4] == "  deep: in (in (in …))"
    assert lines[5:] == ["  yes: yes", "  number: 0.123", "  More: docs/guard.md#new_code"]


def test_of_a_split_nothing_is_said_of_ranks() -> None:
    finding = {"code": "near_duplicate", "certainty": "hint", "evidence": {}, "anchor": "x"}
    lines = list(explained([], [finding], of_entry=False))
    assert "  This is a hint: worth a question." in lines
    assert not any("ranked" in line for line in lines)
