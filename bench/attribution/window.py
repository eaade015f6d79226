"""The part of a failing episode that is looked at, and its error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.io.store import Episodes
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]

WHOLE = 16.0
"""s: episodes that are no longer are looked at as a whole."""
LENGTH = 12.0
"""s, of longer ones: so much, where the error is largest."""
SETTLES = 0.7
"""s at the beginning of a later window that do not count: its rollout begins at rest."""


@dataclass(frozen=True)
class Window:
    """Rows of an episode.

    Attributes:
        rows: which.
        weights: (n, J) square roots of each row's and joint's share of the normalised error.
        missing: (n J,) weighted measured minus predicted position: what a change has to add.
    """

    rows: slice
    weights: Floats
    missing: Floats

    def weighted(self, positions: Floats) -> Floats:
        """(n, J) rad, as one weighted vector."""
        flat: Floats = (positions * self.weights).ravel()
        return flat

    def standard_error(self, rest: Floats, slope: Floats) -> float:
        """Of an amount whose effect has this slope, where this error remains.

        Remainders of neighbouring rows resemble each other, so that fewer rows count.
        """
        square = float(slope @ slope)
        total = float(rest @ rest)
        if square <= 0 or total <= 0:
            return 0.0
        by_row = rest.reshape(self.weights.shape)
        alike = float(np.sum(by_row[1:] * by_row[:-1])) / total
        alike = min(max(alike, 0.0), 0.999)
        return float(np.sqrt(total / len(rest) / square * (1 + alike) / (1 - alike)))


def window_of(trace: EpisodeTrace) -> Window:
    """The whole of a short episode, of a longer one the stretch with the largest error."""
    time, norm = trace.time, trace.weights * np.square(trace.norm)
    rows = slice(0, len(time))
    weights = trace.weights.copy()
    if time[-1] - time[0] > WHOLE:
        total = np.concatenate([[0.0], np.cumsum(norm)])
        last = np.searchsorted(time, time + LENGTH)
        first = int(np.argmax(np.where(time <= time[-1] - LENGTH, total[last] - total[:-1], -1)))
        rows = slice(first, int(last[first]))
        if first:
            weights[time < time[first] + SETTLES] = 0
    scale = np.sqrt(trace.joint_weights) / trace.ranges
    both = np.sqrt(weights[rows])[:, None] * scale
    missing = -trace.followed_error[rows] * both
    return Window(rows, both, missing.ravel())


def inputs_in(inputs: Episodes, measured: Floats, rows: slice) -> Episodes:
    """The inputs of one episode from a row on, which begins where the robot was measured.

    Args:
        inputs: one episode: `time`, `q_command`, `q_start`.
        measured: (N, J) all columns.
        rows: which.
    """
    names = [n for n in ("time", "q_command", "q_command_valid") if n in inputs.signals]
    signals = {name: inputs.signals[name][rows] for name in names}
    signals["q_start"] = measured[rows.start][None]
    if "dq_start" in inputs.signals:
        speed = inputs.signals["dq_start"]
        signals["dq_start"] = speed if rows.start == 0 else _speed(inputs, measured, rows.start)
    start = np.array([0, len(signals["time"])], dtype=np.int64)
    return Episodes(inputs.info, start, signals)


def _speed(inputs: Episodes, measured: Floats, row: int) -> Floats:
    time = inputs.signals["time"]
    before, after = max(row - 1, 0), min(row + 1, len(time) - 1)
    speed: Floats = (measured[after] - measured[before]) / (time[after] - time[before])
    return speed[None]
