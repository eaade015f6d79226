"""What a check of a provenance record is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.guard.finding import Finding
from bench.guard.record.known import KnownHoldout
from bench.io.documents import Document


@dataclass(frozen=True)
class RecordCheck:
    """One check of what an entry's provenance record says.

    Attributes:
        name: short name in snake case.
        meaning: one line.
        code: of its findings.
        run: gives the findings of a record, None if the entry has none.
    """

    name: str
    meaning: str
    code: str
    run: Callable[[Document | None, KnownHoldout], Iterable[Finding]]
