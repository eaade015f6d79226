"""Which joint of an episode is suspected: the one with most of the error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.formulas.weighting import weighted_mean
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]


def shares(trace: EpisodeTrace) -> Floats:
    """(J,) each joint's share of the Δ-scaled, weighted squared error; zeros without error."""
    squares = trace.joint_weights * np.square(trace.joint_rms / trace.ranges)
    total = float(squares.sum())
    found: Floats = squares / total if total > 0 else np.zeros_like(squares)
    return found


def suspect(trace: EpisodeTrace) -> int:
    """The column of the joint with the largest share."""
    return int(np.argmax(shares(trace)))


def centred(trace: EpisodeTrace, column: int) -> Floats:
    """(N,) rad, a joint's error without its mean."""
    error = trace.followed_error[:, column]
    found: Floats = error - weighted_mean(error[:, None], trace.weights)[0]
    return found
