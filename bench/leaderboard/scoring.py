"""The verb `score`: the pipeline's own entry, scored and recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bench.entries.checking import checked_entry
from bench.io.atomic import Transaction
from bench.io.documents import Document
from bench.io.workspace import Workspace
from bench.leaderboard.rank import board_lock
from bench.leaderboard.recording import Run, record_result
from bench.scoring.score import score


def score_entry(
    workspace: Workspace, dataset: str, name: str, make_run: Callable[[Path], Run]
) -> Document:
    """Score the entry that the pipeline rolled out, record its result and log it.

    Returns:
        The result.

    Raises:
        UnknownNameError: no such dataset or entry.
        ProblemsError: the entry or the truth has problems; nothing is written then.
    """
    paths = workspace.dataset(dataset)
    workspace.method(name)
    source = paths.rollout(name)
    result = score(workspace, paths, checked_entry(workspace, paths, source), "pipeline")
    with board_lock(paths), Transaction() as transaction:
        record_result(transaction, paths, result, make_run(source))
    return result
