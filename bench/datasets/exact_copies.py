"""Stretches in which the command of a chain is a measurement, to the last digit.

A row copies a measurement if its command equals, for all joints of the chain and to the last
digit, what was measured in this row, the one before or the one after. Copies at most `GAP` apart
form a stretch. A stretch gives the measurement away if the command changes between its copies: it
follows the arm. Where the command stands still, the arm has merely arrived at it.

Where packets were lost, the copied measurement may be missing in the log. So rows between two
copies of such a stretch belong to it while the command stays within what was measured from `GAP`
before to `GAP` after them, and rows right before and after it while the command lies between
the measurements of the row and of the one before; both widened by the measurement noise.
"""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

GAP = 0.1
"""Longest time between two copies of one stretch, s."""
WIDENING = 4.0
"""Standard deviations of the measurement noise by which ranges are widened."""


def exact_copies(time: Floats, command: Floats, q: Floats, noise: Floats) -> Flags:
    """The rows of one recording in which a chain's command is a measurement.

    Args:
        time: (N,) s, rising.
        command: (N, J) of the chain's joints, in their units.
        q: (N, J) measured positions, in the same units.
        noise: (J,) standard deviation of the measurement noise; 0 where it is not known.

    Returns:
        (N,) true where it is.
    """
    revealed = np.zeros(len(time), dtype=np.bool_)
    copies = np.flatnonzero(_copied(command, q))
    margin = WIDENING * noise
    near = _within(command, np.stack([q, np.concatenate([q[:1], q[:-1]])]), margin)
    for stretch in np.split(copies, np.flatnonzero(np.diff(time[copies]) > GAP) + 1):
        if (command[stretch[1:]] == command[stretch[:-1]]).all():
            continue
        revealed[stretch] = True
        for first, last in itertools.pairwise(stretch):
            if last - first > 1:
                rows = slice(first + 1, last)
                seen = slice(*np.searchsorted(time, [time[first] - GAP, time[last] + GAP]))
                revealed[rows] |= _within(command[rows], q[seen], margin)
        revealed[_edges(stretch, near, time)] = True
    return revealed


def _copied(command: Floats, q: Floats) -> Flags:
    """Whether a row's command is the measurement of the row, the one before or the one after."""
    copied: Flags = (command == q).all(axis=1)
    copied[1:] |= (command[1:] == q[:-1]).all(axis=1)
    copied[:-1] |= (command[:-1] == q[1:]).all(axis=1)
    return copied


def _within(command: Floats, measured: Floats, margin: Floats) -> Flags:
    """Whether commands (N, J) lie within the range of measurements, of all joints."""
    low, high = measured.min(axis=0) - margin, measured.max(axis=0) + margin
    within: Flags = ((command >= low) & (command <= high)).all(axis=1)
    return within


def _edges(stretch: NDArray[np.intp], near: Flags, time: Floats) -> NDArray[np.intp]:
    """The rows right before and after a stretch whose command is near the measurement."""
    first, last = int(stretch[0]), int(stretch[-1])
    begin, end = first, last
    while begin > 0 and near[begin - 1] and time[first] - time[begin - 1] <= GAP:
        begin -= 1
    while end + 1 < len(near) and near[end + 1] and time[end + 1] - time[last] <= GAP:
        end += 1
    return np.concatenate([np.arange(begin, first), np.arange(last + 1, end + 1)])
