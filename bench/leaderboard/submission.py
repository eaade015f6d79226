"""The verbs `submit`, `recompute` and `withdraw`: entries of labs, from folder to table."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.entries.checking import checked_entry, dataset_of_entry
from bench.entries.entry import Entry, write_entry
from bench.entries.texts import look
from bench.io.atomic import Transaction
from bench.io.documents import Document, read_document
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.agreement import ANOTHER_MACHINE, agreement, older
from bench.leaderboard.attempts import attempt_of, attempts_text, logged, read_attempts
from bench.leaderboard.rank import board_lock, write_board
from bench.leaderboard.recording import Run, record_result, remove_result
from bench.leaderboard.results import read_results, result_files
from bench.scoring.repeatability import REPEATS
from bench.scoring.score import Computing, score

RESERVED_LABS = frozenset({"twinbench", "the robot itself"})
MakeRun = Callable[[Path], Run]
"""Makes the record of a run, given the folder that was read."""


def submit(
    workspace: Workspace, folder: Path, make_run: MakeRun, computing: Computing | None = None
) -> tuple[Document, Document]:
    """Validate and score the entry in `folder`, record it and rewrite the tables.

    Args:
        workspace: the checkout.
        folder: the entry.
        make_run: makes the record of the run.
        computing: with how many processes; the traces are always kept.

    Returns:
        The result and the leaderboard.

    Raises:
        ProblemsError: every problem of the entry; nothing is written then.
    """
    paths = dataset_of_entry(workspace, folder)
    entry = checked_entry(workspace, paths, folder)
    _check_name(workspace, paths, entry)
    with ExitStack() as lock, Transaction() as transaction:
        result = _scored(transaction, workspace, paths, entry, "self-scored", computing)
        lock.enter_context(board_lock(paths))  # released when everything is in place
        _check_name(workspace, paths, entry)  # another may have taken it meanwhile
        place = paths.submitted(entry.document["name"]) / entry.hash
        write_entry(place, entry.document, entry.episodes, entry.documents, transaction)
        return result, _publish(transaction, workspace, paths, result, make_run(folder))


def _scored(
    transaction: Transaction,
    workspace: Workspace,
    paths: DatasetPaths,
    entry: Entry,
    status: str,
    computing: Computing | None,
) -> Document:
    """Score an entry and prepare its traces."""
    rows = transaction.folder(paths.traces(entry.document["name"]))
    computing = replace(computing or Computing(), rows=rows)
    return score(workspace, paths, entry, status, computing)


def _check_name(workspace: Workspace, paths: DatasetPaths, entry: Entry) -> None:
    """A name belongs to the lab that had it first; the pipeline's names are taken."""
    name, lab = entry.document["name"], entry.document["lab"]
    where = "entry.json: name"
    taken = {look(own) for own in (*workspace.params()["entries"], *REPEATS)}
    if look(name) in taken:
        expected = "a name that the pipeline does not use"
        raise ProblemsError([Problem("name_taken", where, expected, repr(name))])
    if look(lab) in {look(reserved) for reserved in RESERVED_LABS}:
        expected = "a lab of its own"
        raise ProblemsError([Problem("name_taken", "entry.json: lab", expected, repr(lab))])
    labs = {attempt["lab"] for attempt in read_attempts(paths.attempts)}
    twins = sorted(other for other in labs if look(other) == look(lab))
    if twins and lab not in twins:
        expected = f"{twins[0]!r} as it stands in the log, or a lab that differs in more than look"
        raise ProblemsError([Problem("name_taken", "entry.json: lab", expected, f"{lab!a}")])
    alike = [path.stem for path in result_files(paths) if look(path.stem) == look(name)]
    if alike and alike != [name]:
        expected = f"a name that differs from {alike[0]!r} in more than case"
        raise ProblemsError([Problem("name_taken", where, expected, repr(name))])
    if paths.result(name).exists():
        owner = read_document(paths.result(name), "result")["entry"]["lab"]
        if owner != lab:
            expected = f"a name of its own, as {name!r} is an entry of {owner!r}"
            raise ProblemsError([Problem("name_taken", where, expected, f"lab {lab!r}")])


def _publish(
    transaction: Transaction,
    workspace: Workspace,
    paths: DatasetPaths,
    result: Document,
    run: Run,
) -> Document:
    attempts = record_result(transaction, paths, result, run)
    name = result["entry"]["name"]
    others = [r for r in read_results(paths, attempts) if r["entry"]["name"] != name]
    return write_board(transaction, workspace, paths, [*others, result], attempts)


def recompute(
    workspace: Workspace,
    dataset: str,
    name: str,
    make_run: MakeRun,
    computing: Computing | None = None,
) -> tuple[Document, Document]:
    """Score a submitted entry again as the organiser; mark it if every number agrees.

    Args:
        workspace: the checkout.
        dataset: name of the dataset.
        name: of the entry.
        make_run: makes the record of the run.
        computing: with how many processes; the traces are always kept.

    Returns:
        The result, status `recomputed`, and the leaderboard.

    Raises:
        UnknownNameError: no such dataset or entry.
        ProblemsError: the entry's folder is not here, or numbers differ by more than 1e-6.
    """
    paths = workspace.dataset(dataset)
    claimed = _submitted(paths, name)
    folder = paths.submitted(name) / claimed["entry"]["hash"]
    entry = checked_entry(workspace, paths, folder)
    with ExitStack() as lock, Transaction() as transaction:
        result = _scored(transaction, workspace, paths, entry, "recomputed", computing)
        marked = {**claimed, "status": result["status"]}
        found = agreement(older(result, claimed), marked, ANOTHER_MACHINE)
        if found.disagreements:
            raise ProblemsError(found.problems(name))
        lock.enter_context(board_lock(paths))
        return result, _publish(transaction, workspace, paths, result, make_run(folder))


def _submitted(paths: DatasetPaths, name: str) -> Document:
    valid = [path.stem for path in result_files(paths)]
    if name not in valid:
        raise UnknownNameError("entry", name, valid)
    result = read_document(paths.result(name), "result")
    if result["status"] == "pipeline":
        expected = "a submitted entry"
        raise ProblemsError([Problem("not_submitted", name, expected, "one of the pipeline's")])
    return result


def withdraw(workspace: Workspace, dataset: str, name: str) -> Document:
    """Take a submitted entry off the leaderboard; the log keeps that it was there.

    Returns:
        The leaderboard.

    Raises:
        UnknownNameError: no such dataset or entry.
        ProblemsError: it is an entry of the pipeline.
    """
    paths = workspace.dataset(dataset)
    claimed = _submitted(paths, name)
    with board_lock(paths), Transaction() as transaction:
        attempts = logged(read_attempts(paths.attempts), attempt_of(claimed, "withdrawn"))
        transaction.write_text(paths.attempts, attempts_text(attempts))
        remove_result(transaction, paths, name)
        transaction.remove(paths.traces(name))
        others = [r for r in read_results(paths, attempts) if r["entry"]["name"] != name]
        return write_board(transaction, workspace, paths, others, attempts)
