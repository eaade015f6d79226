"""What was measured on the holdout is what the lock names."""

from __future__ import annotations

from collections.abc import Iterator

from bench.datasets.locked import truth_differences
from bench.guard.finding import Finding
from bench.guard.holdout.check import HoldoutCheck
from bench.guard.holdout.comparing import compare_store
from bench.io.workspace import DatasetPaths


def run(paths: DatasetPaths) -> Iterator[Finding]:
    """Hold the truth against the lock."""
    yield from compare_store(paths, "holdout_truth", truth_differences)


CHECK = HoldoutCheck("holdout_truth", "the truth is that of the lock", True, run)
