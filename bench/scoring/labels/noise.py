"""Predictions that jitter from row to row as no robot does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.scoring.labels.label import Label, Rule, Size, Threshold
from bench.scoring.labels.signals import joint_label
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST = 20
"""Rows below which nothing is told."""
MEDIAN = 1.4826
"""Standard deviation over median of the magnitude, of normal noise."""


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per joint whose prediction is much noisier than its measurement."""
    if len(trace.scored_rows) < FEWEST:
        return []
    rows = _Rows.of(trace)
    jitter = rows.jitter(trace.turned.predicted)
    if not jitter.shape[1]:
        return []
    # A median is at most √2 times the root mean square: most predictions need no sorting.
    square = np.einsum("jn,jn->j", jitter, jitter) / jitter.shape[1]
    possible = np.flatnonzero(MEDIAN * np.sqrt(2 * square) >= settings["deviation"])
    entry = _deviation(jitter[possible])
    loud = [
        (j, float(own), turns)
        for j, own in zip(possible.tolist(), entry, strict=True)
        if own >= settings["deviation"] and (turns := _turns(jitter[j])) >= settings["alternating"]
    ]
    measured = rows.jitter(trace.turned.reference[:, [j for j, _, _ in loud]])
    return [
        _joint_label(trace, j, own, float(robot), turns)
        for (j, own, turns), robot in zip(loud, _deviation(measured), strict=True)
        if own >= settings["times"] * robot
    ]


def _turns(jitter: Floats) -> float:
    """How much rows turn their sign: minus the correlation with the next one."""
    return -float((jitter[1:] * jitter[:-1]).sum() / max(float((jitter**2).sum()), 1e-30))


def _joint_label(
    trace: EpisodeTrace, column: int, entry: float, robot: float, turns: float
) -> Label:
    numbers = {"deviation": entry, "reference_deviation": robot, "alternating": turns}
    return joint_label(trace, RULE.name, column, entry, numbers)


@dataclass(frozen=True)
class _Rows:
    """Scored rows between scored rows, and where each stands between its neighbours.

    Attributes:
        kept: (N − 2,) whether an inner row is one of them; None if all are.
        part: (N − 2,) 0 at the row before to 1 at the row after.
        scale: (N − 2,) makes the distance from the line between them a deviation of one row.
    """

    kept: Flags | None
    part: Floats
    scale: Floats

    @classmethod
    def of(cls, trace: EpisodeTrace) -> _Rows:
        time, whole = trace.time, trace.scored
        part = (time[1:-1] - time[:-2]) / (time[2:] - time[:-2])
        kept = whole[1:-1] & whole[:-2] & whole[2:]
        return cls(
            None if kept.all() else kept,
            part,
            1 / np.sqrt(1 + part**2 + (1 - part) ** 2),
        )

    def jitter(self, position: Floats) -> Floats:
        """(J, K) how far rows are off the line between their neighbours, rad.

        Independent noise in every row has the same deviation here, and turns its sign from row to
        row.
        """
        # Joints lie one after the other in memory: five times as quick.
        p = np.ascontiguousarray(position.T)
        off = p[:, 1:-1] - p[:, :-2] - self.part * (p[:, 2:] - p[:, :-2])
        off *= self.scale
        found: Floats = off if self.kept is None else off[:, self.kept]
        return found


def _deviation(jitter: Floats) -> Floats:
    """(J,) by the median, which steps and stops of a motion do not move."""
    middle = jitter.shape[1] // 2
    found: Floats = MEDIAN * np.partition(np.abs(jitter), middle, axis=1)[:, middle]
    return found


RULE = Rule(
    name="noise",
    meaning="a joint jitters from row to row, much more than the robot's measured positions",
    signal="reference and predicted position",
    thresholds={
        "deviation": Threshold(
            0.0025,
            "rad",
            "two runs of one motion differ by 0.9 mrad at most; their tail: 0.21 motions an hour",
        ),
        "times": Threshold(3.0, "1", "chosen: three times as noisy as what was measured"),
        "alternating": Threshold(
            0.3, "1", "chosen: independent noise has 2/3, a vibration or fast motion less than 0"
        ),
    },
    numbers={
        "deviation": "rad, of the noise in one row of the prediction",
        "reference_deviation": "rad, the same of the measured positions",
        "alternating": "1, how much rows turn their sign: minus the correlation with the next one",
    },
    evidence=(
        "so101-sage, calibration and validation: none in 0.66 h of run-b as prediction of "
        "run-a and in 0.67 h of delayed echo; generated entries with noise are found"
    ),
    find=find,
    size=Size("deviation", "deviation"),
)
