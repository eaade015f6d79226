"""How the rows of a board are compared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.scoring.result import resampling_problems


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
            ProblemsError: too few resamples for the level, or too many.
        """
        score = params["score"]
        if score["naive"] not in params["entries"]:
            raise UnknownNameError("naive entry", score["naive"], sorted(params["entries"]))
        problems = list(sampling_problems("params.yaml: score", score))
        if problems:
            raise ProblemsError(problems)
        return cls(score["naive"], score["seed"], score["resamples"], score["level"])


def sampling_problems(where: str, named: Mapping[str, Any]) -> Iterator[Problem]:
    """Settings of a resampling that cannot be used, at most one problem for each.

    Args:
        where: what names them, for the message.
        named: with `seed`, `resamples` and `level`.
    """
    seed, resamples, level = (named[key] for key in ("seed", "resamples", "level"))
    if seed < 0:
        yield Problem("schema", f"{where}: seed", "at least 0", f"{seed}")
    if not 0 < level < 1:
        yield Problem("schema", f"{where}: level", "more than 0 and less than 1", f"{level}")
    else:
        yield from resampling_problems(where, resamples, level)
