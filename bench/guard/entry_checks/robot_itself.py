"""An entry that is closer to a run of the robot than runs are to each other.

Two runs differ by √2 times what one run differs from their mean, if both are equally noisy. The
mean is the best that a prediction can know, so an error far below the distance of two runs over √2
is knowledge of this very run. The mean error of each joint and episode is left out: robots are
calibrated anew between runs.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.guard.comparison import Comparison, EntryCheck
from bench.guard.finding import Finding

TOO_CLOSE = 0.6
"""Of the distance of two runs over √2; honest entries on calibration and validation: 1.07 and more.
"""
FEWEST = 6
"""Episodes with a further run; of fewer nothing is said."""


@dataclass(frozen=True)
class Look:
    """Of an episode with further runs: centred errors of the entry and of the runs, rad."""

    entry: float
    runs: float


def look(comparison: Comparison) -> Look | None:
    """Centred errors of an episode; None where no further run is known or no row counts."""
    rows = comparison.scored
    if not comparison.repeats or not rows.any() or not comparison.joints:
        return None
    runs = [_centred(each[rows]) for each in comparison.repeats]
    return Look(_centred(comparison.error[rows]), float(np.mean(runs)))


def _centred(error: NDArray[np.float64]) -> float:
    return float(error.std(axis=0).mean())


def judge(looks: Sequence[Look | None]) -> tuple[int, list[Finding]]:
    """Compare the means over all episodes that have a further run."""
    known = [one for one in looks if one is not None]
    if len(known) < FEWEST:
        return len(known), []
    entry = float(np.mean([one.entry for one in known]))
    floor = float(np.mean([one.runs for one in known])) / math.sqrt(2)
    if entry >= TOO_CLOSE * floor:
        return len(known), []
    evidence = {"episodes": len(known), "error": entry, "floor": floor, "share": entry / floor}
    return len(known), [Finding("closer_than_the_robot", "hint", evidence)]


CHECK = EntryCheck(
    "robot_itself", "the entry is not far closer to a run than runs to each other", look, judge
)
