"""What the guard sees of an entry while it is scored: one episode beside its truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.guard.finding import Finding

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Comparison:
    """An entry's prediction of one episode, at the reference's N times.

    J scored revolute joints of all arms; of those without limits the turns are followed.

    Attributes:
        id: the episode.
        time: (N,) s, the reference's clock.
        scored: (N,) rows that are not masked and not given as input.
        joints: names of the J joints.
        arms: columns of each arm's joints, by arm.
        reference: (N, J) measured positions, rad.
        predicted: (N, J) predicted positions, rad.
        command: (N, J) commands in force, rad.
        error: (N, J) predicted minus measured, rad.
        repeats: (N, J) each, a further run of the robot minus the reference, row by row, rad.
        simulated: whether the reference was simulated.
    """

    id: str
    time: Floats
    scored: Flags
    joints: tuple[str, ...]
    arms: Mapping[str, Sequence[int]]
    reference: Floats
    predicted: Floats
    command: Floats
    error: Floats
    repeats: tuple[Floats, ...] = ()
    simulated: bool = False


@dataclass(frozen=True)
class EntryCheck:
    """One check of an entry against the truth.

    Attributes:
        name: short name in snake case.
        meaning: one line.
        look: what is kept of one episode; small, whatever the episode's length.
        judge: from what was kept of all episodes, in order, how many things were compared, and
            the findings.
    """

    name: str
    meaning: str
    look: Callable[[Comparison], Any]
    judge: Callable[[Sequence[Any]], tuple[int, list[Finding]]]
