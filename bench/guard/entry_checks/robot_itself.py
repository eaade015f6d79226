"""An entry that is closer to a run of the robot than runs are to each other.

Two runs differ by √2 times what one run differs from their mean, if both are equally noisy. The
mean is the best that a prediction can know, so an error far below the distance of two runs over √2
is knowledge of this very run. The mean error of each joint and episode is left out: robots are
calibrated anew between runs.

The same holds of what is slow in errors. It is looked at by itself: noise, or the quick errors of a
twin, would hide that an entry knows the slow ones of this run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.guard.comparison import Comparison, EntryCheck
from bench.guard.finding import Finding

TOO_CLOSE = 0.6
"""Of the distance of two runs over √2; honest entries on calibration and validation: 1.07 and more,
of what is slow 1.06 and more.
"""
SLOW = 2.0
"""s; what is slow are the means over stretches so long."""
FEWEST = 6
"""Episodes with a further run; of fewer nothing is said."""


@dataclass(frozen=True)
class Look:
    """Of an episode with further runs: centred errors of the entry and of the runs, rad."""

    entry: float
    runs: float
    slow_entry: float
    slow_runs: float


def look(comparison: Comparison) -> Look | None:
    """Centred errors of an episode; None where no further run is known or no row counts."""
    rows = comparison.scored
    if not comparison.repeats or not rows.any() or not comparison.joints:
        return None
    first = _stretches(comparison.time[rows])
    error, runs = comparison.error[rows], [each[rows] for each in comparison.repeats]
    return Look(
        _centred(error),
        float(np.mean([_centred(each) for each in runs])),
        _centred(_means(error, first)),
        float(np.mean([_centred(_means(each, first)) for each in runs])),
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
        "every row": [(one.entry, one.runs) for one in known],
        f"means over {SLOW:g} s": [(one.slow_entry, one.slow_runs) for one in known],
    }
    return len(known), [found for of, pairs in sides.items() for found in _judged(of, pairs)]


def _judged(of: str, pairs: Sequence[tuple[float, float]]) -> Iterator[Finding]:
    entry, runs = (float(np.mean(side)) for side in zip(*pairs, strict=True))
    floor = runs / math.sqrt(2)
    if entry < TOO_CLOSE * floor:
        numbers = {"error": entry, "floor": floor, "share": entry / floor}
        evidence = {"of": of, "episodes": len(pairs), **numbers}
        yield Finding("closer_than_the_robot", "hint", evidence)


CHECK = EntryCheck(
    "robot_itself", "the entry is not far closer to a run than runs to each other", look, judge
)
