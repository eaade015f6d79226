"""Predictions from rolling origins: which rows they start from and aim at, and how far off."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Places = NDArray[np.int64]

WARM_UP = 2.0
"""s from the first row to the first origin."""
EVERY = 0.5
"""s from mark to mark."""
MARKS = 4
"""Marks that a prediction reaches ahead: 0.5, 1, 1.5 and 2 s."""
HORIZONS: tuple[float, ...] = tuple(EVERY * (n + 1) for n in range(MARKS))
HEADLINE: tuple[float, ...] = (0.5, 1.0, 2.0)
"""Horizons, s, whose mean error is the headline."""
OLDEST = 0.125
"""s by which a row may lie before its mark."""
ROUNDING = 1e-9
"""Times that differ by less are equal, s."""


@dataclass(frozen=True)
class Origins:
    """Rows of one episode that predictions start from and aim at.

    Attributes:
        rows: (M,) the row of each mark: the last one at or before it.
        targets: (K,) marks that are aimed at from every horizon; each is at least `MARKS`.
    """

    rows: Places
    targets: Places

    @property
    def target_rows(self) -> Places:
        """(K,) rows of the targets."""
        return self.rows[self.targets]

    @property
    def origin_rows(self) -> Places:
        """(K, H) rows of the origins of each target, one a horizon."""
        found: Places = self.rows[self.targets[:, np.newaxis] - np.arange(1, MARKS + 1)]
        return found


def origins(time: Floats, valid: Flags) -> Origins:
    """The marks of an episode.

    A target counts only if it and its origins of all horizons count, so that all horizons share
    their targets.

    Args:
        time: (N,) s, strictly increasing.
        valid: (N,) rows that may be origin or target.
    """
    last = np.floor((time[-1] - time[0] - WARM_UP + ROUNDING) / EVERY)
    marks = time[0] + WARM_UP + EVERY * np.arange(int(last) + 1)
    rows = np.searchsorted(time, marks + ROUNDING, side="right") - 1
    counted = valid[rows] & (marks - time[rows] <= OLDEST)
    targets = [k for k in range(MARKS, len(rows)) if counted[k - MARKS : k + 1].all()]
    return Origins(rows.astype(np.int64), np.array(targets, dtype=np.int64))


def horizon_rms(error: Floats) -> Floats:
    """Root mean square over targets: errors (K, H, J), K at least 1, give (H, J)."""
    root: Floats = np.sqrt((error * error).mean(axis=0))
    return root


def line_velocity(time: Floats, values: Floats, window: float) -> Floats:
    """Slope at each row of the straight line that fits the rows up to it best.

    Args:
        time: (N,) s, strictly increasing.
        values: (N, J).
        window: s; the line is fitted to the rows from so long ago up to the row itself.

    Returns:
        (N, J) per s; 0 where there is one row.
    """
    at = np.arange(len(time))
    first = np.searchsorted(time, time - window - ROUNDING)
    count = np.zeros(len(time))
    sums = np.zeros((2, len(time)))
    crossed = np.zeros((2, *values.shape))
    # Seen from each row, so that large times cost no digits.
    for back in range(int((at - first).max(initial=0)) + 1):
        inside = at - back >= first
        rows = np.where(inside, at - back, at)
        since, rise = time[rows] - time, values[rows] - values
        count += inside
        sums += since, since * since
        crossed += rise, since[:, np.newaxis] * rise
    spread = count * sums[1] - sums[0] ** 2
    slope = count[:, np.newaxis] * crossed[1] - sums[0][:, np.newaxis] * crossed[0]
    found: Floats = slope / np.where(spread > 0, spread, 1.0)[:, np.newaxis]
    return found


def last_velocity(time: Floats, values: Floats) -> Floats:
    """(J,) the slope that `line_velocity` gives for the last row if all rows lie in its window."""
    since, rise = time - time[-1], values - values[-1]
    count, total = len(time), since.sum()
    spread = count * (since * since).sum() - total**2
    if spread <= 0:
        return np.zeros(values.shape[1])
    crossed = (since[:, np.newaxis] * rise).sum(axis=0)
    slope: Floats = (count * crossed - total * rise.sum(axis=0)) / spread
    return slope


def gains(time: Floats, settling: float) -> Floats:
    """(N,) share of a difference that a correction at each row removes; all of it at row 0.

    1 − exp(−Δt/τ), Δt the time since the row before.

    Args:
        time: (N,) s.
        settling: τ, s.
    """
    found: Floats = 1.0 - np.exp(-np.diff(time, prepend=-np.inf) / settling)
    return found


def into_one_turn(error: Floats, endless: Flags) -> Floats:
    """Errors (..., J), those of endless joints brought into (−π, π]."""
    turned = error - 2 * np.pi * np.ceil(error / (2 * np.pi) - 0.5)
    return np.where(endless, turned, error)
