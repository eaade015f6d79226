"""Every value is a finite number of a size that a robot can have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from bench.entries.check import (
    LARGEST,
    STORE,
    Check,
    CheckInput,
    Floats,
    episode_place,
    is_credible,
)
from bench.io.problems import Problem
from bench.io.store import Episodes

CODES = {
    "not_finite": "a time or a position is NaN or infinite",
    "out_of_range": "a time or a position is larger than 1e4 in absolute value",
    "failed_at": "failed_at is neither a time from the episode's start on nor +inf",
}


def run(given: CheckInput) -> Iterable[Problem]:
    """Look at every value."""
    return () if given.contents.episodes is None else value_problems(given.contents.episodes)


def value_problems(episodes: Episodes) -> Iterator[Problem]:
    """Values that no entry has, whatever its holdout."""
    for number, episode in enumerate(episodes.info.episodes):
        for name in ("time", "q", "samples", "q_command"):
            if name not in episodes.signals:
                continue
            part = episodes.signal(name, number)
            if not is_credible(part):
                yield from _columns(episode.id, name, part, episodes.info.joints)
    yield from _failures(episodes)


def _columns(episode: str, name: str, values: Floats, joints: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with one signal of one episode, joint by joint."""
    if name == "time":
        yield from _column(episode, None, values, " time")
        return
    # Of a row with several executions any bad one makes the row bad.
    worst = values if values.ndim == 2 else _worst(values)
    what = "" if name == "q" else f" {name}"
    for joint, column in zip(joints, worst.T, strict=True):
        yield from _column(episode, joint, column, what)


def _worst(samples: Floats) -> Floats:
    """Of each row and joint the execution with the largest value, (N, J); NaN if one is."""
    place = np.abs(samples).argmax(axis=1)  # the first NaN where there is one
    worst: Floats = np.take_along_axis(samples, place[:, None, :], axis=1)[:, 0]
    return worst


def _column(episode: str, joint: str | None, values: Floats, what: str) -> Iterator[Problem]:
    finite = np.isfinite(values)
    for code, wrong, expected in (
        ("not_finite", ~finite, "a finite time" if joint is None else "a finite number"),
        ("out_of_range", finite & (np.abs(values) > LARGEST), f"at most {LARGEST:g} in size"),
    ):
        rows = np.flatnonzero(wrong)
        if len(rows):
            where = episode_place(episode, joint, int(rows[0])) + what
            came = f"{values[rows[0]]:g} ({len(rows)} of {len(values)} rows)"
            yield Problem(code, where, expected, came)


def _failures(episodes: Episodes) -> Iterator[Problem]:
    values = episodes.signals.get("failed_at")
    if values is None:
        return
    for number in np.flatnonzero(~(values >= 0)):
        where = f"{STORE}: {episodes.info.episodes[number].id!r}, failed_at"
        expected = "a time of at least 0 s, or inf where nothing broke"
        yield Problem("failed_at", where, expected, f"{values[number]:g}")


CHECK = Check("values", "every value is finite and of a credible size", CODES, run)
