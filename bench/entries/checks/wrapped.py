"""No joint is whole turns away from its command."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import numpy as np

from bench.entries.check import Check, CheckInput, Floats, Residual, episode_place
from bench.entries.checks.degrees import episodes_in_degrees, in_degrees
from bench.io.problems import Problem

TURN = 2 * np.pi
NEAR = 0.5
"""A joint is whole turns off if it is this near to a multiple of 2π, rad."""
LONGEST = 0.5
"""For how long it may be, s."""
JUMP = 0.1
"""A wrap is a jump of over π within this, s; a joint that drifts there is only a bad twin."""

CODES = {"wrapped": "a joint is about a multiple of 2π off its command for over half a second"}


def run(given: CheckInput) -> Iterable[Problem]:
    """Look at every joint that does not turn without end, unless it is in degrees."""
    if in_degrees(given):
        return
    off = [
        one
        for one in given.residuals()
        if np.abs(one.predicted - one.command).max(initial=0.0) > TURN - NEAR
    ]
    other = episodes_in_degrees(given) if off else {}
    for one in off:
        if one.id not in other:
            yield from _episode(given, one)


def _episode(given: CheckInput, one: Residual) -> Iterable[Problem]:
    for k, name in enumerate(given.angles):
        if name in given.continuous:
            continue
        error = one.predicted[:, k] - one.command[:, k]
        for first, last, turns in _stretches(one.time, error):
            long = one.time[last] - one.time[first]
            came = f"{turns:+d} turns for {long:.3g} s from {one.time[first]:.6g} s on"
            where = episode_place(one.id, name)
            yield Problem("wrapped", where, "an angle in the same turn as its command", came)
            break


def _stretches(time: Floats, error: Floats) -> Iterable[tuple[int, int, int]]:
    """Where the error stays near one multiple of 2π: first row, last row, turns."""
    turns = np.rint(error / TURN).astype(np.int64)
    turns[np.abs(error - TURN * turns) > NEAR] = 0
    edges = np.flatnonzero(np.diff(turns)) + 1
    bounds = [0, *edges.tolist(), len(turns)]
    for first, end in itertools.pairwise(bounds):
        before = min(int(np.searchsorted(time, time[first] - JUMP)), first - 1)
        jumped = first == 0 or abs(error[first] - error[before]) > np.pi
        if turns[first] and jumped and time[end - 1] - time[first] > LONGEST:
            yield first, end - 1, int(turns[first])


CHECK = Check("wrapped", "no joint is whole turns away from its command", CODES, run)
