"""The lock is there, holds together, and is of the split's rule."""

from __future__ import annotations

from collections.abc import Iterator

from bench.datasets.split import lock_root
from bench.entries.provenance.contradictions import motion_of
from bench.guard.finding import Finding
from bench.guard.holdout.check import HoldoutCheck
from bench.io.documents import Document, read_document
from bench.io.problems import ProblemsError
from bench.io.workspace import DatasetPaths


def run(paths: DatasetPaths) -> Iterator[Finding]:
    """Recompute the root, and hold the lock's motions against those that the rule holds out."""
    try:
        lock = read_document(paths.lock, "holdout_lock")
    except ProblemsError as error:
        problems = sorted({problem.code for problem in error.problems})
        evidence = {"file": f"datasets/{paths.name}/{paths.lock.name}", "problems": problems}
        yield Finding("lock_missing", "certain", evidence)
        return
    own = {"dataset": paths.name, "root": lock_root(lock["episodes"])}
    differ = {k: {"lock": lock[k], "found": own[k]} for k in own if lock[k] != own[k]}
    if differ:
        yield Finding("lock_broken", "certain", differ)
    yield from _rule(lock, read_document(paths.folder / "split.json", "split"))


def _rule(lock: Document, rule: Document) -> Iterator[Finding]:
    locked = {motion_of(episode["id"]) for episode in lock["episodes"]}
    assigned = set(rule["assignment"]["holdout"])
    sides = (("holdout_missing", assigned - locked), ("holdout_extra", locked - assigned))
    for code, motions in sides:
        if motions:
            yield Finding(code, "certain", {"rule": "split.json", "motions": sorted(motions)})


CHECK = HoldoutCheck("holdout_lock", "the lock is whole and of the split's rule", False, run)
