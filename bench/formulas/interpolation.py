"""Values of sampled signals between their samples."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def at_times(times: Floats, clock: Floats, values: Floats) -> Floats:
    """Linear interpolation of every column; held before the first and after the last sample.

    Args:
        times: (N,) s, where the values are wanted.
        clock: (M,) s, strictly increasing, when the samples were taken.
        values: (M, J) samples.

    Returns:
        (N, J) values at `times`; the samples themselves where the two clocks are equal.
    """
    if times.shape == clock.shape and np.array_equal(times, clock):
        return values
    return np.stack([np.interp(times, clock, column) for column in values.T], axis=1)
