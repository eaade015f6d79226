"""The guard's checks of an entry against the truth: one line each."""

from __future__ import annotations

from bench.guard.entry_checks import equal_rows, robot_itself, small_motion

ENTRY_CHECKS = (
    equal_rows.CHECK,
    small_motion.CHECK,
    robot_itself.CHECK,
)
