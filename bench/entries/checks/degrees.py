"""Angles are in radians."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.entries.check import STORE, Check, CheckInput, Floats, listed
from bench.io.problems import Problem

MOVES = 0.02
"""A joint moves if its command's standard deviation within episodes is over this, rad."""
DEGREES = 180 / np.pi
TOLERANCE = 0.1
"""Share by which a slope may differ from 180/π."""

CODES = {"degrees": "at least two joints follow their command with the slope 180/π: degrees"}


def run(given: CheckInput) -> Iterable[Problem]:
    """Look at the slope of the entry on the command, over all episodes, else in each by itself."""
    found = in_degrees(given)
    if found:
        yield _problem(f"{STORE}: joints {listed(found)}", found)
        return
    for name, own in episodes_in_degrees(given).items():
        yield _problem(f"{STORE}: episode {name}: joints {listed(own)}", own)


def in_degrees(given: CheckInput) -> dict[str, float]:
    """Slope on the command of the joints that are in degrees; empty if fewer than two are."""
    return _hits(given, list(_sums(given)))


def episodes_in_degrees(given: CheckInput) -> dict[str, dict[str, float]]:
    """The same of each episode by itself, of those in which two joints are in degrees."""
    found = {sums.episode: _hits(given, [sums]) for sums in _sums(given)}
    return {name: own for name, own in found.items() if own}


@dataclass(frozen=True)
class _Sums:
    """Products of one episode's command, centred, with the entry and with itself, by joint."""

    episode: str
    joint: Floats
    own: Floats
    rows: int


def _sums(given: CheckInput) -> Iterator[_Sums]:
    for one in given.residuals():
        if len(one.time):
            command = one.command - one.command.mean(axis=0)
            joint = np.einsum("nk,nk->k", command, one.predicted)
            own = np.einsum("nk,nk->k", command, command)
            yield _Sums(one.id, joint, own, len(one.time))


def _hits(given: CheckInput, episodes: Sequence[_Sums]) -> dict[str, float]:
    """Least squares slope on the command of the joints that move and are in degrees."""
    if not episodes:
        return {}
    joint, own = (np.sum([getattr(s, n) for s in episodes], axis=0) for n in ("joint", "own"))
    moves = own > sum(sums.rows for sums in episodes) * MOVES**2
    slopes = np.divide(joint, own, out=np.zeros_like(joint), where=moves)
    hits = moves & (np.abs(slopes / DEGREES - 1) <= TOLERANCE)
    if np.count_nonzero(hits) < 2:
        return {}
    return {given.angles[k]: float(slopes[k]) for k in np.flatnonzero(hits).tolist()}


def _problem(where: str, found: Mapping[str, float]) -> Problem:
    shown = ", ".join(f"{slope:.3g}" for slope in list(found.values())[:12])
    return Problem("degrees", where, "rad", f"slope on the command {shown}, near 180/pi: degrees")


CHECK = Check("degrees", "angles are in radians, not degrees", CODES, run)
