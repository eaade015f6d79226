"""What other passes of the same motion show as well.

A model that is wrong in some motion is wrong in the same way whenever the arm makes it; hands
and what is in the way by chance do not come back. A pass is another stretch of the recording in
which all joints are where they are now, and were and will be a little before and after.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bench.disturbance.currents import STEP

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

AROUND = 0.5
"""s before and after a row at which postures are compared too: they tell how long ago an arm that
rests came, and the way and the speed of joints that make more than the tolerance in a second."""
AS_NEAR = 0.01
"""rad (m): all rows of a pass that are so near as the nearest one count. A hand moves an arm that
rests by less, so that the nearest row alone would be that in which it was pushed, too."""


def shown_again(posture: Array, value: Array, rows: Rows, same: float, apart: float) -> Array:
    """The part of a residual that other passes show too.

    Args:
        posture: (M, K) on the even clock (`Prepared`).
        value: (M, J) the residual.
        rows: (R,) where it is asked for.
        same: how far apart postures of one motion may be, rad (m).
        apart: how far apart passes are at least, s.

    Returns:
        (R, J): the median over the passes, where it has the sign of the residual, and no more than
        that; 0 where there is no pass.
    """
    found = np.zeros((len(rows), value.shape[1]))
    ways, far = _ways(posture), round(min(apart / STEP, len(posture)))
    for k, row in enumerate(rows):
        passes = _passes(ways, row, same, far)
        if passes:
            again = np.median([np.median(value[own], axis=0) for own in passes], axis=0)
            here = value[row]
            shared = np.sign(here) * np.minimum(np.abs(again), np.abs(here))
            found[k] = np.where(again * here > 0, shared, 0.0)
    return found


def _ways(posture: Array) -> Array:
    """(M, 3 K) postures before, in and after each row; at the ends the outermost ones."""
    last, shift = len(posture) - 1, round(AROUND / STEP)
    row = np.arange(len(posture))
    around = [posture[np.clip(row + by, 0, last)] for by in (-shift, 0, shift)]
    return np.concatenate(around, axis=1)


def _passes(ways: Array, row: int, same: float, far: int) -> list[Rows]:
    """The rows of every other pass that are as near to a row as any."""
    near = np.arange(len(ways))
    for column in ways.T:  # one after the other: after the first few hardly any are left
        near = near[np.abs(column[near] - column[row]) < same]
    off = np.abs(ways[near] - ways[row]).max(axis=1, initial=0.0)
    cuts = np.flatnonzero(np.diff(near) > 1) + 1
    stretches = zip(np.split(near, cuts), np.split(off, cuts), strict=True)
    return [
        own[away <= away.min() + AS_NEAR]
        for own, away in stretches
        if len(own) and (own[0] > row + far or own[-1] < row - far)
    ]
