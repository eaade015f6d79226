"""Runs of rows in which the command is a measurement to within a resolution, late or early.

A row copies a measurement if its command is as close to it as rounding leaves it: half an encoder
step, or half a unit of the last decimal with which the command is written. Measurement and command
lie a fixed number of rows apart, the lag. Rows that copy without a break at one lag form a run. A
run gives the measurement away if the command changes in it, by more than the rounding, from row to
row and often enough: each of these changes has to meet one of the measurement's within the row.

An arm that follows its commands well does the same for a while, behind them and within its
resolution. So runs are long, and where one joint is looked at by itself, its command may copy what
was measured in the row or before it, not after: an arm cannot be ahead of its commands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.datasets.layout import Layout

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LAG = 5
"""Largest number of rows between a command and the measurement that it copies, either way."""
FINEST = 5e-7
"""What counts as equal in any case: half the sixth decimal, in the joints' units."""
SLACK = 1e-9
"""What the sum of two numbers in binary may be off, in the joints' units."""


@dataclass(frozen=True)
class _Search:
    """Which copies are looked for.

    Attributes:
        lags: by how many rows the command comes after the measurement.
        decimals: to how many the command may be rounded, beside the encoder's step.
        changes: of the command, in a run that gives the measurement away.
    """

    lags: range
    decimals: tuple[int, ...]
    changes: int


CHAIN = (_Search(range(-LAG, LAG + 1), (4,), 8), _Search(range(-LAG, LAG + 1), (4, 3), 20))
"""All joints of a chain at once."""
JOINT = _Search(range(LAG + 1), (4,), 20)
"""A joint by itself, of a chain or of a gripper."""


def near_copies(command: Floats, q: Floats, layout: Layout, known: Flags) -> Flags:
    """The rows of one recording in which the command of a chain or a joint is a measurement.

    Args:
        command: (N, J) in the joints' units.
        q: (N, J) measured positions, in the same units.
        layout: the arms and the noise of the J joints.
        known: (N,) rows that are known to be copies: their changes do not count.

    Returns:
        (N,) true where it is.
    """
    own, seen = command.T.copy(), q.T.copy()
    chains = [list(chain) for chain in layout.chains if len(chain) > 1]
    joints = [[joint] for joint in range(len(own))]
    found = np.zeros(len(command), dtype=np.bool_)
    for parts, search in (*((chains, search) for search in CHAIN), (joints, JOINT)):
        rounding = _rounding(own, layout.noise, search.decimals)
        changed = _changed(own, rounding) & ~known
        for part in parts:
            changes = np.concatenate([[0], np.cumsum(changed[part].any(axis=0))])
            if changes[-1] >= search.changes:
                for lag in search.lags:
                    copied = _copied(own, seen, rounding, part, lag)
                    for run in _runs(copied, changes, search.changes):
                        found[run] = True
    return found


def _rounding(command: Floats, noise: Floats, decimals: tuple[int, ...]) -> Floats:
    """How far a copy may be off its measurement: (J, N) like the commands, in the joints' units.

    Half an encoder step, of which the noise is the standard deviation; where a command is written
    with as few decimals, half a unit of the last one, if that is more.
    """
    rounding = np.empty(command.shape)
    half_step = np.maximum(np.sqrt(3.0) * noise, FINEST)
    for own, rounded, finest in zip(command, rounding, half_step, strict=True):
        rounded[:] = finest + SLACK
        for places in decimals:
            written = np.abs(own - np.round(own, places)) < SLACK
            rounded[written] = max(finest, 0.5 * 10.0**-places) + SLACK
    return rounding


def _changed(command: Floats, rounding: Floats) -> Flags:
    """(J, N) whether a joint's command is off that of the row before by more than rounding."""
    changed = np.zeros(command.shape, dtype=np.bool_)
    for own, off, differs in zip(command, rounding, changed, strict=True):
        differs[1:] = np.abs(np.diff(own)) > off[1:]
    return changed


def _copied(command: Floats, q: Floats, rounding: Floats, part: list[int], lag: int) -> Flags:
    """(N,) whether the commands of all joints of a part are what was measured `lag` rows before."""
    copied = np.zeros(command.shape[1], dtype=np.bool_)
    if abs(lag) >= len(copied):
        return copied
    rows = slice(max(lag, 0), len(copied) + min(lag, 0))
    past = slice(max(-lag, 0), len(copied) - max(lag, 0))
    copied[rows] = True
    for joint in part:
        copied[rows] &= np.abs(command[joint, rows] - q[joint, past]) <= rounding[joint, rows]
        if not copied.any():
            break
    return copied


def _runs(copied: Flags, changes: NDArray[np.int64], least: int) -> list[slice]:
    """The runs of copied rows in which the command changes at least so often.

    Changes before each row, and before the end, stand in `changes` (N + 1,). That of a run's
    first row does not count: the row before it is not of the run.
    """
    edges = np.flatnonzero(np.diff(copied, prepend=False, append=False))
    first, stop = edges[::2], edges[1::2]
    often = changes[stop] - changes[first + 1] >= least
    return [slice(*run) for run in zip(first[often], stop[often], strict=True)]
