"""What several rules read from a trace."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]


def arms(trace: EpisodeTrace) -> dict[str, list[int]]:
    """The columns of each arm's joints, by arm, in the trace's order."""
    columns: dict[str, list[int]] = {}
    for column, arm in enumerate(trace.arm_of):
        columns.setdefault(arm, []).append(column)
    return columns


def names(trace: EpisodeTrace, columns: list[int]) -> tuple[str, ...]:
    """The names of the joints in these columns."""
    return tuple(trace.joints[column] for column in columns)


def scored_interval(trace: EpisodeTrace) -> tuple[float, float]:
    """Times of the first and the last scored row, s; there is one."""
    first, last = np.flatnonzero(trace.weights > 0)[[0, -1]]
    return float(trace.time[first]), float(trace.time[last])


def energy(trace: EpisodeTrace, columns: list[int]) -> Floats:
    """ω w e²/Δ² by row and joint, (N, len(columns)): what an arm's mean rmse_norm² sums up."""
    scaled = (trace.error[:, columns] / trace.ranges[columns]) ** 2 * trace.joint_weights[columns]
    return scaled * trace.weights[:, None]


def share(part: float, trace: EpisodeTrace, columns: list[int]) -> float:
    """Which share `part` is of the energy of the arm with these columns, 0 to 1; 0 of nothing."""
    whole = float(energy(trace, columns).sum())
    return min(max(part / whole, 0.0), 1.0) if whole > 0 else 0.0
