"""The guard's checks: one line each."""

from __future__ import annotations

from bench.datasets.layout import Layout
from bench.guard.checks import commands, groups, hashes, inputs, near_duplicates
from bench.guard.finding import SplitCheck


def split_checks(layout: Layout) -> tuple[SplitCheck, ...]:
    """The checks of a split of a dataset whose joints have this layout."""
    return (
        groups.CHECK,
        hashes.CHECK,
        commands.CHECK,
        near_duplicates.CHECK,
        inputs.check(layout),
    )
