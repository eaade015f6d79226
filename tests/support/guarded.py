"""The command under limits: every call in a process of its own, held to memory and time.

A process that has imported the package forks for every call, so that a call takes milliseconds.
The child may take no more memory, processor time or room on disk than it is granted; what it needed
at most is measured.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

MAX_ADDRESSES = 4 * 2**30
"""Bytes of address space of a call; libraries reserve more than they use."""
MAX_WRITTEN = 64 * 2**20
"""Bytes of the largest file that a call may write."""
MAX_SECONDS = 60
"""Of processor time, and of waiting; a call that needs more hangs."""


@dataclass(frozen=True)
class Done:
    """What came of a call.

    Attributes:
        status: exit status; negative: the signal that ended it.
        lines: of standard error.
        out: standard output.
        peak: bytes of memory that it held at most.
    """

    status: int
    lines: tuple[str, ...]
    out: str
    peak: int


class Guard:
    """Calls the command under limits."""

    def __init__(self, server: subprocess.Popen[str], outputs: Path) -> None:
        """Use a running server; `outputs` is a folder for what calls print."""
        self._server, self._outputs = server, outputs

    def __call__(self, root: Path, *words: str | Path) -> Done:
        """Run `twinbench WORDS` in the checkout at `root`."""
        out, err = self._outputs / "out", self._outputs / "err"
        place = {"root": str(root), "out": str(out), "err": str(err)}
        said = self._ask({"words": [os.fspath(word) for word in words], **place})
        lines = err.read_text(encoding="utf-8", errors="backslashreplace").splitlines()
        return Done(said["status"], tuple(lines), out.read_text(encoding="utf-8"), said["peak"])

    def take(self, size: int) -> int:
        """Have a process take memory of that size; what is measured of it, in bytes."""
        return self._ask({"take": size})["peak"]

    def _ask(self, asked: dict[str, Any]) -> dict[str, int]:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        said: dict[str, int] = json.loads(self._server.stdout.readline())
        return said


@contextmanager
def guarded(repository: Path, outputs: Path) -> Iterator[Guard]:
    """A guard for the package in the checkout `repository`."""
    # One thread: a process with more is not to be forked.
    more = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.guarded"],
        cwd=repository,
        env=os.environ | more,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        yield Guard(server, outputs)
        assert server.stdin is not None
        server.stdin.close()


def _serve() -> None:
    import h5py  # noqa: F401
    import jsonschema  # noqa: F401
    import jsonschema_rs  # noqa: F401
    import numcodecs.blosc  # noqa: F401
    import zarr  # noqa: F401

    import bench.cli.pack
    import bench.cli.submit
    import bench.cli.validate
    import bench.entries.packing.into_entry
    import bench.leaderboard.submission  # noqa: F401

    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0 and "take" in asked:
            os._exit(len(b"1" * asked["take"]) == 0)
        elif child == 0:
            _call(asked)
        print(json.dumps(_wait(child)), flush=True)


def _call(asked: dict[str, Any]) -> NoReturn:
    from bench.cli.main import run

    os.setsid()
    for name, descriptor in (("out", 1), ("err", 2)):
        os.dup2(os.open(asked[name], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), descriptor)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.chdir(asked["root"])
    resource.setrlimit(resource.RLIMIT_AS, (MAX_ADDRESSES, MAX_ADDRESSES))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_WRITTEN, MAX_WRITTEN))
    sys.argv = ["twinbench", *asked["words"]]
    status = 1
    try:
        run()
    except SystemExit as ended:
        status = int(ended.code or 0)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # without taking the interpreter apart, which takes as long as the call


def _wait(child: int) -> dict[str, int]:
    """Wait for the child, but not for ever; nothing that it started outlives it."""
    end = time.monotonic() + MAX_SECONDS
    while True:
        found, status, used = os.wait4(child, os.WNOHANG)
        if found:
            return {"status": os.waitstatus_to_exitcode(status), "peak": used.ru_maxrss * 1024}
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            end += MAX_SECONDS
        time.sleep(0.002)


if __name__ == "__main__":
    _serve()
