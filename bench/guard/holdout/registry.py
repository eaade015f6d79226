"""The checks of the data of a holdout: one line each."""

from __future__ import annotations

from bench.guard.checks import holdout_inputs, holdout_lock, holdout_truth
from bench.guard.holdout.check import HoldoutCheck

HOLDOUT_CHECKS: tuple[HoldoutCheck, ...] = (
    holdout_lock.CHECK,
    holdout_inputs.CHECK,
    holdout_truth.CHECK,
)
