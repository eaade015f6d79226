"""Predictions ahead without any model, computed here: what a stepper must be better than."""

from __future__ import annotations

import numpy as np

from bench.formulas.interpolation import at_times
from bench.formulas.rolling_origin import line_velocity
from bench.scoring.sync.episode import Floats, Recording

WINDOW = 0.1
"""s of measurements that give a velocity."""
NAIVE = {
    "hold": "the last measured position",
    "constant-velocity": "the last measured position, and the velocity of its last 0.1 s",
    "delayed-echo-residual": "the command after one delay, plus its last residual",
}
"""The unranked rows, each with one line."""


def naive_predictions(episode: Recording, delay: float) -> dict[str, Floats]:
    """What each naive row predicts, (T, H, K) for T targets, H horizons, K scored joints.

    Args:
        episode: the episode, with at least one target.
        delay: s, of the delayed echo, fitted on calibration.
    """
    time, measured = episode.time, episode.measured
    start, target = episode.origins.origin_rows, episode.origins.target_rows
    at_origin = measured[start]
    ahead = (time[target][:, np.newaxis] - time[start])[..., np.newaxis]
    velocity = line_velocity(time, measured, WINDOW)[start]
    echo = at_times(time - delay, time, episode.command[:, list(episode.scored)])
    return {
        "hold": at_origin,
        "constant-velocity": at_origin + velocity * ahead,
        "delayed-echo-residual": echo[target][:, np.newaxis] + at_origin - echo[start],
    }
