"""Angles are in radians."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from bench.entries.check import STORE, Check, CheckInput, Floats, listed
from bench.io.problems import Problem

MOVES = 0.02
"""A joint moves if its command's standard deviation within episodes is over this, rad."""
DEGREES = 180 / np.pi
TOLERANCE = 0.1
"""Share by which a slope may differ from 180/π."""

CODES = {"degrees": "at least two joints follow their command with the slope 180/π: degrees"}


def run(given: CheckInput) -> Iterable[Problem]:
    """Look at the slope of the entry on the command, over all episodes."""
    found = in_degrees(given)
    if not found:
        return
    where = f"{STORE}: joints {listed(found)}"
    shown = ", ".join(f"{slope:.3g}" for slope in list(found.values())[:12])
    yield Problem("degrees", where, "rad", f"slope on the command {shown}, near 180/pi: degrees")


def in_degrees(given: CheckInput) -> dict[str, float]:
    """Slope on the command of the joints that are in degrees; empty if fewer than two are."""
    slopes, moves = _slopes(given)
    hits = moves & (np.abs(slopes / DEGREES - 1) <= TOLERANCE)
    if np.count_nonzero(hits) < 2:
        return {}
    return {given.angles[k]: float(slopes[k]) for k in np.flatnonzero(hits).tolist()}


def _slopes(given: CheckInput) -> tuple[Floats, NDArray[np.bool_]]:
    """Least squares slope of each of `angles` on its command, episodes centred; which move."""
    joint, own = np.zeros(len(given.angles)), np.zeros(len(given.angles))
    rows = 0
    for one in given.residuals():
        if len(one.time):
            command = one.command - one.command.mean(axis=0)
            joint += np.einsum("nk,nk->k", command, one.predicted)
            own += np.einsum("nk,nk->k", command, command)
            rows += len(one.time)
    moves = own > rows * MOVES**2
    return np.divide(joint, own, out=np.zeros_like(joint), where=moves), moves


CHECK = Check("degrees", "angles are in radians, not degrees", CODES, run)
