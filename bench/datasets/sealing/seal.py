"""The verb `seal`: the truth of a holdout, encrypted for its organisers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.datasets.sealing.archive import pack
from bench.datasets.sealing.commitment import (
    SEALED_TRUTH,
    is_sealed,
    read_lock,
    sealed_document,
    sealed_truth,
    truth_problems,
)
from bench.datasets.sealing.header import MAX_ORGANISERS, VERSION, make_header, people_hash
from bench.datasets.sealing.kept_results import kept_results
from bench.datasets.sealing.keys import KEY_BYTES, RANDOM, PublicKey, Source
from bench.datasets.sealing.open_places import open_places
from bench.datasets.sealing.sealed_file import write_sealed
from bench.io.atomic import Transaction
from bench.io.documents import Document, check, dump
from bench.io.problems import Problem, ProblemsError
from bench.io.workspace import DatasetPaths


@dataclass(frozen=True)
class Sealing:
    """What `seal` did.

    Attributes:
        document: `sealed.json`.
        place: the sealed file.
        open_places: files and folders of the checkout that still hold the truth in the open, or
            how far off single episodes or groups are.
    """

    document: Document
    place: Path
    open_places: tuple[Path, ...]


def seal(
    paths: DatasetPaths,
    keys: Sequence[PublicKey],
    *,
    remove_truth: bool = False,
    overwrite: bool = False,
    source: Source = RANDOM,
) -> Sealing:
    """Seal the truth of a dataset's holdout to these keys.

    Args:
        paths: the dataset, split.
        keys: of the organisers, one at least.
        remove_truth: remove the stores that hold the truth once it is sealed.
        overwrite: seal anew what is sealed already.
        source: of random bytes.

    Raises:
        ProblemsError: there is no truth, or not that of the lock; it is sealed already; a key
            stands twice. Nothing is written then.
    """
    lock = read_lock(paths)
    store = paths.part("holdout_truth")
    problems = list(_problems(paths, keys, overwrite=overwrite))
    if problems or (problems := list(truth_problems(store, lock))):
        raise ProblemsError(problems)
    data_key, root = source(KEY_BYTES), bytes.fromhex(lock["root"])
    organisers = [
        {"id": key.id, "name": key.name, "contact": key.contact, "lab": key.lab} for key in keys
    ]
    head = (paths.name, root, [key.raw for key in keys])
    header = make_header(*head, data_key, source, people_hash(organisers))
    with Transaction() as transaction:
        file = transaction.file(sealed_truth(paths))
        digest = write_sealed(file, header, data_key, pack(store))
        document = _document(paths.name, lock, file.stat().st_size, digest, organisers)
        transaction.write_text(sealed_document(paths), dump(document))
        if remove_truth:
            transaction.remove(store)
            transaction.remove(paths.episodes)
    return Sealing(document, sealed_truth(paths), open_places(paths))


def _problems(
    paths: DatasetPaths, keys: Sequence[PublicKey], *, overwrite: bool
) -> Iterator[Problem]:
    ids = [key.id for key in keys]
    for number, key in enumerate(keys):
        if key.id in ids[:number]:
            yield Problem("same_key", f"key of {key.name!r}", "each key once", "it again")
    if not 1 <= len(keys) <= MAX_ORGANISERS:
        expected = f"1 to {MAX_ORGANISERS} keys"
        yield Problem("key_count", "keys to seal to", expected, str(len(keys)))
    if is_sealed(paths) and not overwrite:
        expected = "a holdout that is not sealed; --overwrite seals it anew"
        yield Problem("already_sealed", str(sealed_document(paths)), expected, "a sealed one")
    published = paths.folder / "true_parameters.json"
    if published.exists():
        expected = "a generated holdout whose seed is secret"
        yield Problem("public_seed", str(published), expected, "a file that names the seed")
    kept = kept_results(paths)
    if kept.exists():
        expected = "no results sealed with the truth: they would not open any more"
        yield Problem("results_kept", str(kept), expected, "a file; move it away, score them again")
    store = paths.part("holdout_truth")
    if not store.is_dir():
        expected = f"a store; make it with: twinbench split {paths.name}"
        yield Problem("not_made", str(store), expected, "none")


def _document(
    name: str, lock: Document, size: int, digest: str, organisers: list[Document]
) -> Document:
    document = {
        "schema": "twinbench/sealed/1",
        "format": VERSION,
        "dataset": name,
        "root": lock["root"],
        "file": SEALED_TRUTH,
        "size": size,
        "sha256": digest,
        "organisers": organisers,
    }
    return check(document, "sealed", "sealed.json")
