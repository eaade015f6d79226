"""What a metric is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from bench.scoring.trace import EpisodeTrace


@dataclass(frozen=True)
class Metric:
    """One number per episode, averaged over episodes.

    Attributes:
        name: snake case, as in results.
        symbol: as in `docs/formulas.md`.
        unit: of the value in results.
        shown_unit: of the value in tables.
        shown_factor: from `unit` to `shown_unit`.
        direction: whether lower or higher is better.
        meaning: one line.
        compute: gives the value of an episode; None where it has none.
    """

    name: str
    symbol: str
    unit: str
    shown_unit: str
    shown_factor: float
    direction: Literal["lower", "higher"]
    meaning: str
    compute: Callable[[EpisodeTrace], float | None]
