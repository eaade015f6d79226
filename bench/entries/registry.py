"""The checks of an entry: one line each, in the order in which they run."""

from __future__ import annotations

from bench.entries.check import Check
from bench.entries.checks import (
    clock,
    dataset,
    degrees,
    documents,
    episodes,
    files,
    holdout,
    joints,
    papers,
    samples,
    signals,
    store,
    values,
    wrapped,
)

CHECKS: tuple[Check, ...] = (
    files.CHECK,
    documents.CHECK,
    store.CHECK,
    dataset.CHECK,
    holdout.CHECK,
    papers.CHECK,
    episodes.CHECK,
    signals.CHECK,
    joints.CHECK,
    values.CHECK,
    samples.CHECK,
    clock.CHECK,
    degrees.CHECK,
    wrapped.CHECK,
)
