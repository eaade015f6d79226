"""A process whose children run the command and are killed at a step of theirs on the file system.

Each line of its input is a JSON list: the checkout, the number of the step before which the child
is killed (0: none), and the words of the command. It answers with the child's exit status (-9 if
it was killed) and the steps that the child came to, each as what is done and to which path.
Children are forked, so that nothing is imported again for each.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

AUDITED = {"open", "os.rename", "os.link", "os.mkdir", "os.chmod", "os.remove", "os.rmdir"}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
Steps = list[tuple[str, str]]


class Killer:
    """Runs commands in children and kills them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )

    def run(self, root: Path, before: int, *words: str | Path) -> tuple[int, Steps]:
        """Run the command in the checkout at `root`, killed before step `before` (from 1)."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps([str(root), before, *map(str, words)]) + "\n")
        self._process.stdin.flush()
        status, steps = json.loads(self._process.stdout.readline())
        return status, [(what, where) for what, where in steps]

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


@contextmanager
def killer() -> Iterator[Killer]:
    """A killer for a while."""
    made = Killer()
    try:
        yield made
    finally:
        made.close()


def _serve() -> None:
    import bench.cli.main
    import bench.leaderboard.rank
    import bench.leaderboard.submission
    import bench.leaderboard.terminal  # noqa: F401

    for line in sys.stdin:
        root, before, *words = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _run(Path(root), before, words, writing)
        os.close(writing)
        with os.fdopen(reading) as told:
            steps = [json.loads(step) for step in told]
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps([status, steps]), flush=True)


def _run(root: Path, before: int, words: list[str], told: int) -> None:
    """The child: tells each step before it is made."""
    import bench.cli.main

    os.chdir(root)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    _watch(root, before, told)
    sys.argv = ["twinbench", *words]
    try:
        bench.cli.main.run()
    except SystemExit as end:
        os._exit(int(end.code or 0))
    finally:
        os._exit(99)


def _watch(root: Path, before: int, told: int) -> None:
    count = 0

    def step(what: str, where: Any) -> None:
        nonlocal count
        count += 1
        if count == before:
            os.kill(os.getpid(), signal.SIGKILL)
        os.write(told, (json.dumps([what, os.path.relpath(str(where), root)]) + "\n").encode())

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in AUDITED and _changes(event, arguments):
            step(event, arguments[0])

    _tell_of_what_is_not_audited(step)
    sys.addaudithook(hook)


def _changes(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether anything changes: not if what is made is there, or what is removed is not."""
    place = arguments[0]
    if event == "open":
        flags = arguments[2]
        return not isinstance(place, int) and isinstance(flags, int) and bool(flags & WRITING)
    if event in ("os.remove", "os.rmdir") and arguments[1] != -1:
        return True  # by name within a folder that is open: one that is being removed
    there = os.path.lexists(place)
    if event == "os.mkdir":
        return not there
    if event == "os.rmdir":
        return there and not any(Path(place).iterdir())
    return there


def _tell_of_what_is_not_audited(step: Any) -> None:
    """The flushing of files, and the exchange of two folders."""
    from bench.io import atomic

    fsync, exchange, rmtree = os.fsync, atomic._exchange, shutil.rmtree

    def flushed(handle: int) -> None:
        step("fsync", Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    def exchanged(new: Path, old: Path) -> None:
        step("exchange", new)
        exchange(new, old)
        step("exchanged", new)

    def removed(place: Path, **settings: Any) -> None:
        step("rmtree", place)
        rmtree(place, **settings)

    os.fsync, atomic._exchange, shutil.rmtree = flushed, exchanged, removed  # type: ignore[assignment]


if __name__ == "__main__":
    _serve()
