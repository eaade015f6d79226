"""Writing a result into its place: the result, its headline numbers, the log, and the run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.datasets.sealing.opened import OpenedPaths
from bench.io.atomic import Transaction
from bench.io.documents import Document, dump
from bench.io.workspace import DatasetPaths
from bench.leaderboard.attempts import attempt_of, attempts_text, logged, read_attempts
from bench.leaderboard.released import public_form, record_sealed, remove_sealed
from bench.scoring.result import headline_metrics


@dataclass(frozen=True)
class Run:
    """Where and when a result was computed: for people, never compared, never committed.

    Attributes:
        started: ISO 8601 time with offset.
        seconds: how long it took.
        host: name of the machine.
        python: version of the interpreter.
        packages: versions of the libraries that computed it.
        source: the folder that the entry was read from.
    """

    started: str
    seconds: float
    host: str
    python: str
    packages: dict[str, str]
    source: str


def record_result(
    transaction: Transaction, paths: DatasetPaths, result: Document, run: Run
) -> list[Document]:
    """Prepare an entry's result, headline numbers, run and line in the log.

    On a sealed holdout, in the place of the first three, what is released of the result.

    Returns:
        The log with the new line.
    """
    # The log goes first: at no time is there a result that it does not know.
    event = "recomputed" if result["status"] == "recomputed" else "scored"
    new = attempt_of(public_form(paths, result), event)
    attempts = logged(read_attempts(paths.attempts), new)
    transaction.write_text(paths.attempts, attempts_text(attempts))
    if isinstance(paths, OpenedPaths):
        record_sealed(transaction, paths, result)
    else:
        _record_open(transaction, paths, result, run)
    return attempts


def _record_open(transaction: Transaction, paths: DatasetPaths, result: Document, run: Run) -> None:
    name = result["entry"]["name"]
    place = paths.result(name)
    transaction.write_text(place, dump(result))
    transaction.write_text(place.with_name(f"{name}.metrics.json"), dump(headline_metrics(result)))
    transaction.write_text(place.with_name(f"{name}.run.json"), dump(vars(run)))


def remove_result(transaction: Transaction, paths: DatasetPaths, name: str) -> None:
    """Prepare the removal of an entry's result."""
    if isinstance(paths, OpenedPaths):
        remove_sealed(transaction, paths, name)
        return
    for place in _files(paths, name):
        transaction.remove(place)


def _files(paths: DatasetPaths, name: str) -> list[Path]:
    place = paths.result(name)
    return [place, *(place.with_name(f"{name}.{part}.json") for part in ("metrics", "run"))]
