"""What the findings of the guard do to a row of a table, and how they are said there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bench.io.documents import Document


def is_certain(findings: Sequence[Document]) -> bool:
    """Whether a finding is certain: an entry with one is not ranked."""
    return any(finding["certainty"] == "certain" for finding in findings)


def marks(row: Document) -> str:
    """The findings of a row, to stand behind its status."""
    return "".join(f", {f['certainty']} {f['code']}" for f in row["findings"])


def codes(row: Document) -> str:
    """Certainty and code of each finding of a row, in one field."""
    return "; ".join(f"{f['certainty']} {f['code']}" for f in row["findings"])


def finding_lines(rows: Sequence[Document]) -> Iterator[str]:
    """Which rows have findings, where each is explained, and what follows from them."""
    found_in: dict[tuple[str, str, str], list[str]] = {}
    for row in rows:
        for found in row["findings"]:
            kind = (found["certainty"], found["code"], found["anchor"])
            found_in.setdefault(kind, []).append(row["entry"])
    for (certainty, code, anchor), entries in sorted(found_in.items()):
        yield f"Found by the guard: {certainty} {code} ({anchor}) in {', '.join(entries)}."
    if any(certainty == "certain" for certainty, _, _ in found_in):
        yield "An entry with a certain finding is not ranked."


def unknown_lines(rows: Sequence[Document]) -> Iterator[str]:
    """What `unknown` in a row means, where a row has it."""
    if any(f["certainty"] == "unknown" for row in rows for f in row["findings"]):
        yield (
            "Unknown: the guard cannot tell, as the lab does not say; the row is ranked all the "
            "same."
        )
