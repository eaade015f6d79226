"""An entry that is closer to a run of the robot than runs are to each other.

Two runs differ by √2 times what one run differs from their mean, if both are equally noisy. The
mean is the best that a prediction can know, so an error far below the distance of two runs over √2
is knowledge of this very run. The mean error of each joint and episode is left out: robots are
calibrated anew between runs.

The same holds of what is slow in errors. It is looked at by itself: noise, or the quick errors of a
twin, would hide that an entry knows the slow ones of this run. And it holds of any run: an entry
that close to a further one is that run, handed in for the one that is scored.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.guard.comparison import Comparison, EntryCheck
from bench.guard.finding import Certainty, Finding

TOO_CLOSE = 0.6
"""Of the distance of two runs over √2; honest entries on calibration and validation: 1.07 and more,
of what is slow 1.06; of a further run 1.24, of what is slow there 1.29.
"""
FAR_TOO_CLOSE = 0.3
"""Half of that: no longer a matter of how much two runs happen to differ."""
SLOW = 2.0
"""s; what is slow are the means over stretches so long."""
FEWEST = 6
"""Episodes with a further run; of fewer nothing is said."""


@dataclass(frozen=True)
class Distances:
    """Centred distances between trajectories in an episode, rad.

    Attributes:
        scored: of the entry from the run that is scored.
        further: of the entry from the nearest further run.
        runs: of the further runs from the one that is scored, in the mean.
    """

    scored: float
    further: float
    runs: float


@dataclass(frozen=True)
class Look:
    """What is kept of an episode with further runs: of every row, and of what is slow."""

    every: Distances
    slow: Distances


def look(comparison: Comparison) -> Look | None:
    """The distances of an episode; None where no further run is known or no row counts."""
    rows = comparison.scored
    if not comparison.repeats or not rows.any() or not comparison.joints:
        return None
    first = _stretches(comparison.time[rows])
    error, runs = comparison.error[rows], [each[rows] for each in comparison.repeats]
    return Look(
        _distances(error, runs),
        _distances(_means(error, first), [_means(each, first) for each in runs]),
    )


def _distances(error: NDArray[np.float64], runs: list[NDArray[np.float64]]) -> Distances:
    """Of an entry and of runs that are off the scored one by these (N, J)."""
    return Distances(
        _centred(error),
        min(_centred(error - each) for each in runs),
        float(np.mean([_centred(each) for each in runs])),
    )


def _stretches(time: NDArray[np.float64]) -> NDArray[np.intp]:
    """The first row of every stretch of `SLOW` seconds that has one."""
    stretch = (time - time[0]) // SLOW
    return np.flatnonzero(np.diff(stretch, prepend=-1.0))


def _means(error: NDArray[np.float64], first: NDArray[np.intp]) -> NDArray[np.float64]:
    """(M, J) means over M stretches of (N, J) errors."""
    counts = np.diff(first, append=len(error))
    means: NDArray[np.float64] = np.add.reduceat(error, first, axis=0) / counts[:, None]
    return means


def _centred(error: NDArray[np.float64]) -> float:
    return float(error.std(axis=0).mean())


def judge(looks: Sequence[Look | None]) -> tuple[int, list[Finding]]:
    """Compare the means over all episodes that have a further run."""
    known = [one for one in looks if one is not None]
    if len(known) < FEWEST:
        return len(known), []
    sides = {
        "every row": [one.every for one in known],
        f"means over {SLOW:g} s": [one.slow for one in known],
    }
    return len(known), [found for of, sizes in sides.items() for found in _judged(of, sizes)]


def _judged(of: str, sizes: Sequence[Distances]) -> Iterator[Finding]:
    floor = float(np.mean([one.runs for one in sizes])) / math.sqrt(2)
    errors = {
        "the scored run": [one.scored for one in sizes],
        "a further run": [one.further for one in sizes],
    }
    for run, own in errors.items():
        error = float(np.mean(own))
        if error < TOO_CLOSE * floor:
            certainty: Certainty = "likely" if error < FAR_TOO_CLOSE * floor else "hint"
            numbers = {"error": error, "floor": floor, "share": error / floor}
            evidence = {"to": run, "of": of, "episodes": len(sizes), **numbers}
            yield Finding("closer_than_the_robot", certainty, evidence)


CHECK = EntryCheck(
    "robot_itself", "the entry is not far closer to a run than runs to each other", look, judge
)
