"""What a fit says of itself: how far off it is where, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document
from bench.twins.identification.runs import Runs
from bench.twins.simulation.physics import Values

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scores:
    """The headline of a twin, motion by motion.

    Attributes:
        motions: (E,) of the episodes.
        groups: (E,) their groups.
        values: (E,) rad, joint RMSE of each.
    """

    motions: tuple[str, ...]
    groups: tuple[str, ...]
    values: Floats

    @classmethod
    def of(cls, runs: Runs, errors: Sequence[Floats]) -> Scores:
        """Score errors (N, J) of every episode; episodes without a scored row are left out."""
        motions, groups, values = [], [], []
        for number, episode in enumerate(runs.episodes.info.episodes):
            weights = runs.weights(number)
            if not (weights > 0).any():
                continue
            squares = np.einsum("n,nj->j", weights, errors[number] ** 2) / weights.sum()
            motions.append(episode.motion)
            groups.append(episode.group)
            values.append(float(np.sqrt(squares).mean()))
        return cls(tuple(motions), tuple(groups), np.array(values))

    def without(self, motions: Sequence[str]) -> Scores:
        """The others."""
        keep = [i for i, motion in enumerate(self.motions) if motion not in motions]
        return Scores(
            tuple(self.motions[i] for i in keep),
            tuple(self.groups[i] for i in keep),
            self.values[keep],
        )

    @property
    def headline(self) -> float | None:
        """rad; mean over episodes."""
        return float(self.values.mean()) if len(self.values) else None

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """rad; t interval of the headline over groups, whose episodes may be alike.

        None with fewer than three groups.
        """
        from scipy.special import stdtrit

        names = sorted(set(self.groups))
        if len(names) < 3:
            return None
        centred = self.values - self.values.mean()
        own = np.array(self.groups)
        sums = np.array([centred[own == name].sum() for name in names])
        count = len(names)
        error = np.sqrt(count / (count - 1) * (sums**2).sum()) / len(self.values)
        half = float(error * stdtrit(count - 1, (1 + level) / 2))
        mean = float(self.values.mean())
        return mean - half, mean + half

    def document(self) -> Document:
        """For the provenance record."""
        if not len(self.values):
            return {"headline": None, "episodes": 0}
        worst = int(self.values.argmax())
        rest = self.without([self.motions[worst]])
        interval = self.interval()
        return {
            "headline": self.headline,
            "episodes": len(self.values),
            "groups": len(set(self.groups)),
            "interval": None if interval is None else list(interval),
            "worst": self.motions[worst],
            "without_worst": rest.headline,
            "by_motion": dict(zip(self.motions, self.values.tolist(), strict=True)),
        }


def left_out(runs: Runs, without: Mapping[str, Values]) -> Scores:
    """Each motion as predicted by the parameters that were fitted without its group.

    Args:
        runs: the recordings.
        without: parameters by the group that was left out.
    """
    errors = [
        runs.error_of(number, without[episode.group])
        for number, episode in enumerate(runs.episodes.info.episodes)
    ]
    return Scores.of(runs, errors)
