"""Locks: told when one is held long, given up in the end, and let go by a killed process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench.cli.progress import waiting
from bench.io.problems import ProblemsError
from bench.io.workspace import DatasetPaths
from bench.leaderboard.locks import Patience, board_lock, entry_lock

SOON = Patience(quiet=0.05, whole=0.05)
HOLDS = """
import sys
from pathlib import Path
from bench.io.workspace import DatasetPaths
from bench.leaderboard import locks
with {lock}:
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def _holder(root: Path, lock: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds a lock until its input is closed."""
    paths = f"DatasetPaths(Path({str(root)!r}), 'made')"
    script = HOLDS.format(lock=f"locks.{lock}".replace("paths", paths))
    with subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process


def _close(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.close()


def test_who_waits_long_is_told_for_what_and_goes_on(tmp_path: Path) -> None:
    told = []
    with _holder(tmp_path, "board_lock(paths)") as process:

        def tell(text: str) -> None:
            told.append(text)
            _close(process)

        with board_lock(DatasetPaths(tmp_path, "made"), tell, Patience(0.05, 60)):
            pass
    place = tmp_path / "data" / "locks" / "made.lock"
    assert told == [f"waiting: another process changes made and holds {place}"]


def test_a_lock_that_is_not_let_go_is_a_problem(tmp_path: Path) -> None:
    paths = DatasetPaths(tmp_path, "made")
    with _holder(tmp_path, "board_lock(paths)") as process:
        with pytest.raises(ProblemsError) as raised, board_lock(paths, patience=SOON):
            pass
        _close(process)
    place = tmp_path / "data" / "locks" / "made.lock"
    assert str(raised.value) == (
        f"locked: {place}: expected a lock that is free within 0.1 s, came another process that "
        "changes made"
    )


def test_a_killed_process_lets_its_lock_go(tmp_path: Path) -> None:
    paths = DatasetPaths(tmp_path, "made")
    with _holder(tmp_path, "entry_lock(paths, 'one')") as process:
        process.kill()
    assert (tmp_path / "data" / "locks" / "made" / "one.lock").exists()
    with entry_lock(paths, "one", patience=SOON):
        pass


def test_one_entry_is_worked_on_by_one_process_and_others_meanwhile(tmp_path: Path) -> None:
    paths = DatasetPaths(tmp_path, "made")
    with _holder(tmp_path, "entry_lock(paths, 'one')") as process:
        with entry_lock(paths, "two", patience=SOON):
            pass
        with pytest.raises(ProblemsError) as raised, entry_lock(paths, "one", patience=SOON):
            pass
        _close(process)
    place = tmp_path / "data" / "locks" / "made" / "one.lock"
    assert str(raised.value) == (
        f"locked: {place}: expected a lock that is free within 0.1 s, came another process that "
        "scores or withdraws made/one"
    )


def test_what_is_waited_for_is_said_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    waiting("waiting: \x1b[31m")
    out, errors = capsys.readouterr()
    assert (out, errors) == ("", "waiting: \\x1b[31m\n")
