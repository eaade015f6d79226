"""The paths of a dataset while its sealed truth is open."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from bench.io.documents import Document
from bench.io.workspace import DatasetPaths


@dataclass(frozen=True)
class OpenedPaths(DatasetPaths):
    """A dataset whose truth, and whose full results, lie in a temporary folder.

    Attributes:
        temporary: that folder, outside the checkout.
        sealed: `sealed.json`.
        data_key: what the truth was encrypted with.
    """

    temporary: Path
    sealed: Document
    data_key: bytes = field(repr=False)

    def part(self, split: str) -> Path:
        """The store of one part of the split."""
        if split == "holdout_truth":
            return self.temporary / f"{split}.zarr"
        return super().part(split)

    @property
    def results(self) -> Path:
        """The folder with the full results."""
        return self.temporary / "results"

    @property
    def repeats(self) -> Path:
        """Where results of the robot's further runs would lie; none are made."""
        return self.temporary / "repeats"
