"""What is committed of a sealed holdout: `holdout.lock.json`, and `sealed.json` beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from bench.datasets.sealing.header import Header, people_hash
from bench.datasets.split import lock_root, locked_episodes
from bench.io.documents import Document, read_document
from bench.io.problems import Problem, ProblemsError
from bench.io.store import open_episodes
from bench.io.workspace import DatasetPaths

SEALED_TRUTH = "truth.sealed"


def sealed_document(paths: DatasetPaths) -> Path:
    """Where `sealed.json` lies, if the holdout is sealed."""
    return paths.folder / "sealed.json"


def sealed_truth(paths: DatasetPaths) -> Path:
    """Where the sealed file lies."""
    return paths.folder / SEALED_TRUTH


def is_sealed(paths: DatasetPaths) -> bool:
    """Whether the dataset's holdout is sealed."""
    return sealed_document(paths).exists()


def check_open(paths: DatasetPaths) -> None:
    """Refuse a sealed holdout to verbs that write numbers of single episodes.

    Raises:
        ProblemsError: it is sealed.
    """
    if is_sealed(paths):
        expected = "an open one, as what this verb writes says how far off single episodes are"
        where = f"holdout of {paths.name}"
        raise ProblemsError([Problem("sealed_verb", where, expected, "a sealed one")])


def read_lock(paths: DatasetPaths) -> Document:
    """The lock of a dataset's holdout, whose root is that of its episodes.

    Raises:
        ProblemsError: it is missing, does not fit, or contradicts itself.
    """
    lock = read_document(paths.lock, "holdout_lock")
    root = lock_root(lock["episodes"])
    problems = []
    if lock["root"] != root:
        problems.append(Problem("lock_broken", f"{paths.lock}: root", root, lock["root"]))
    if lock["dataset"] != paths.name:
        where = f"{paths.lock}: dataset"
        problems.append(Problem("sealed_other", where, paths.name, lock["dataset"]))
    if problems:
        raise ProblemsError(problems)
    return lock


def read_sealed(paths: DatasetPaths) -> Document:
    """`sealed.json`, of this dataset and of the holdout that the lock names.

    Raises:
        ProblemsError: it is missing, does not fit, or is of another dataset or holdout.
    """
    sealed = read_document(sealed_document(paths), "sealed")
    lock = read_lock(paths)
    where = str(sealed_document(paths))
    pairs = [("dataset", paths.name), ("root", lock["root"])]
    problems = [
        Problem("sealed_other", f"{where}: {key}", expected, sealed[key])
        for key, expected in pairs
        if sealed[key] != expected
    ]
    if problems:
        raise ProblemsError(problems)
    return sealed


def head_problems(header: Header, sealed: Document, where: str) -> Iterator[Problem]:
    """In what the head of a sealed file differs from `sealed.json`."""
    own = {
        "dataset": header.dataset,
        "root": header.root.hex(),
        "organisers": ", ".join(stanza.recipient.hex() for stanza in header.stanzas),
    }
    named = {
        "dataset": sealed["dataset"],
        "root": sealed["root"],
        "organisers": ", ".join(one["id"] for one in sealed["organisers"]),
    }
    for key, expected in named.items():
        if own[key] != expected:
            yield Problem("sealed_other", f"{where}: {key}", expected, own[key] or "none")
    people = people_hash(sealed["organisers"])
    if header.people != people:
        expected = f"what sealed.json says of them, SHA-256 {people.hex()[:16]}"
        came = f"SHA-256 {header.people.hex()[:16]}"
        yield Problem("sealed_other", f"{where}: organisers", expected, came)


def bytes_problems(file: BinaryIO, sealed: Document, where: str) -> Iterator[Problem]:
    """In what a file's bytes differ from those that `sealed.json` commits to.

    Args:
        file: read from its beginning to its end.
        sealed: the document.
        where: what the file is called in problems.
    """
    digest, size = hashlib.sha256(), 0
    while piece := file.read(2**20):
        digest.update(piece)
        size += len(piece)
    expected = f"{sealed['size']} bytes"
    if size < sealed["size"]:
        yield Problem("sealed_cut", where, expected, str(size))
    elif size > sealed["size"]:
        yield Problem("sealed_trailing", where, expected, str(size))
    elif digest.hexdigest() != sealed["sha256"]:
        yield Problem("sealed_changed", where, f"SHA-256 {sealed['sha256']}", digest.hexdigest())


def truth_problems(store: Path, lock: Document) -> Iterator[Problem]:
    """In what a store of the truth differs from the lock, episode by episode.

    Raises:
        ProblemsError: it is no store of the truth.
    """
    truth = open_episodes(store, allowed=frozenset({"holdout_truth"}))
    found = {episode["id"]: episode for episode in locked_episodes(truth)}
    locked = {
        episode["id"]: {key: value for key, value in episode.items() if key != "inputs_hash"}
        for episode in lock["episodes"]
    }
    for name in sorted(found.keys() | locked.keys()):
        if found.get(name) != locked.get(name):
            expected = "the episode of holdout.lock.json" if name in locked else "no such episode"
            came = "another" if name in found else "none"
            yield Problem("holdout_changed", f"{store.name}: {name}", expected, came)
