"""Findings of the leakage guard: what weakens the evidence, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bench.datasets.split import Parts

Certainty = Literal["certain", "likely", "hint", "unknown"]


@dataclass(frozen=True)
class Finding:
    """Something that weakens the evidence.

    Attributes:
        code: short name in snake case; `docs/guard.md` has a section of that name.
        certainty: `certain`, `likely`, `hint`, or `unknown` where a lab does not say.
        evidence: episodes, hashes, similarities, numbers.
    """

    code: str
    certainty: Certainty
    evidence: Mapping[str, Any]

    def document(self) -> dict[str, Any]:
        """The finding as it stands in `guard.json` and in results."""
        return {
            "code": self.code,
            "certainty": self.certainty,
            "evidence": dict(self.evidence),
            "anchor": f"docs/guard.md#{self.code}",
        }


@dataclass(frozen=True)
class SplitCheck:
    """One check of a split.

    Attributes:
        name: short name in snake case.
        meaning: one line.
        run: gives how many things were compared, and the findings.
    """

    name: str
    meaning: str
    run: Callable[[Parts], tuple[int, list[Finding]]]
