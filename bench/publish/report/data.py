"""What is drawn of one episode."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Joint:
    """A column of the joint signals: name, arm, unit of the position, and whether it is scored."""

    name: str
    arm: str
    unit: str
    scored: bool


@dataclass(frozen=True)
class EpisodeData:
    """One episode of one entry at the reference's N times; A arms, J joints of all arms.

    Attributes:
        number: place among the result's episodes.
        record: what the result says of the episode.
        labels: the result's labels of it.
        arms: names of the arms.
        joints: the joints, columns of `measured`, `command` and `error`.
        time: (N,) s, from the episode's start.
        weights: (N,) s, time weights; 0 where a row is not scored.
        norm: (N, A+1) normalised error, one column an arm, the last overall.
        position: (N, A) distance of the tool, m.
        orientation: (N, A) angle of the tool, rad.
        measured: (N, J) in the joints' units.
        command: (N, J) the command in force.
        error: (N, J) predicted minus measured.
        failed_at: when the simulator broke, s; None where it did not.
    """

    number: int
    record: Document
    labels: tuple[Document, ...]
    arms: tuple[str, ...]
    joints: tuple[Joint, ...]
    time: Floats
    weights: Floats
    norm: Floats
    position: Floats
    orientation: Floats
    measured: Floats
    command: Floats
    error: Floats
    failed_at: float | None

    @property
    def id(self) -> str:
        """The episode's id."""
        return str(self.record["id"])

    @property
    def scored(self) -> NDArray[np.bool_]:
        """(N,) rows that count."""
        flags: NDArray[np.bool_] = self.weights > 0
        return flags

    @property
    def predicted(self) -> Floats:
        """(N, J) predicted positions."""
        return self.measured + self.error

    def unscored_spans(self) -> list[tuple[float, float]]:
        """Stretches of rows after row 0 that are not scored, each up to halfway to its neighbours.

        Row 0 is given to every entry and never scored: it is not worth a mark.
        """
        out = ~self.scored
        out[:1] = False
        edges = np.flatnonzero(np.diff(np.concatenate([[False], out, [False]]).astype(np.int8)))
        middle = (self.time[1:] + self.time[:-1]) / 2
        bounds = np.concatenate([self.time[:1], middle, self.time[-1:]])
        return [(float(bounds[a]), float(bounds[b])) for a, b in edges.reshape(-1, 2)]


def failure_time(labels: tuple[Document, ...]) -> float | None:
    """When the simulator broke, s, as the label `unstable` says."""
    told = (label["numbers"].get("failed_at") for label in labels if label["label"] == "unstable")
    return next((float(time) for time in told if time is not None), None)
