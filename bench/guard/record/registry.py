"""The checks of what an entry's provenance record says: one line each."""

from __future__ import annotations

from bench.guard.checks import record_derived, record_group, record_holdout, record_unknown
from bench.guard.record.check import RecordCheck

RECORD_CHECKS: tuple[RecordCheck, ...] = (
    record_holdout.CHECK,
    record_group.CHECK,
    record_derived.CHECK,
    record_unknown.CHECK,
)
