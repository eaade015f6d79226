"""The shapes that recipes of motions are made of."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Pose = tuple[float, float, float, float, float, float]


def ease(x: Floats) -> Floats:
    """From 0 to 1 with least jerk, flat before 0 and after 1."""
    x = np.clip(x, 0.0, 1.0)
    return x * x * x * (10.0 - 15.0 * x + 6.0 * x * x)


def through(u: Floats, keys: Sequence[tuple[float, Pose]]) -> Floats:
    """Pass key poses, at rest in each: `keys` are times in s and poses; equal poses are holds."""
    path = np.tile(np.array(keys[0][1]), (len(u), 1))
    for (begin, a), (end, b) in itertools.pairwise(keys):
        path += ease((u - begin) / (end - begin))[:, None] * (np.array(b) - np.array(a))
    return path


def lines(u: Floats, keys: Sequence[tuple[float, Pose]]) -> Floats:
    """Straight lines between key poses, with corners."""
    times = [time for time, _ in keys]
    return np.stack([np.interp(u, times, column) for column in np.array([p for _, p in keys]).T], 1)


def triangle(x: Floats) -> Floats:
    """A triangle wave of period 1 between −1 and 1, 0 and rising at 0."""
    return 2.0 * np.abs(2.0 * ((x - 0.25) % 1.0) - 1.0) - 1.0


def waves(u: Floats, centre: Pose, parts: Sequence[tuple[Pose, Pose, Pose]]) -> Floats:
    """Sums of sines around a pose, growing from nothing in the first 1.5 s.

    Args:
        u: s.
        centre: the pose.
        parts: amplitudes, frequencies in Hz and phases in turns, one triple a sine.
    """
    angle = sum(
        (
            np.array(amplitude) * np.sin(2 * np.pi * (np.outer(u, frequency) + np.array(phase)))
            for amplitude, frequency, phase in parts
        ),
        np.zeros((len(u), 6)),
    )
    return np.array(centre) + ease(u / 1.5)[:, None] * angle
