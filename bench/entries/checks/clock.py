"""The entry's clock covers that of the inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from bench.entries.check import Check, CheckInput, Floats, episode_place, is_credible
from bench.io.problems import Problem

SHORTEST_LIMIT = 0.05
"""Gaps up to this are never a problem, s."""
ROUNDING = 1e-9
"""Times that differ by less are equal, s."""

CODES = {
    "clock_not_rising": "times do not rise from row to row",
    "clock_coverage": "the entry starts over half a median step late, or ends so early",
    "clock_gap": "a gap over 50 ms and over two median steps, where the inputs have rows",
}


def run(given: CheckInput) -> Iterable[Problem]:
    """Look at the clock of every episode that the inputs have as well."""
    episodes = given.contents.episodes
    if episodes is None or "time" not in episodes.signals:
        return
    for name, mine, theirs in given.pairs:
        clock = episodes.signal("time", mine)
        if is_credible(clock):
            yield from _clock(name, clock, given.inputs.signal("time", theirs))


def _clock(name: str, clock: Floats, wanted: Floats) -> Iterator[Problem]:
    falling = np.flatnonzero(np.diff(clock) <= 0)
    if len(falling):
        row = int(falling[0]) + 1
        came = f"{clock[row]:.9g} s after {clock[row - 1]:.9g} s{_more(len(falling))}"
        expected = "times that rise from row to row"
        yield Problem("clock_not_rising", episode_place(name, None, row), expected, came)
        return
    step = float(np.median(np.diff(wanted))) if len(wanted) > 1 else 0.0
    half = step / 2 + ROUNDING
    if clock[0] > wanted[0] + half or clock[-1] < wanted[-1] - half:
        expected = f"{wanted[0]:.9g} s to {wanted[-1]:.9g} s, within {step / 2:.3g} s at each end"
        came = f"{clock[0]:.9g} s to {clock[-1]:.9g} s"
        yield Problem("clock_coverage", episode_place(name), expected, came)
    yield from _gaps(name, clock, wanted, max(2 * step, SHORTEST_LIMIT))


def _gaps(name: str, clock: Floats, wanted: Floats, limit: float) -> Iterator[Problem]:
    """A gap counts where a row of the inputs falls into it, which would be interpolated."""
    width = np.diff(clock)
    first = np.searchsorted(wanted, clock[:-1] + ROUNDING)
    last = np.searchsorted(wanted, clock[1:] - ROUNDING)
    wide = np.flatnonzero((width > limit + ROUNDING) & (last > first))
    if len(wide):
        row = int(wide[0])
        expected = f"at most {limit:.3g} s from row to row"
        came = f"{width[row]:.6g} s{_more(len(wide))}"
        yield Problem("clock_gap", episode_place(name, None, row), expected, came)


def _more(count: int) -> str:
    return f", the first of {count}" if count > 1 else ""


CHECK = Check("clock", "the clock rises and covers that of the inputs without gaps", CODES, run)
