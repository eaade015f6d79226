"""The guard inside `score`: what it looks at in every episode, and what it says of all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.guard.comparison import Comparison
from bench.guard.entry_registry import ENTRY_CHECKS
from bench.guard.finding import Finding
from bench.io.documents import Document
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]
Looked = tuple[Any, ...]
"""What each check keeps of one episode, in the order of the registry."""


def looked_at(trace: EpisodeTrace, repeats: Sequence[Floats], *, simulated: bool) -> Looked:
    """Show an episode to every check.

    Args:
        trace: the episode.
        repeats: (N, J) each, a further run minus the reference, row by row, rad.
        simulated: whether the reference was simulated.
    """
    positions = trace.turned
    comparison = Comparison(
        id=trace.id,
        time=trace.time,
        scored=trace.scored,
        joints=trace.joints,
        arms=trace.columns_of,
        reference=positions.reference,
        predicted=positions.predicted,
        command=positions.command,
        error=trace.error,
        repeats=tuple(repeats),
        simulated=simulated,
    )
    return tuple(check.look(comparison) for check in ENTRY_CHECKS)


def judged(looks: Sequence[Looked]) -> tuple[list[Document], list[Finding]]:
    """What every check says of all episodes.

    Returns:
        The checks with how many things they compared, and the findings.
    """
    ran = [
        (check, *check.judge([looked[number] for looked in looks]))
        for number, check in enumerate(ENTRY_CHECKS)
    ]
    checks = [
        {"name": check.name, "meaning": check.meaning, "looked_at": looked}
        for check, looked, _ in ran
    ]
    return checks, [finding for _, _, found in ran for finding in found]
