"""What a check of the pipeline is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.guard.finding import Finding
from bench.guard.pipeline.stages import Pipeline


@dataclass(frozen=True)
class PipelineCheck:
    """One check of the pipeline of a checkout.

    Attributes:
        name: short name in snake case.
        meaning: one line.
        code: of its findings.
        run: gives the findings.
    """

    name: str
    meaning: str
    code: str
    run: Callable[[Pipeline], Iterable[Finding]]
