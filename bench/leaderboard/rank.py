"""The verb `rank`: from the results of a dataset to its leaderboard."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bench.datasets.sealing.kept_results import fetch_results
from bench.datasets.sealing.keys import SecretKey
from bench.datasets.sealing.opened import OpenedPaths
from bench.datasets.sealing.opening import opened
from bench.io.atomic import Transaction
from bench.io.documents import Document, check, dump, nine_digits
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.attempts import read_attempts
from bench.leaderboard.board import board
from bench.leaderboard.released import release_board
from bench.leaderboard.rendering import csv_text, markdown
from bench.leaderboard.results import read_repeats, read_results
from bench.leaderboard.settings import Settings


def rank(workspace: Workspace, dataset: str, key: SecretKey | None = None) -> Document:
    """Order and compare every result of a dataset; write leaderboard.json, .csv and .md.

    Args:
        workspace: the checkout.
        dataset: name of the dataset.
        key: of an organiser, for a sealed holdout.

    Returns:
        The leaderboard's document.

    Raises:
        UnknownNameError: no such dataset.
        ProblemsError: no results, or results that do not compare.
    """
    with (
        opened(workspace.dataset(dataset), key) as paths,
        board_lock(paths),
        Transaction() as transaction,
    ):
        attempts = read_attempts(paths.attempts)
        results = read_results(paths, attempts)
        return write_board(transaction, workspace, paths, results, attempts)


def write_board(
    transaction: Transaction,
    workspace: Workspace,
    paths: DatasetPaths,
    results: list[Document],
    attempts: list[Document],
) -> Document:
    """Prepare the three tables in a transaction and return the leaderboard."""
    settings = Settings.of(workspace.params())
    made = nine_digits(board(results, read_repeats(paths), attempts, settings))
    if isinstance(paths, OpenedPaths):
        made = release_board(made, paths.sealed)
    document = check(made, "leaderboard", str(paths.board))
    transaction.write_text(paths.board / "leaderboard.json", dump(document))
    transaction.write_text(paths.board / "leaderboard.csv", csv_text(document))
    transaction.write_text(paths.board / "leaderboard.md", markdown(document))
    return document


@contextmanager
def board_lock(paths: DatasetPaths) -> Iterator[None]:
    """Let one process at a time change a dataset's results, log and tables.

    Full results of a sealed holdout are read anew: another process may have changed them.
    """
    from filelock import FileLock

    place = paths.root / "data" / "locks"
    place.mkdir(parents=True, exist_ok=True)
    with FileLock(place / f"{paths.name}.lock"):
        if isinstance(paths, OpenedPaths):
            fetch_results(paths)
        yield
