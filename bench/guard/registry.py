"""The guard's checks: one line each."""

from __future__ import annotations

from bench.guard.checks import commands, groups, hashes, inputs

SPLIT_CHECKS = (
    groups.CHECK,
    hashes.CHECK,
    commands.CHECK,
    inputs.CHECK,
)
