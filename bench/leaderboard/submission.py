"""The verbs `submit`, `recompute` and `withdraw`: entries of labs, from folder to table."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench.datasets.sealing.keys import SecretKey
from bench.datasets.sealing.opened import OpenedPaths
from bench.datasets.sealing.opening import opened
from bench.entries.checking import checked_entry, dataset_of_entry
from bench.entries.entry import Entry, predictions_hash, write_entry
from bench.entries.texts import look
from bench.io.atomic import Transaction
from bench.io.documents import Document, read_document
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.agreement import ANOTHER_MACHINE, Agreement, agreement, older
from bench.leaderboard.attempts import (
    attempt_of,
    attempts_text,
    check_limit,
    logged,
    read_attempts,
)
from bench.leaderboard.authorship import reserved_problems
from bench.leaderboard.change import Change
from bench.leaderboard.locks import Tell, board_lock, entry_lock, nobody
from bench.leaderboard.rank import write_board
from bench.leaderboard.recording import Run, record_result, remove_result
from bench.leaderboard.released import public_form, release
from bench.leaderboard.results import read_results, result_files
from bench.leaderboard.scoring import scored
from bench.leaderboard.terms import Terms
from bench.scoring.score import Computing

MakeRun = Callable[[Path], Run]
"""Makes the record of a run, given the folder that was read."""


def submit(
    workspace: Workspace,
    folder: Path,
    make_run: MakeRun,
    computing: Computing | None = None,
    tell: Tell = nobody,
    key: SecretKey | None = None,
) -> tuple[Document, Document]:
    """Validate and score the entry in `folder`, record it and rewrite the tables.

    Args:
        workspace: the checkout.
        folder: the entry.
        make_run: makes the record of the run.
        computing: with how many processes; the traces are always kept.
        tell: told if another process is waited for.
        key: of an organiser, for a sealed holdout.

    Returns:
        The result and the leaderboard.

    Raises:
        ProblemsError: every problem of the entry, a name that is taken, an attempt over the lab's
            limit, or a folder that was changed meanwhile; nothing is written then.
    """
    paths = dataset_of_entry(workspace, folder)
    entry = checked_entry(workspace, paths, folder)
    _check_reserved(workspace, entry)
    with opened(paths, key) as place, ExitStack() as locks, Change(paths) as transaction:
        locks.enter_context(entry_lock(place, entry.document["name"], tell))
        _check_name(place, entry)
        _check_limit(place, entry)
        result = scored(transaction, workspace, place, entry, "self-scored", computing)
        locks.enter_context(board_lock(place, tell))  # released when everything is in place
        _check_name(place, entry)  # another may have taken it meanwhile
        _check_limit(place, entry)
        kept = place.submitted(entry.document["name"]) / entry.hash
        written = write_entry(kept, entry.document, entry.episodes, entry.documents, transaction)
        if written != entry.hash:
            expected = f"the entry that was validated, {entry.hash}"
            raise ProblemsError([Problem("entry_changed", str(folder), expected, written)])
        return result, _publish(transaction, workspace, place, result, make_run(folder))


def _check_reserved(workspace: Workspace, entry: Entry) -> None:
    """The pipeline's names are taken, whatever stands on the board."""
    problems = list(reserved_problems(entry.document, workspace.params()["entries"], "entry.json"))
    if problems:
        raise ProblemsError(problems)


def _check_name(paths: DatasetPaths, entry: Entry) -> None:
    """A name belongs to the lab that had it first, and a lab has one way to write its own."""
    name, lab = entry.document["name"], entry.document["lab"]
    where = "entry.json: name"
    labs = {attempt["lab"] for attempt in read_attempts(paths.attempts)}
    twins = sorted(other for other in labs if look(other) == look(lab))
    if twins and lab not in twins:
        expected = f"{twins[0]!r} as it stands in the log, or a lab that differs in more than look"
        raise ProblemsError([Problem("name_taken", "entry.json: lab", expected, f"{lab!a}")])
    alike = [path.stem for path in result_files(paths) if look(path.stem) == look(name)]
    if alike and alike != [name]:
        expected = f"a name that differs from {alike[0]!r} in more than look"
        raise ProblemsError([Problem("name_taken", where, expected, repr(name))])
    if paths.result(name).exists():
        owner = read_document(paths.result(name), "result")["entry"]["lab"]
        if look(owner) != look(lab):
            expected = f"a name of its own, as {name!r} is an entry of {owner!r}"
            raise ProblemsError([Problem("name_taken", where, expected, f"lab {lab!r}")])


def _check_limit(paths: DatasetPaths, entry: Entry) -> None:
    """No attempt over the limit, where the dataset sets one, is scored."""
    limit = Terms.of(paths).attempts_per_lab
    if limit is not None:
        new = {
            "lab": entry.document["lab"],
            "holdout": read_document(paths.lock, "holdout_lock")["root"],
            "predictions": predictions_hash(entry.episodes),
        }
        check_limit(read_attempts(paths.attempts), new, limit)


