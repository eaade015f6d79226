"""Every check of a provenance record, run over one."""

from __future__ import annotations

from bench.guard.finding import Finding
from bench.guard.record.known import KnownHoldout
from bench.guard.record.registry import RECORD_CHECKS
from bench.io.documents import Document


def guard_record(record: Document | None, known: KnownHoldout) -> list[Finding]:
    """The findings of an entry's provenance record, all at once.

    Args:
        record: `provenance.json`; None if the entry has none.
        known: the holdout of its dataset.
    """
    return [finding for check in RECORD_CHECKS for finding in check.run(record, known)]
