"""The entry predicts every episode of the holdout, once, and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from bench.entries.check import Check, CheckInput, episode_place
from bench.io.problems import Problem

CODES = {
    "missing_episode": "an episode of the holdout is not predicted",
    "unknown_episode": "an episode is not one of the holdout's inputs",
    "duplicate_episode": "an episode is predicted more than once",
}


def run(given: CheckInput) -> Iterable[Problem]:
    """Match the episodes by id; their order is free."""
    if given.contents.info is None:
        return ()
    return episode_problems([e.id for e in given.contents.info.episodes], given.inputs.index)


def episode_problems(
    came: Iterable[str], wanted: Iterable[str], place: Callable[[str], str] = episode_place
) -> Iterator[Problem]:
    """Hold the episodes that came against those that are wanted; `place` names one."""
    counts, names = Counter(came), list(wanted)
    known = frozenset(names)
    for name in names:
        if name not in counts:
            yield Problem("missing_episode", place(name), "its prediction", "none")
    for name, count in counts.items():
        if name not in known:
            expected = "an episode of the holdout's inputs"
            yield Problem("unknown_episode", place(name), expected, "another")
        elif count > 1:
            yield Problem("duplicate_episode", place(name), "it once", f"{count} times")


CHECK = Check("episodes", "every episode of the holdout is predicted once", CODES, run)
