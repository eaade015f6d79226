"""The verb `score`: the pipeline's own entry, scored and recorded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.entries.checking import checked_entry
from bench.io.documents import Document
from bench.io.workspace import Workspace
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
) -> Document:
    """Score the entry that the pipeline rolled out, record its result and traces, and log it.

    Args:
        workspace: the checkout.
        dataset: name of the dataset.
        name: of the entry.
        make_run: makes the record of the run.
        computing: with how many processes; the traces are always kept.
        tell: told if another process is waited for.

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
    with ExitStack() as locks, Change(paths) as transaction:
        locks.enter_context(entry_lock(paths, name, tell))
        computing = replace(computing or Computing(), rows=transaction.folder(paths.traces(name)))
        result = score(workspace, paths, entry, "pipeline", computing)
        locks.enter_context(board_lock(paths, tell))  # released when everything is in place
        record_result(transaction, paths, result, make_run(source))
    return result
