"""What holds for entries on a dataset's holdout: how many, and who can open its truth."""

from __future__ import annotations

from dataclasses import dataclass

from bench.datasets.sealing.commitment import is_sealed, read_sealed
from bench.entries.texts import look
from bench.io.workspace import DatasetPaths


@dataclass(frozen=True)
class Terms:
    """The terms of a holdout.

    Attributes:
        attempts_per_lab: how many different predictions a lab may have scored; None for any number.
        truth_holders: labs that can open the truth, each once; None where the recordings are
            public.
    """

    attempts_per_lab: int | None = None
    truth_holders: tuple[str, ...] | None = None

    @classmethod
    def of(cls, paths: DatasetPaths) -> Terms:
        """The terms that `dataset.json` sets; who holds a key of a sealed holdout opens it, too.

        Raises:
            ProblemsError: `dataset.json` or `sealed.json` does not fit, or is of another dataset.
        """
        dataset = paths.document()
        named: list[str] | None = dataset.get("truth_holders")
        if is_sealed(paths):
            organisers = read_sealed(paths)["organisers"]
            named = [one["lab"] for one in organisers if one["lab"]] + (named or [])
        if named is None:
            return cls(dataset.get("attempts_per_lab"))
        holders: dict[str, str] = {}
        for lab in named:
            holders.setdefault(look(lab), lab)
        return cls(dataset.get("attempts_per_lab"), tuple(holders.values()))

    def opens_truth(self, lab: str) -> bool | None:
        """Whether a lab is one that can open the truth; None where everybody can."""
        if self.truth_holders is None:
            return None
        return look(lab) in {look(holder) for holder in self.truth_holders}
