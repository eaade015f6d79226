"""Opening the truth of a holdout, sealed or not, for as long as it is read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.datasets.sealing.archive import unpack
from bench.datasets.sealing.commitment import (
    bytes_problems,
    head_problems,
    is_sealed,
    read_lock,
    read_sealed,
    sealed_truth,
    truth_problems,
)
from bench.datasets.sealing.header import TRUTH, read_header, unwrap
from bench.datasets.sealing.kept_results import fetch_results
from bench.datasets.sealing.keys import SecretKey
from bench.datasets.sealing.opened import OpenedPaths
from bench.datasets.sealing.sealed_file import opened_pieces
from bench.io.atomic import Transaction, interrupts_deferred
from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.io.workspace import DatasetPaths


@contextmanager
def opened(paths: DatasetPaths, key: SecretKey | None) -> Iterator[DatasetPaths]:
    """The paths of a dataset with a truth that can be read while the block runs.

    Of an open holdout these are the paths as they are. A sealed one is decrypted, with the results
    that are kept, into a temporary folder outside the checkout, which is removed when the block
    ends, however it ends.

    Args:
        paths: the dataset.
        key: an organiser's; needed if the holdout is sealed.

    Raises:
        ProblemsError: the holdout is sealed and there is no key (`sealed`), or see `decrypt_truth`.
    """
    if not is_sealed(paths):
        yield paths
        return
    sealed = read_sealed(paths)
    if key is None:
        raise ProblemsError([_no_key(sealed)])
    with _temporary_folder(paths) as folder:
        store = folder / "holdout_truth.zarr"
        store.mkdir()
        data_key = decrypt_truth(paths, sealed, key, store)
        place = OpenedPaths(paths.root, paths.name, folder, sealed, data_key)
        fetch_results(place)
        yield place


def _no_key(sealed: Document) -> Problem:
    people = "; ".join(f"{one['name']} ({one['contact']})" for one in sealed["organisers"])
    expected = "the key of an organiser, with --key FILE or in TWINBENCH_KEY"
    came = (
        f"no key: {people} can open it; send them the entry folder, or where it can be fetched, "
        "once `twinbench validate` finds no problem in it"
    )
    return Problem("sealed", f"holdout of {sealed['dataset']}", expected, came)


@contextmanager
def _temporary_folder(paths: DatasetPaths) -> Iterator[Path]:
    """A folder that nobody else may look into, outside the checkout; gone after the block."""
    parent = Path(tempfile.gettempdir()).resolve()
    if parent.is_relative_to(paths.root.resolve()):
        expected = "a folder for temporary files outside the checkout; TMPDIR names one"
        raise ProblemsError([Problem("temporary_folder", "TMPDIR", expected, str(parent))])
    folder: Path | None = None
    try:
        with interrupts_deferred():
            folder = Path(tempfile.mkdtemp(prefix="twinbench-", dir=parent))
        yield folder
    finally:
        with interrupts_deferred():
            if folder is not None:
                shutil.rmtree(folder)


def decrypt_truth(paths: DatasetPaths, sealed: Document, key: SecretKey, store: Path) -> bytes:
    """Decrypt the truth of a sealed holdout into an empty folder and hold it against the lock.

    Args:
        paths: the dataset.
        sealed: its `sealed.json`, from `read_sealed`.
        key: an organiser's.
        store: what is filled; worthless if this fails.

    Returns:
        The data key.

    Raises:
        ProblemsError: the sealed file is missing, is not the one that was committed to, was
            changed, or is not sealed to this key; what it holds is not the holdout of the lock.
    """
    place = sealed_truth(paths)
    where = str(place)
    if not place.is_file():
        expected = "the sealed file that sealed.json commits to"
        raise ProblemsError([Problem("missing_file", where, expected, "no file")])
    with place.open("rb") as file:
        header, mac = read_header(file, where)
        behind = file.tell()
        problems = list(head_problems(header, sealed, where))
        if header.content != TRUTH:
            problems.append(Problem("sealed_other", where, "a truth", "results"))
        file.seek(0)
        problems = problems or list(bytes_problems(file, sealed, where))
        if problems:
            raise ProblemsError(problems)
        data_key = unwrap(header, key, where)
        file.seek(behind)
        unpack(opened_pieces(file, header, mac, data_key, where), store, where)
    problems = list(truth_problems(store, read_lock(paths)))
    if problems:
        raise ProblemsError(problems)
    return data_key


def unseal(paths: DatasetPaths, key: SecretKey | None) -> Path:
    """Write the truth of a sealed holdout into its place in the checkout.

    Returns:
        The store.

    Raises:
        ProblemsError: the holdout is not sealed, there is no key, or see `decrypt_truth`; nothing
            is written then.
    """
    if not is_sealed(paths):
        expected = "a sealed holdout, with sealed.json"
        raise ProblemsError([Problem("not_sealed", paths.name, expected, "an open one")])
    sealed, place = read_sealed(paths), paths.part("holdout_truth")
    if key is None:
        raise ProblemsError([_no_key(sealed)])
    with Transaction() as transaction:
        decrypt_truth(paths, sealed, key, transaction.folder(place))
    return place
