"""The verb `score`: the pipeline's own entry, scored and recorded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.datasets.sealing.keys import SecretKey
from bench.datasets.sealing.opened import OpenedPaths
from bench.datasets.sealing.opening import opened
from bench.entries.checking import checked_entry
from bench.entries.entry import Entry
from bench.io.atomic import Transaction
from bench.io.documents import Document
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.change import Change
from bench.leaderboard.locks import Tell, board_lock, entry_lock, nobody
from bench.leaderboard.recording import Run, record_result
from bench.scoring.score import Computing, score


def score_entry(
    workspace: Workspace,
    dataset: str,
    name: str,
    make_run: Callable[[Path], Run],
    computing: Computing | None = None,
    tell: Tell = nobody,
    key: SecretKey | None = None,
) -> Document:
    """Score the entry that the pipeline rolled out, record its result and traces, and log it.

    Args:
        workspace: the checkout.
        dataset: name of the dataset.
        name: of the entry.
        make_run: makes the record of the run.
        computing: with how many processes; the traces are always kept.
        tell: told if another process is waited for.
        key: of an organiser, for a sealed holdout.

    Returns:
        The result.

    Raises:
        UnknownNameError: no such dataset or entry.
        ProblemsError: the entry or the truth has problems; nothing is written then.
    """
    paths = workspace.dataset(dataset)
    workspace.method(name)
    source = paths.rollout(name)
    entry = checked_entry(workspace, paths, source)
    with opened(paths, key) as place, ExitStack() as locks, Change(paths) as transaction:
        locks.enter_context(entry_lock(place, name, tell))
        result = scored(transaction, workspace, place, entry, "pipeline", computing)
        locks.enter_context(board_lock(place, tell))  # released when everything is in place
        record_result(transaction, place, result, make_run(source))
    return result


def scored(
    transaction: Transaction,
    workspace: Workspace,
    paths: DatasetPaths,
    entry: Entry,
    status: str,
    computing: Computing | None,
) -> Document:
    """Score an entry and prepare its traces; on a sealed holdout none are kept.

    Args:
        transaction: where the traces are prepared.
        workspace: the checkout.
        paths: the dataset, with a truth that can be read.
        entry: from `checked_entry`.
        status: who computes.
        computing: with how many processes.
    """
    computing = computing or Computing()
    if isinstance(paths, OpenedPaths):
        result = score(workspace, paths, entry, status, replace(computing, rows=None))
        return {**result, "traces": None}
    rows = transaction.folder(paths.traces(entry.document["name"]))
    return score(workspace, paths, entry, status, replace(computing, rows=rows))
