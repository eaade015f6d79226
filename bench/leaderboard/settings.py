"""How the rows of a board are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.scoring.statistics import fewest


@dataclass(frozen=True)
class Settings:
    """How rows are compared.

    Attributes:
        naive: the entry from which skill counts.
        seed: of the resampling.
        resamples: their number.
        level: of every interval, and 1 minus the error of all pairs together.
    """

    naive: str
    seed: int
    resamples: int
    level: float

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Settings:
        """Read them from `params.yaml`.

        Raises:
            UnknownNameError: the naive entry is none of the pipeline's.
            ProblemsError: too few resamples for the level.
        """
        score = params["score"]
        if score["naive"] not in params["entries"]:
            raise UnknownNameError("naive entry", score["naive"], sorted(params["entries"]))
        problems = list(
            resampling_problems("params.yaml: score", score["resamples"], score["level"])
        )
        if problems:
            raise ProblemsError(problems)
        return cls(score["naive"], score["seed"], score["resamples"], score["level"])


def resampling_problems(where: str, resamples: int, level: float) -> Iterator[Problem]:
    """Whether the resamples reach as far out as the ends of an interval lie.

    Args:
        where: what names the two, for the message.
        resamples: their number.
        level: of the two-sided interval.
    """
    needed = fewest((1 - level) / 2) if level < 1 else 0
    if resamples < needed:
        expected = f"at least {needed} resamples for level {level:g}"
        yield Problem("resamples", where, expected, str(resamples))
