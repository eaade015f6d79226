"""No record names another recording of a holdout motion, or of its group."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.guard.finding import Certainty, Finding
from bench.guard.record.check import RecordCheck
from bench.guard.record.known import KnownHoldout
from bench.guard.record.naming import exact, findings, read_by
from bench.io.documents import Document

CODE = "provenance_same_group"


def run(record: Document | None, known: KnownHoldout) -> Iterator[Finding]:
    """Look for names of holdout groups and motions, and for raw files of their other runs."""
    matches = ((named, exact(known, named)) for named in (read_by(record) if record else ()))
    found: list[tuple[Certainty, Mapping[str, object]]] = [
        (
            match.sure,
            {"where": named.where, "says": named.name, "is": match.known, "by": list(match.by)},
        )
        for named, match in matches
        if match is not None and match.kind == "group"
    ]
    yield from findings(CODE, found)


CHECK = RecordCheck(
    "record_group", "the record names no other recording of a holdout's group", CODE, run
)
