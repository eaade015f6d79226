"""The verb `rank`: from the results of a dataset to its leaderboard."""

from __future__ import annotations

from bench.datasets.sealing.keys import SecretKey
from bench.datasets.sealing.opened import OpenedPaths
from bench.datasets.sealing.opening import opened
from bench.io.atomic import Transaction
from bench.io.documents import Document, check, dump, nine_digits
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.attempts import read_attempts
from bench.leaderboard.board import board
from bench.leaderboard.change import Change
from bench.leaderboard.locks import Tell, board_lock, nobody
from bench.leaderboard.released import release_board
from bench.leaderboard.rendering import csv_text, labels_csv, markdown
from bench.leaderboard.results import read_repeats, read_results
from bench.leaderboard.settings import Settings
from bench.leaderboard.terms import Terms


def rank(
    workspace: Workspace, dataset: str, tell: Tell = nobody, key: SecretKey | None = None
) -> Document:
    """Order and compare every result of a dataset; write its tables.

    Args:
        workspace: the checkout.
        dataset: its name.
        tell: told if another process is waited for.
        key: of an organiser, for a sealed holdout.

    Returns:
        The leaderboard's document.

    Raises:
        UnknownNameError: no such dataset.
        ProblemsError: no results, or results that do not compare.
    """
    with (
        opened(workspace.dataset(dataset), key) as paths,
        board_lock(paths, tell),
        Change(paths) as transaction,
    ):
        attempts = read_attempts(paths.attempts)
        results = read_results(workspace, paths, attempts)
        return write_board(transaction, workspace, paths, results, attempts)


def write_board(
    transaction: Transaction,
    workspace: Workspace,
    paths: DatasetPaths,
    results: list[Document],
    attempts: list[Document],
) -> Document:
    """Prepare the tables in a transaction and return the leaderboard."""
    settings = Settings.of(workspace.params())
    terms = Terms.of(paths)
    made = nine_digits(board(results, read_repeats(paths), attempts, settings, terms))
    if isinstance(paths, OpenedPaths):
        made = release_board(made)
    document = check(made, "leaderboard", str(paths.board))
    transaction.write_text(paths.board / "leaderboard.json", dump(document))
    transaction.write_text(paths.board / "leaderboard.csv", csv_text(document))
    transaction.write_text(paths.board / "leaderboard.md", markdown(document))
    transaction.write_text(paths.board / "labels.csv", labels_csv(document))
    return document