def _publish(
    transaction: Transaction,
    workspace: Workspace,
    paths: DatasetPaths,
    result: Document,
    run: Run,
) -> Document:
    attempts = record_result(transaction, paths, result, run)
    name = result["entry"]["name"]
    others = read_results(workspace, paths, attempts, without=name)
    # In the order in which `rank` reads them: tables do not tell who came last.
    results = sorted([*others, result], key=lambda r: paths.result(r["entry"]["name"]))
    return write_board(transaction, workspace, paths, results, attempts)


def recompute(
    workspace: Workspace,
    dataset: str,
    name: str,
    make_run: MakeRun,
    computing: Computing | None = None,
    tell: Tell = nobody,
    key: SecretKey | None = None,
) -> tuple[Document, Document]:
    """Score a submitted entry again as the organiser; mark it if every number agrees.

    Args:
        workspace: the checkout.
        dataset: name of the dataset.
        name: of the entry.
        make_run: makes the record of the run.
        computing: with how many processes; the traces are always kept.
        tell: told if another process is waited for.
        key: of an organiser, for a sealed holdout.

    Returns:
        The result, status `recomputed`, and the leaderboard.

    Raises:
        UnknownNameError: no such dataset or entry.
        ProblemsError: the entry's folder is not here, or numbers differ by more than 1e-6.
    """
    with (
        opened(workspace.dataset(dataset), key) as paths,
        ExitStack() as locks,
        Change(paths) as transaction,
    ):
        _check_known(paths, name, tell)
        locks.enter_context(entry_lock(paths, name, tell))
        claimed = _submitted(workspace, paths, name)
        folder = paths.submitted(name) / claimed["entry"]["hash"]
        entry = checked_entry(workspace, paths, folder)
        result = scored(transaction, workspace, paths, entry, "recomputed", computing)
        marked = {**claimed, "status": result["status"]}
        own = older(result, claimed)
        found = agreement(own, marked, ANOTHER_MACHINE)
        if found.disagreements:
            raise ProblemsError(_disagreements(paths, own, marked, found))
        locks.enter_context(board_lock(paths, tell))
        return result, _publish(transaction, workspace, paths, result, make_run(folder))


def _disagreements(
    paths: DatasetPaths, own: Document, claimed: Document, found: Agreement
) -> list[Problem]:
    """In what two results differ; of a sealed holdout only what is released of both stands there.

    Of the rest it is said how many places differ.
    """
    name = claimed["entry"]["name"]
    if not isinstance(paths, OpenedPaths):
        return found.problems(name)
    terms = Terms.of(paths)
    # The hash of the full result differs whatever does.
    mine, theirs = ({**release(one, terms), "full": None} for one in (own, claimed))
    released = agreement(mine, theirs, ANOTHER_MACHINE)
    told = {each.where for each in released.disagreements}
    others = sum(each.where not in told for each in found.disagreements)
    problems = released.problems(name)
    if others:
        expected = "the same in everything that is not released"
        came = f"{others} other{'' if others == 1 else 's'}"
        problems.append(Problem("not_reproduced", f"result {name}", expected, came))
    return problems


def _check_known(paths: DatasetPaths, name: str, tell: Tell) -> None:
    """The entry's lock has its name, so it must be one."""
    with board_lock(paths, tell):
        valid = [path.stem for path in result_files(paths)]
    if name not in valid:
        raise UnknownNameError("entry", name, valid)


def _submitted(workspace: Workspace, paths: DatasetPaths, name: str) -> Document:
    result = read_document(paths.result(name), "result")
    # A result may say `pipeline` and not be the pipeline's: that one must not stay.
    if result["status"] == "pipeline" and name in workspace.params()["entries"]:
        expected = "a submitted entry"
        raise ProblemsError([Problem("not_submitted", name, expected, "one of the pipeline's")])
    return result


def withdraw(
    workspace: Workspace,
    dataset: str,
    name: str,
    tell: Tell = nobody,
    key: SecretKey | None = None,
) -> Document:
    """Take a submitted entry off the leaderboard; the log keeps that it was there.

    Args:
        workspace: the checkout.
        dataset: name of the dataset.
        name: of the entry.
        tell: told if another process is waited for.
        key: of an organiser, for a sealed holdout.

    Returns:
        The leaderboard.

    Raises:
        UnknownNameError: no such dataset or entry.
        ProblemsError: it is an entry of the pipeline.
    """
    with opened(workspace.dataset(dataset), key) as paths, ExitStack() as locks:
        _check_known(paths, name, tell)
        locks.enter_context(entry_lock(paths, name, tell))
        locks.enter_context(board_lock(paths, tell))
        transaction = locks.enter_context(Change(paths))
        claimed = _submitted(workspace, paths, name)
        new = attempt_of(public_form(paths, claimed), "withdrawn")
        attempts = logged(read_attempts(paths.attempts), new)
        transaction.write_text(paths.attempts, attempts_text(attempts))
        remove_result(transaction, paths, name)
        transaction.remove(paths.traces(name))
        others = read_results(workspace, paths, attempts, without=name)
        return write_board(transaction, workspace, paths, others, attempts)
