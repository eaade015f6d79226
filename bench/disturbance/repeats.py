"""What other passes of the same motion show as well.

A model that is wrong in some motion is wrong in the same way whenever the arm makes it; hands
and what is in the way by chance do not come back. A pass is another stretch of the recording in
which all joints are where they are now, and were and will be a little before and after.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bench.disturbance.currents import STEP

Array = NDArray[np.float64]
Rows = NDArray[np.intp]

AROUND = 0.5
"""s before and after a row at which positions are compared too: they tell the way and the speed,
and at rest how long ago the arm came."""
BLOCK = 64
"""Rows compared with all others at a time."""


def shown_again(position: Array, value: Array, rows: Rows, same: float, apart: float) -> Array:
    """The part of a residual that other passes show too.

    Args:
        position: (M, J) on the even clock, rad (m of sliding joints).
        value: (M, J) the residual.
        rows: (R,) where it is asked for.
        same: how far positions of one motion may be apart, rad (m).
        apart: how far passes are apart at least, s.

    Returns:
        (R, J): the median over the passes, where it has the sign of the residual, and no more than
        that; 0 where there is no pass.
    """
    found = np.zeros((len(rows), value.shape[1]))
    for k, passes in enumerate(_passes(_ways(position), rows, same, apart)):
        if len(passes):
            again, here = np.median(value[passes], axis=0), value[rows[k]]
            shared = np.sign(here) * np.minimum(np.abs(again), np.abs(here))
            found[k] = np.where(again * here > 0, shared, 0.0)
    return found


def _ways(position: Array) -> Array:
    """(M, 3 J) positions before, in and after each row; at the ends the outermost ones."""
    last, shift = len(position) - 1, round(AROUND / STEP)
    row = np.arange(len(position))
    around = [position[np.clip(row + by, 0, last)] for by in (-shift, 0, shift)]
    return np.concatenate(around, axis=1)


def _passes(ways: Array, rows: Rows, same: float, apart: float) -> Iterator[Rows]:
    """Of each of the rows, the nearest row of every other pass."""
    far = round(apart / STEP)
    for start in range(0, len(rows), BLOCK):
        block = rows[start : start + BLOCK]
        off = np.zeros((len(block), len(ways)))
        for column in ways.T:
            np.maximum(off, np.abs(column[block, None] - column), out=off)
        for row, own in zip(block, off, strict=True):
            near = np.flatnonzero(own < same)
            stretches = np.split(near, np.flatnonzero(np.diff(near) > 1) + 1)
            others = [s for s in stretches if len(s) and (s[0] > row + far or s[-1] < row - far)]
            yield np.array([s[own[s].argmin()] for s in others], dtype=np.intp)
