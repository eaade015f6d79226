"""A store of the holdout held against the lock: findings of what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from bench.datasets.locked import Difference
from bench.guard.finding import Finding
from bench.io.documents import Document, read_document
from bench.io.problems import ProblemsError
from bench.io.store import Episodes, open_episodes
from bench.io.store_info import Split
from bench.io.workspace import DatasetPaths, Workspace

LISTED = 30
"""Episodes that the evidence of a finding lists; beyond them it says how many there are."""
Compare = Callable[[Document, Episodes], Iterable[Difference]]


def read_lock(paths: DatasetPaths) -> Document | None:
    """The lock, None where it is missing or malformed, which a check of its own reports."""
    try:
        return read_document(paths.lock, "holdout_lock")
    except ProblemsError:
        return None


def compare_store(paths: DatasetPaths, part: Split, compare: Compare) -> Iterator[Finding]:
    """Hold one store of the holdout against the lock; where it is not here, that is `unknown`."""
    lock, place = read_lock(paths), paths.part(part)
    if lock is None:
        return
    shown = _shown(paths, place)
    if not place.is_dir():
        yield Finding("holdout_missing", "unknown", {"store": shown})
        return
    try:
        episodes = open_episodes(place, allowed=frozenset({part}))
        differences = list(compare(lock, episodes))
    except ProblemsError as error:
        codes = sorted({problem.code for problem in error.problems})
        evidence = {"store": shown, "problems": codes, "number": len(error.problems)}
        yield Finding("holdout_changed", "certain", evidence)
        return
    yield from _findings(shown, differences)


def _findings(store: str, differences: Iterable[Difference]) -> Iterator[Finding]:
    by_code: dict[str, dict[str, dict[str, object]]] = {}
    for one in differences:
        values = by_code.setdefault(_code_of(one), {}).setdefault(one.episode, {})
        sides = {"lock": one.locked, "found": one.found}
        values[one.field] = {side: value for side, value in sides.items() if value is not None}
    for code, episodes in sorted(by_code.items()):
        listed = dict(list(episodes.items())[:LISTED])
        evidence = {"store": store, "episodes": listed, "number": len(episodes)}
        yield Finding(code, "certain", evidence)


def _code_of(one: Difference) -> str:
    if one.locked is None:
        return "holdout_extra"
    return "holdout_missing" if one.found is None else "holdout_changed"


def _shown(paths: DatasetPaths, place: Path) -> str:
    """The store's place in the checkout; of a truth that was opened elsewhere its name alone."""
    try:
        return Workspace(paths.root).relative(place)
    except ValueError:
        return place.name
