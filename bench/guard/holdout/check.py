"""What a check of the data of a holdout is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from bench.guard.finding import Finding
from bench.io.workspace import DatasetPaths

CODES: Mapping[str, str] = {
    "lock_missing": "the lock is not there, or cannot be read",
    "lock_broken": "the root of the lock is not that of its records, or it is of another dataset",
    "holdout_changed": "an episode of the holdout is not the one of the lock",
    "holdout_missing": "an episode of the lock is not there",
    "holdout_extra": "there is an episode that the lock does not have",
}
"""The findings on the data of a holdout, each with one line."""


@dataclass(frozen=True)
class HoldoutCheck:
    """One check of the data of a holdout.

    Attributes:
        name: short name in snake case.
        meaning: one line.
        needs_truth: whether it opens the truth.
        run: gives the findings of a dataset of the checkout.
    """

    name: str
    meaning: str
    needs_truth: bool
    run: Callable[[DatasetPaths], Iterable[Finding]]
