"""Every value is a finite number of a size that a robot can have."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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
    """Look at every value of time, q and failed_at."""
    return () if given.contents.episodes is None else value_problems(given.contents.episodes)


def value_problems(episodes: Episodes) -> Iterator[Problem]:
    """Values that no entry has, whatever its holdout."""
    for name in ("time", "q"):
        values = episodes.signals.get(name)
        if values is None or is_credible(values):
            continue
        columns = values[:, None] if values.ndim == 1 else values
        labels = episodes.info.joints if name == "q" else (None,)
        for number, episode in enumerate(episodes.info.episodes):
            part = columns[episodes.rows(number)]
            for label, column in zip(labels, part.T, strict=True):
                yield from _column(episode.id, label, column)
    yield from _failures(episodes)


def _column(episode: str, joint: str | None, values: Floats) -> Iterator[Problem]:
    what = "" if joint is not None else " time"
    finite = np.isfinite(values)
    for code, wrong, expected in (
        ("not_finite", ~finite, f"a finite{what or ' number'}"),
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
