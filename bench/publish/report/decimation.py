"""Fewer points for long signals, without losing what stands out."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BUCKETS = 1200
"""About as many as a figure is pixels wide: two points a bucket draw the same picture."""


def decimated(
    time: NDArray[Any], values: NDArray[Any], buckets: int = BUCKETS
) -> tuple[Floats, Floats]:
    """The first, lowest, highest and last points of equal stretches of rows, in order of time.

    Args:
        time: (N,) rising.
        values: (N,) finite.
        buckets: number of stretches at most.

    Returns:
        Times and values of at most four points a stretch; all points where there are no more
        than that. Every stretch keeps its extremes, and where it begins and ends.
    """
    rows = len(time)
    if rows <= 4 * buckets:
        return np.asarray(time, dtype=np.float64), np.asarray(values, dtype=np.float64)
    width = -(-rows // buckets)
    count = -(-rows // width)
    # The last stretch is filled with the last value: argmin and argmax name the first of equals.
    filled = np.pad(values, (0, count * width - rows), mode="edge").reshape(count, width)
    first = np.arange(count) * width
    last = np.minimum(first + width, rows) - 1
    kept = np.unique(
        np.concatenate([first, first + filled.argmin(axis=1), first + filled.argmax(axis=1), last])
    )
    return time[kept].astype(np.float64), values[kept].astype(np.float64)
