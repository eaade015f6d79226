"""Every check of the data of a holdout, run over a dataset."""

from __future__ import annotations

from bench.guard.finding import Finding
from bench.guard.holdout.registry import HOLDOUT_CHECKS
from bench.io.workspace import DatasetPaths


def guard_holdout(paths: DatasetPaths, *, truth: bool) -> list[Finding]:
    """The findings on the data of a holdout, all at once.

    Args:
        paths: the dataset.
        truth: whether the truth may be opened.
    """
    checks = (check for check in HOLDOUT_CHECKS if truth or not check.needs_truth)
    return [finding for check in checks for finding in check.run(paths)]
