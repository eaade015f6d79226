"""What holds for entries on a dataset's holdout: how many, and who can open its truth."""

from __future__ import annotations

from dataclasses import dataclass

from bench.io.documents import Document
from bench.leaderboard.names import plain


@dataclass(frozen=True)
class Terms:
    """The terms of a holdout.

    Attributes:
        attempts_per_lab: how many different predictions a lab may have scored; None for any number.
        truth_holders: labs that can open the truth; None where the recordings are public.
    """

    attempts_per_lab: int | None = None
    truth_holders: tuple[str, ...] | None = None

    @classmethod
    def of(cls, dataset: Document) -> Terms:
        """The terms that `dataset.json` sets."""
        holders = dataset.get("truth_holders")
        return cls(dataset.get("attempts_per_lab"), None if holders is None else tuple(holders))

    def opens_truth(self, lab: str) -> bool | None:
        """Whether a lab is one that can open the truth; None where everybody can."""
        if self.truth_holders is None:
            return None
        return plain(lab) in {plain(holder) for holder in self.truth_holders}
