"""The speed of a signal over a window, computed once however many rules ask."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Speeds:
    """The speeds of some joints.

    Attributes:
        time: (N,) s, two rows or more.
        position: (N, J) rad, without jumps.
        known: those that were asked for, by window.
    """

    time: Floats
    position: Floats
    known: dict[float, Floats] = field(default_factory=dict)

    def over(self, window: float) -> Floats:
        """(N, J) rad/s, mean speed over a window around each row, cut at the episode's ends.

        Args:
            window: s.
        """
        if window not in self.known:
            self.known[window] = speed(self.time, self.position, window)
        return self.known[window]


def speed(time: Floats, position: Floats, window: float) -> Floats:
    """(N, J) mean speed over a window around each row, cut at the ends of the episode.

    Args:
        time: (N,) s, two rows or more.
        position: (N, J).
        window: s.
    """
    after = np.minimum(time + window / 2, time[-1])
    before = np.maximum(time - window / 2, time[0])
    # Joints lie one after the other in memory: (J, N) is read in order.
    joints = np.ascontiguousarray(position.T)
    moved = _at(time, joints, after) - _at(time, joints, before)
    found: Floats = (moved / (after - before)).T
    return found


def _at(time: Floats, joints: Floats, asked: Floats) -> Floats:
    """Positions (J, N) at other times, linear between rows."""
    row = np.clip(np.searchsorted(time, asked, side="right") - 1, 0, len(time) - 2)
    part = (asked - time[row]) / (time[row + 1] - time[row])
    first = joints.take(row, axis=1)
    found: Floats = first + part * (joints.take(row + 1, axis=1) - first)
    return found
