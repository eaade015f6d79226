"""The guard's checks: one line each."""

from __future__ import annotations

from bench.datasets.layout import Layout
from bench.guard.checks import (
    commands,
    groups,
    hashes,
    inputs,
    record_derived,
    record_group,
    record_holdout,
    record_unknown,
)
from bench.guard.finding import SplitCheck
from bench.guard.record.check import RecordCheck


def split_checks(layout: Layout) -> tuple[SplitCheck, ...]:
    """The checks of a split of a dataset whose joints have this layout."""
    return (
        groups.CHECK,
        hashes.CHECK,
        commands.CHECK,
        inputs.check(layout),
    )


RECORD_CHECKS: tuple[RecordCheck, ...] = (
    record_holdout.CHECK,
    record_group.CHECK,
    record_derived.CHECK,
    record_unknown.CHECK,
)
"""The checks of what an entry's provenance record says."""
