"""Near copies by a plain loop over parts, lags and rows; imports nothing from `bench`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

LATE = (0, 1, 2, 3, 4, 5)
EITHER = (-5, -4, -3, -2, -1, *LATE)


def near_copies(
    command: np.ndarray,
    q: np.ndarray,
    chains: Sequence[Sequence[int]],
    noise: np.ndarray,
    known: np.ndarray,
) -> np.ndarray:
    """(N,) rows of runs of 8 changes (chains), 20 (chains rounded to 3 decimals, single joints)."""
    found = np.zeros(len(command), dtype=bool)
    for chain in chains:
        for lag in EITHER:
            _mark(found, command, q, chain, noise, known, lag, 4, 8)
            _mark(found, command, q, chain, noise, known, lag, 3, 20)
    for joint in range(command.shape[1]):
        for lag in LATE:
            _mark(found, command, q, [joint], noise, known, lag, 4, 20)
    return found


def _mark(found, command, q, joints, noise, known, lag, decimals, least):  # type: ignore[no-untyped-def]
    run: list[int] = []
    for row in range(len(command) + 1):
        there = row - lag
        if row < len(command) and 0 <= there < len(command):
            pairs = [
                (command[row, j], q[there, j], _off(command[row, j], noise[j], decimals))
                for j in joints
            ]
            if all(abs(own - measured) <= off for own, measured, off in pairs):
                run.append(row)
                continue
        changes = sum(
            not known[later]
            and any(
                abs(command[later, j] - command[row_, j])
                > _off(command[later, j], noise[j], decimals)
                for j in joints
            )
            for row_, later in pairwise(run)
        )
        if changes >= least:
            found[run] = True
        run = []


def _off(value: float, noise: float, decimals: int) -> float:
    for places in range(3, 5):
        if places >= decimals and abs(float(f"{value:.{places}f}") - value) < 1e-9:
            return max(5 / 10 ** (places + 1), 12**0.5 * noise / 2) + 1e-9
    return max(5e-7, 12**0.5 * noise / 2) + 1e-9
