"""Motions at five samples a second, and the windows in which two of them are compared."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

INTERVAL = 0.2
"""s between two samples; each is the mean over this time."""
WINDOW = 40
"""Samples of a window: 8 s."""
HOP = 10
"""Samples from the start of a window to that of the next: 2 s."""
MOVES = 0.010
"""rad; a joint moves in a window if its standard deviation is larger."""
LEAST, SHARE = 0.008, 0.25
"""A joint agrees if what is left after its mean is at most so many rad, or this share of its
standard deviation."""
NEAR = 0.060
"""rad that the means of two windows may differ by."""


@dataclass(frozen=True)
class Windows:
    """Windows of a motion in which some joint moves.

    Attributes:
        start: (W,) sample at which each begins.
        centred: (W, WINDOW, J) rad, without the mean.
        mean, sd: (W, J) rad.
        spare: (W,) how many joints may disagree: one if two move, and there are two.
    """

    start: Integers
    centred: Floats
    mean: Floats
    sd: Floats
    spare: Integers

    def __len__(self) -> int:
        """Number of windows."""
        return len(self.start)

    @property
    def tolerance(self) -> Floats:
        """(W, J) how far a joint may be off, root mean square, rad."""
        return np.maximum(LEAST, SHARE * self.sd)


def resampled(time: Floats, q: Floats) -> Floats:
    """A motion at five samples a second, each the mean over its fifth of a second.

    Between two rows a joint is taken to move evenly.

    Args:
        time: (T,) s, increasing.
        q: (T, J) rad.

    Returns:
        (N, J); what is left at the end is dropped.
    """
    step = np.diff(time)[:, None]
    area = np.zeros_like(q)
    np.cumsum(step * (q[1:] + q[:-1]) / 2, axis=0, out=area[1:])
    count = int((time[-1] - time[0]) / INTERVAL + 1e-9)
    edges = time[0] + INTERVAL * np.arange(count + 1)
    at = np.clip(np.searchsorted(time, edges, side="right") - 1, 0, max(len(time) - 2, 0))
    if count == 0:
        return np.empty((0, q.shape[1]))
    into = (edges - time[at])[:, None]
    slope = (q[at + 1] - q[at]) / step[at]
    reached = area[at] + into * q[at] + into**2 * slope / 2
    means: Floats = np.diff(reached, axis=0) / INTERVAL
    return means


def windows_of(motion: Floats) -> Windows:
    """The windows of a motion (N, J) in which a joint moves.

    A motion shorter than a window has none.
    """
    last = len(motion) - WINDOW
    start = np.arange(0, last + 1, HOP, dtype=np.int64)
    values = motion[start[:, None] + np.arange(WINDOW)]
    mean = values.mean(axis=1)
    centred = values - mean[:, None]
    sd = np.sqrt(np.mean(centred**2, axis=1))
    moving = (sd > MOVES).sum(axis=1)
    kept = moving > 0
    spare = ((moving > 1) & (motion.shape[1] > 1)).astype(np.int64)
    return Windows(start[kept], centred[kept], mean[kept], sd[kept], spare[kept])


def stretched(motion: Floats, scale: float) -> Floats:
    """A motion (N, J) as it would be if it took 1/scale of its time."""
    count = int((len(motion) - 1) / scale + 1e-9) + 1 if len(motion) else 0
    at = scale * np.arange(count)
    low = np.minimum(at.astype(np.int64), max(len(motion) - 2, 0))
    part = (at - low)[:, None]
    if len(motion) < 2:
        return motion[:count]
    values: Floats = (1 - part) * motion[low] + part * motion[low + 1]
    return values
