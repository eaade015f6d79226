"""The verb `split`: take a dataset apart, look for leaks, write the parts."""

from __future__ import annotations

from bench.datasets.layout import Layout, load_layout
from bench.datasets.split import Parts, lock_of, split
from bench.guard.registry import split_checks
from bench.io.atomic import Transaction
from bench.io.documents import Document, check, dump, read_document
from bench.io.store import fill_store, load_episodes
from bench.io.workspace import DatasetPaths


def split_dataset(paths: DatasetPaths) -> Document:
    """Write the stores of the parts, the holdout's lock and the guard's findings of a dataset.

    Returns:
        The guard's document.

    Raises:
        ProblemsError: the store, the rule, or the dataset's or the robot's document has problems;
            nothing is written then.
        UnknownNameError: there is no robot of the dataset's name for it.
    """
    layout = load_layout(paths)
    rule = read_document(paths.folder / "split.json", "split")
    parts = split(load_episodes(paths.episodes, allowed=frozenset({"all"})), rule)
    lock = check(lock_of(parts), "holdout_lock", "holdout lock")
    guard = check(guard_split(parts, layout), "guard", "guard")
    with Transaction() as transaction:
        for name, episodes in parts.items():
            fill_store(transaction.folder(paths.part(name)), episodes)
        if parts.diagnostic is None:
            transaction.remove(paths.part("diagnostic"))
        transaction.write_text(paths.lock, dump(lock))
        transaction.write_text(paths.guard, dump(guard))
    return guard


def guard_split(parts: Parts, layout: Layout) -> Document:
    """Run every check over a split of a dataset of this layout; `guard.json`."""
    ran = [(one, *one.run(parts)) for one in split_checks(layout)]
    return {
        "schema": "twinbench/guard/1",
        "dataset": parts.holdout_truth.info.dataset,
        "stage": "split",
        "checks": [
            {"name": one.name, "meaning": one.meaning, "looked_at": looked_at}
            for one, looked_at, _ in ran
        ],
        "findings": [finding.document() for _, _, found in ran for finding in found],
    }
