"""Who may change a dataset's results, log and tables, and when: one process at a time.

The system lets a lock go when its holder ends, however it ends: a killed process blocks nobody.
Locks are taken in one order, the entry's before the board's, so that no two wait for each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.datasets.sealing.kept_results import fetch_results
from bench.datasets.sealing.opened import OpenedPaths
from bench.io.problems import Problem, ProblemsError
from bench.io.workspace import DatasetPaths
from bench.leaderboard.change import finish
from bench.leaderboard.leftovers import clear_board, clear_traces

Tell = Callable[[str], None]
"""Is told in a line what is waited for."""


@dataclass(frozen=True)
class Patience:
    """How long a lock is waited for.

    Attributes:
        quiet: s until the waiting is told.
        whole: s after that until it is given up.
    """

    quiet: float = 5.0
    whole: float = 600.0


def nobody(_text: str) -> None:
    """Tell nobody."""


@contextmanager
def board_lock(
    paths: DatasetPaths, tell: Tell = nobody, patience: Patience | None = None
) -> Iterator[None]:
    """Let one process at a time change a dataset's results, log and tables.

    What a killed process had begun to put in place is finished first, and what it had only
    prepared is cleared away. Full results of a sealed holdout are read anew then: another process
    may have changed them.

    Raises:
        ProblemsError: another process holds the lock for too long.
    """
    place, doing = paths.root / "data" / "locks" / f"{paths.name}.lock", f"changes {paths.name}"
    with _held(place, doing, tell, patience):
        finish(paths)
        clear_board(paths)
        if isinstance(paths, OpenedPaths):
            fetch_results(paths)
        yield


@contextmanager
def entry_lock(
    paths: DatasetPaths, name: str, tell: Tell = nobody, patience: Patience | None = None
) -> Iterator[None]:
    """Let one process at a time score or withdraw an entry; its board is whole when it begins.

    Raises:
        ProblemsError: another process holds the lock for too long.
    """
    place = paths.root / "data" / "locks" / paths.name / f"{name}.lock"
    with _held(place, f"scores or withdraws {paths.name}/{name}", tell, patience):
        with board_lock(paths, tell, patience):
            clear_traces(paths, name)
        yield


@contextmanager
def _held(place: Path, doing: str, tell: Tell, patience: Patience | None) -> Iterator[None]:
    from filelock import FileLock, Timeout

    patience = patience or Patience()
    place.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(place)
    try:
        lock.acquire(timeout=patience.quiet)
    except Timeout:
        tell(f"waiting: another process {doing} and holds {place}")
        try:
            lock.acquire(timeout=patience.whole)
        except Timeout:
            expected = f"a lock that is free within {patience.quiet + patience.whole:g} s"
            came = f"another process that {doing}"
            raise ProblemsError([Problem("locked", str(place), expected, came)]) from None
    try:
        yield
    finally:
        lock.release()
