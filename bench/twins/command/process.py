"""A program that is run once, with a limit, in a process group that ends with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bench.io.atomic import interrupts_deferred

LINES = 5
"""Last lines of what a program printed that are kept."""
KEPT = 2000
"""Last bytes of it that are looked at."""
GRACE = 1.0
"""Seconds to wait for the end of what it printed, once its group has ended."""


@dataclass(frozen=True)
class Ended:
    """How a program ended.

    Attributes:
        status: its exit status, negative the signal that ended it; None at the limit.
        said: the last lines that it printed on either stream.
    """

    status: int | None
    said: tuple[str, ...]


def run(words: Sequence[str], folder: Path, variables: Mapping[str, str], limit: float) -> Ended:
    """Run a program in `folder`, without a shell; whatever happens, its group has ended then.

    Args:
        words: the program and its arguments.
        folder: where it runs.
        variables: its environment.
        limit: s.

    Raises:
        OSError: it cannot be started.
    """
    tail = _Tail()
    process = None
    try:
        with interrupts_deferred():
            process = subprocess.Popen(
                words,
                cwd=folder,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        reader = threading.Thread(target=tail.read, args=(process.stdout,), daemon=True)
        reader.start()
        status = _wait(process, limit)
    finally:
        if process is not None:
            _end(process)
    reader.join(GRACE)
    return Ended(status, tail.lines())


def _wait(process: subprocess.Popen[bytes], limit: float) -> int | None:
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the group, children that outlive the program included."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class _Tail:
    """The last bytes of a stream; all of it is read, so that its writer never waits."""

    def __init__(self) -> None:
        self._bytes = b""

    def read(self, stream: IO[bytes]) -> None:
        with stream:
            while part := stream.read1(2**16):  # type: ignore[attr-defined]
                self._bytes = (self._bytes + part)[-KEPT:]

    def lines(self) -> tuple[str, ...]:
        text = self._bytes.decode(errors="replace")
        found = [line.strip() for line in text.splitlines() if line.strip()]
        return tuple(found[-LINES:])
