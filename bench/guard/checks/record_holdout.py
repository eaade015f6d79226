"""No record names an episode of the holdout among what was read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bench.guard.finding import Certainty, Finding
from bench.guard.record.check import RecordCheck
from bench.guard.record.known import KnownHoldout
from bench.guard.record.naming import exact, findings, read_by
from bench.io.documents import Document

CODE = "provenance_names_holdout"


def run(record: Document | None, known: KnownHoldout) -> Iterator[Finding]:
    """Look for ids, hashes and raw files of the holdout, and for stores that hold it."""
    found: list[tuple[Certainty, Mapping[str, object]]] = []
    for named in read_by(record) if record else ():
        match = exact(known, named)
        if match is not None and match.kind != "group":
            # A file with the whole dataset may have been read without its holdout.
            says = {"where": named.where, "says": named.name, "is": match.known}
            found.append((match.sure, {**says, "by": list(match.by)}))
    yield from findings(CODE, found)


CHECK = RecordCheck("record_holdout", "the record names no episode of the holdout", CODE, run)
