"""A stepper as a process: started without a shell, asked line by line, and never left behind."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from bench.io.atomic import interrupts_deferred
from bench.io.problems import Problem, ProblemsError
from bench.io.stepper import (
    MAIN,
    MAX_LINE,
    OPS,
    Close,
    Correct,
    Floats,
    Fork,
    Hello,
    Request,
    Reset,
    Rows,
    Step,
    read_answer,
    request_line,
)

_CHUNK = 2**16
_KEPT = 4096
"""Bytes of standard error that are kept."""
_LINES, _WIDTH = 5, 400
"""Lines and characters of it that a problem shows."""
_DYING = 2.0
"""s that a process has to end after it closed its output."""


@dataclass(frozen=True)
class Limits:
    """The longest time for each answer, s."""

    reset: float
    step: float
    correct: float
    fork: float
    close: float

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> Limits:
        """Read them from `params.yaml`."""
        return cls(**params["sync"]["limits"])


class Stepper:
    """A running stepper; a context, at whose end its whole process group is gone.

    Whatever is wrong with it, including an interrupt here, ends the process.
    """

    def __init__(self, command: Sequence[str], limits: Limits, name: str) -> None:
        """What to start.

        Args:
            command: program and arguments; no shell reads them.
            limits: how long each answer may take.
            name: of the stepper, for messages.
        """
        self._command, self._limits, self._title = tuple(command), limits, f"stepper {name}"
        self._place, self._number = "", 0
        self._inbox, self._said = bytearray(), bytearray()
        self._process: subprocess.Popen[bytes] | None = None
        self._selector = selectors.DefaultSelector()

    def __enter__(self) -> Stepper:
        """Start the process, in a session and group of its own.

        Raises:
            ProblemsError: it cannot be started.
        """
        try:
            with interrupts_deferred():
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    bufsize=0,
                    start_new_session=True,
                )
            for name in ("stdin", "stdout", "stderr"):
                os.set_blocking(self._fd(name), False)
            self._selector.register(self._fd("stdout"), selectors.EVENT_READ)
            self._selector.register(self._fd("stderr"), selectors.EVENT_READ)
        except (OSError, ValueError, IndexError) as error:
            self._end()
            program = self._command[0] if self._command else ""
            came = getattr(error, "strerror", None) or str(error)
            problem = Problem("stepper_start", self._title, f"a program {program!r}", came)
            raise ProblemsError([problem]) from None
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ask it to close if all went well, and end the group."""
        try:
            if kind is None:
                self._ask(Close(), self._limits.close)
                self._wait(self._limits.close)
        finally:
            self._end()

    def reset(self, reset: Reset, place: str) -> Hello:
        """Begin an episode; `place` names it in problems."""
        self._place = f": {place}"
        hello: Hello = self._ask(reset, self._limits.reset)
        return hello

    def step(self, state: str, rows: Rows) -> Floats:
        """Advance a state; its positions (N, J) at the rows."""
        positions: Floats = self._ask(Step(state, rows), self._limits.step)
        return positions

    def correct(self, correct: Correct) -> tuple[Floats, Floats]:
        """Advance and correct the main state; its positions (N, J) before and after each row."""
        both: tuple[Floats, Floats] = self._ask(correct, self._limits.correct)
        return both

    def fork(self, state: str) -> None:
        """Copy the main state."""
        if state == MAIN:
            raise ValueError("a copy has another name than the state that is copied")
        self._ask(Fork(state), self._limits.fork)

    @property
    def pid(self) -> int:
        """The process, and its group."""
        assert self._process is not None
        return self._process.pid

    def _fd(self, name: str) -> int:
        number: int = getattr(self._process, name).fileno()
        return number

    def _where(self, op: str) -> str:
        return f"{self._title}{self._place}: {op}, request {self._number}"

    def _ask(self, request: Request, limit: float) -> Any:
        self._number += 1
        op = OPS[type(request)]
        line = self._exchange(request_line(self._number, request), op, limit)
        try:
            answer = read_answer(line, self._number, request, self._where(op))
        except ProblemsError as error:
            (problem,) = error.problems
            raise self._refused(problem.code, op, problem.expected, problem.came) from None
        if self._inbox:
            raise self._refused("stepper_turn", op, "one line", "more output")
        return answer

    def _exchange(self, line: bytes, op: str, limit: float) -> bytes:
        """Write a request, read a line; both as far as the pipes allow, until the limit."""
        deadline = time.monotonic() + limit
        rest = self._write(memoryview(line))
        if rest:
            self._selector.register(self._fd("stdin"), selectors.EVENT_WRITE)
        try:
            while True:
                end = self._inbox.find(b"\n")
                if end >= 0:
                    return self._taken(end, bool(rest), op)
                if len(self._inbox) >= MAX_LINE:
                    expected = f"lines of at most {MAX_LINE} bytes"
                    raise self._refused("stepper_line", op, expected, "a longer one")
                left = deadline - time.monotonic()
                ready = self._selector.select(left) if left > 0 else []
                if not ready and left <= 0:
                    came = f"none in {limit:g} s"
                    raise self._refused("stepper_timeout", op, "an answer", came)
                for key, _ in ready:
                    if rest and key.fd == self._fd("stdin"):
                        rest = self._write(rest)
                        if not rest:
                            self._selector.unregister(key.fd)
                    elif not self._read(key.fd):
                        raise self._refused("stepper_ended", op, "an answer", self._ending())
        finally:
            if rest:
                self._selector.unregister(self._fd("stdin"))

    def _taken(self, end: int, unread: bool, op: str) -> bytes:
        line = bytes(self._inbox[:end])
        del self._inbox[: end + 1]
        if unread:
            raise self._refused("stepper_turn", op, "the request to be read", "an answer before")
        return line

    def _write(self, rest: memoryview) -> memoryview:
        try:
            while rest:
                rest = rest[os.write(self._fd("stdin"), rest) :]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            return rest[:0]  # it has ended, or reads no more: what follows shows which
        return rest

    def _read(self, fd: int) -> bool:
        """Take what is there; whether there may be more. Standard error is kept aside."""
        try:
            data = os.read(fd, _CHUNK)
        except BlockingIOError:
            return True
        if fd == self._fd("stdout"):
            self._inbox += data
            return bool(data)
        self._said += data
        del self._said[:-_KEPT]
        if not data:
            self._selector.unregister(fd)
        return True

    def _refused(self, code: str, op: str, expected: str, came: str) -> ProblemsError:
        said = self._last_lines()
        came = f"{came}; its standard error ends: {said}" if said else came
        return ProblemsError([Problem(code, self._where(op), expected, came)])

    def _last_lines(self) -> str:
        """What it said last: what a pipe can hold is read, not what it goes on saying."""
        for _ in range(2):
            with contextlib.suppress(OSError):
                self._said += os.read(self._fd("stderr"), _CHUNK)
        text = self._said[-_KEPT:].decode("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        kept = " | ".join(lines[-_LINES:])
        return kept if len(kept) <= _WIDTH else f"...{kept[-_WIDTH:]}"

    def _ending(self) -> str:
        """How a process ended that closed its output."""
        if self._process is None or not self._wait(_DYING):
            return "the end of its output"
        self._end_group()
        status = self._process.wait()
        if status < 0:
            return f"its end by {signal.Signals(-status).name}"
        return f"its end with exit status {status}"

    def _wait(self, limit: float) -> bool:
        """Whether the process ends within the limit; it is not reaped, so that its group stays."""
        deadline = time.monotonic() + limit
        while not self._over():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    def _over(self) -> bool:
        try:
            return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
        except ChildProcessError:
            return True

    def _end_group(self) -> None:
        """Kill all that is left of the group; its number is not free while its leader waits."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def _end(self) -> None:
        with interrupts_deferred():
            if self._process is None:
                return
            self._end_group()
            self._process.wait()
            self._selector.close()
            for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
                if pipe is not None:
                    pipe.close()
