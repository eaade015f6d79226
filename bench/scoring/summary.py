"""The errors of episodes in a few numbers, computed for many episodes in one go.

What is computed for one row or for one episode does not depend on which others are beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.formulas.over_time import Clock, OverTime, over_time

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scales:
    """How the errors of K joints become the normalised errors of A arms.

    Attributes:
        arms: names of the A arms.
        arm_of: name of each joint's arm.
        ranges: (K,) normalising range Δ, in the joint's unit.
        weights: (K,) weight in the arm's normalised error; 0 where not scored.
    """

    arms: tuple[str, ...]
    arm_of: tuple[str, ...]
    ranges: Floats
    weights: Floats

    @property
    def scoring_arms(self) -> frozenset[str]:
        """The arms that have a scored joint."""
        pairs = zip(self.arm_of, self.weights, strict=True)
        return frozenset(arm for arm, weight in pairs if weight > 0)

    def norms(self, error: Floats) -> Floats:
        """(A + 1, T) sqrt(Σ w e²/Δ²) of each arm, of errors (K, T); the last row is all arms'.

        The last is the root of the mean of the arms' squares, over the arms that score a joint.
        """
        squares = error / self.ranges[:, np.newaxis]
        squares *= squares
        squares *= self.weights[:, np.newaxis]
        total = np.zeros((len(self.arms) + 1, error.shape[1]))
        for number, arm in enumerate(self.arms):
            for joint, name in enumerate(self.arm_of):
                if name == arm:
                    total[number] += squares[joint]
        scored = [a for a, arm in enumerate(self.arms) if arm in self.scoring_arms]
        total[-1] = total[scored].sum(axis=0) / max(len(scored), 1)
        norms: Floats = np.sqrt(total, out=total)
        return norms


@dataclass(frozen=True)
class Rows:
    """Errors of episodes that lie end to end: T rows, K joints, A arms.

    Attributes:
        clock: of the rows.
        error: (K, T) error of each joint in its unit.
        position: (A, T) distance of each tool, m.
        orientation: (A, T) angle of each tool, rad.
    """

    clock: Clock
    error: Floats
    position: Floats
    orientation: Floats


@dataclass(frozen=True)
class Summary:
    """One episode.

    Attributes:
        norms: (A + 1, N) normalised error of each arm, then of all, by row.
        norm: the same over time.
        position: distance of each arm's tool over time, m.
        orientation: angle of each arm's tool over time, rad.
    """

    norms: Floats
    norm: OverTime
    position: OverTime
    orientation: OverTime


def summaries(rows: Rows, scales: Scales) -> Iterator[Summary]:
    """Summarise each episode.

    Args:
        rows: of all episodes.
        scales: of the joints.
    """
    norms = scales.norms(rows.error)
    arms = len(scales.arms)
    ends = np.append(rows.clock.start, norms.shape[1])
    stacked = np.concatenate([norms, rows.position, rows.orientation])
    for number, numbers in enumerate(over_time(stacked, rows.clock)):
        yield Summary(
            norms=norms[:, ends[number] : ends[number + 1]],
            norm=numbers.part(slice(arms + 1)),
            position=numbers.part(slice(arms + 1, 2 * arms + 1)),
            orientation=numbers.part(slice(2 * arms + 1, None)),
        )
