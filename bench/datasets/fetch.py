"""Fetch a dataset's upstream files: in parallel, resumed, every size and hash verified.

A file takes its final name only once it is whole and verified. Until then its bytes lie beside
it, in a hidden file that ends in `.part`, which a later fetch continues.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import queue
import stat
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from bench.datasets.download import open_origin
from bench.datasets.source import (
    PARTIAL_SUFFIX,
    Origin,
    SourceFile,
    TransferError,
    listed_files,
    said,
    wrong_size,
)
from bench.io.problems import Problem, ProblemsError

Progress = Callable[[int, int, int, int], None]

_CHUNK = 2**18  # bytes
_FIRST_WAIT = 0.5  # s, doubled at each further try
_GRACE = 0.25  # s, for each thread to end; one that still connects ends later and places nothing
_LISTEN = 0.1  # s, the longest that an interrupt goes unheard
_SPOILED = frozenset({"wrong_size", "wrong_hash"})


@dataclass(frozen=True)
class FetchReport:
    """What a fetch did.

    Attributes:
        fetched: paths of the files that were fetched, below the destination.
        kept: paths of the files that were there and right already.
        extra: paths of files in the destination that the source does not list, sorted.
        total_bytes: size of all listed files together.
    """

    fetched: tuple[str, ...]
    kept: tuple[str, ...]
    extra: tuple[str, ...]
    total_bytes: int


def fetch(
    source: Mapping[str, Any],
    destination: Path,
    *,
    mirror: str | Path | None,
    workers: int = 8,
    timeout: float = 30.0,
    tries: int = 5,
    progress: Progress | None = None,
    sleep: Callable[[float], None] | None = None,
) -> FetchReport:
    """Place every file of a source at `destination/<owner>/<repo>/<commit>/<path>`.

    Files that are there and right are kept. All files are tried, and those that are right stay,
    whatever happens to the others.

    Args:
        source: a document of kind `source`, checked against its schema.
        destination: folder for the files, made if missing.
        mirror: folder or URL (file, http, https) that holds the same files under the same paths;
            None for the upstream addresses.
        workers: number of files fetched at once.
        timeout: seconds without any byte after which a connection counts as stalled.
        tries: how often a file is tried when a connection fails or a server is unable.
        progress: called in this thread with bytes done, bytes in all, files done, files in all.
            What it raises ends the fetch.
        sleep: waits the given number of seconds before another try; by default a wait that the
            end of the fetch cuts short.

    Raises:
        ProblemsError: one problem for each file that is missing or wrong, with codes
            `missing_file`, `wrong_size`, `wrong_hash`, `http_status`, `connection`, `stalled`,
            `outside_mirror`, `not_readable`, `not_written` or `in_use`; or the mirror or the
            source itself is refused (`bad_mirror`, `missing_mirror`, `unsafe_path`,
            `duplicate_path`).
    """
    if workers < 1 or tries < 1 or not timeout > 0:
        raise ValueError("workers and tries must be at least 1, timeout above 0")
    files = listed_files(source)
    origin = open_origin(mirror, timeout)
    _make_folder(destination)
    stop = threading.Event()
    placer = _Placer(origin, destination, tries, stop, sleep or stop.wait)
    fetched = _Crew(placer, origin, stop).run(files, workers, progress or _no_progress)
    return FetchReport(
        fetched=tuple(file.path for file in files if file.path in fetched),
        kept=tuple(file.path for file in files if file.path not in fetched),
        extra=tuple(sorted(_unlisted(destination, {file.path for file in files}))),
        total_bytes=sum(file.size for file in files),
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = Problem("not_written", str(folder), "a folder to write to", said(error))
        raise ProblemsError([problem]) from error


def _no_progress(*_numbers: int) -> None:
    """Tell nobody."""


def _unlisted(destination: Path, listed: set[str]) -> Iterator[str]:
    """The files below `destination` that are not listed; links to folders are not followed."""
    known = listed | {str(folder) for path in listed for folder in PurePosixPath(path).parents}
    for folder, inner, names in os.walk(destination):
        here = Path(folder).relative_to(destination)
        links = [name for name in inner if (destination / here / name).is_symlink()]
        for path in ((here / name).as_posix() for name in names + links):
            if path not in known:
                yield path


class _StoppedError(Exception):
    """The fetch ends before its time."""


@dataclass(frozen=True)
class _Reached:
    path: str
    done: int


@dataclass(frozen=True)
class _Placed:
    path: str
    size: int
    fetched: bool


_Event = _Reached | _Placed | Problem | BaseException


class _Crew:
    """Threads that place files, and the one thread that hears from them."""

    def __init__(self, placer: _Placer, origin: Origin, stop: threading.Event) -> None:
        self._placer, self._origin, self._stop = placer, origin, stop
        self._jobs: queue.SimpleQueue[SourceFile] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[_Event] = queue.SimpleQueue()

    def run(self, files: Iterable[SourceFile], workers: int, progress: Progress) -> set[str]:
        """Place all files; return the paths of those that had to be fetched."""
        listed = tuple(files)
        for file in listed:
            self._jobs.put(file)
        # Daemons, because a thread that waits for a name server cannot be woken.
        threads = [
            threading.Thread(target=self._work, name=f"fetch-{n}", daemon=True)
            for n in range(min(workers, len(listed)))
        ]
        try:
            for thread in threads:
                thread.start()
            return self._follow(listed, progress)
        finally:
            self._stop.set()
            self._origin.cancel()
            for thread in threads:
                if thread.ident is not None:
                    thread.join(_GRACE)

    def _follow(self, files: tuple[SourceFile, ...], progress: Progress) -> set[str]:
        """Hear what the threads did until every file is settled."""
        done = dict.fromkeys((file.path for file in files), 0)
        done_bytes, total, placed = 0, sum(file.size for file in files), 0
        fetched: set[str] = set()
        problems: list[Problem] = []
        progress(0, total, 0, len(files))
        while placed + len(problems) < len(files):
            match event := self._next_event():
                case _Reached(path, reached) | _Placed(path, reached):
                    # A file that starts again has not lost what was told of it.
                    done_bytes += max(0, reached - done[path])
                    done[path] = max(reached, done[path])
                    if isinstance(event, _Placed):
                        placed += 1
                        fetched |= {path} if event.fetched else set()
                    progress(done_bytes, total, placed, len(files))
                case Problem():
                    problems.append(event)
                case _:
                    raise event
        if problems:
            raise ProblemsError(problems)
        return fetched

    def _next_event(self) -> _Event:
        # In short waits: a signal that comes just before a wait does not end it.
        while True:
            with contextlib.suppress(queue.Empty):
                return self._events.get(timeout=_LISTEN)

    def _work(self) -> None:
        try:
            while not self._stop.is_set():
                file = self._jobs.get_nowait()
                self._events.put(self._settle(file))
        except (queue.Empty, _StoppedError):
            return
        except BaseException as error:
            # A fault of this program: the other thread raises it.
            self._events.put(error)

    def _settle(self, file: SourceFile) -> _Event:
        def reached(done: int) -> None:
            self._events.put(_Reached(file.path, done))

        try:
            return _Placed(file.path, file.size, self._placer.place(file, reached))
        except TransferError as error:
            where = f"{file.path} from {self._origin.address(file)}"
            return Problem(error.code, where, error.expected, error.came)


class _Placer:
    """Gets one file and puts it in its place."""

    def __init__(
        self,
        origin: Origin,
        destination: Path,
        tries: int,
        stop: threading.Event,
        sleep: Callable[[float], Any],
    ) -> None:
        self._origin, self._destination, self._tries = origin, destination, tries
        self._stop, self._sleep = stop, sleep

    def place(self, file: SourceFile, reached: Callable[[int], None]) -> bool:
        """Have `file` in its place, verified; return whether it had to be fetched.

        Raises:
            TransferError: it cannot be had.
        """
        final = self._destination / file.path
        for number in range(self._tries):
            self._check_stop()
            try:
                if self._is_right(final, file):
                    return False
                self._transfer(file, final, reached)
            except TransferError as error:
                self._check_stop()
                if not error.again or number + 1 == self._tries:
                    raise
                self._sleep(max(error.wait, _FIRST_WAIT * 2**number))
            except OSError as error:
                raise TransferError("not_written", "a place to write to", said(error)) from error
            else:
                return True
        raise AssertionError("the last try returns or raises")

    def _check_stop(self) -> None:
        if self._stop.is_set():
            raise _StoppedError

    def _is_right(self, path: Path, file: SourceFile) -> bool:
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode) or status.st_size != file.size:
                return False
            with path.open("rb") as opened:
                return self._read_digest(opened).hexdigest() == file.sha256
        except OSError:
            return False

    def _read_digest(self, opened: BinaryIO) -> hashlib._Hash:
        digest = hashlib.sha256()
        while chunk := opened.read(_CHUNK):
            self._check_stop()
            digest.update(chunk)
        return digest

    def _transfer(self, file: SourceFile, final: Path, reached: Callable[[int], None]) -> None:
        """Fetch what is missing of a file, verify it and give it its name."""
        # The hash in the name: what was begun of another version is never continued.
        partial = final.with_name(f".{final.name}.{file.sha256[:16]}{PARTIAL_SUFFIX}")
        final.parent.mkdir(parents=True, exist_ok=True)
        with _claimed(partial) as opened:
            spoiled = False
            try:
                self._complete(file, opened, reached)
                opened.flush()
                os.fsync(opened.fileno())
                self._check_stop()
                partial.replace(final)
            except TransferError as error:
                spoiled = error.code in _SPOILED
                raise
            finally:
                if spoiled or opened.tell() == 0:
                    partial.unlink(missing_ok=True)

    def _complete(self, file: SourceFile, opened: BinaryIO, reached: Callable[[int], None]) -> None:
        """Bring a partial file to the listed size and hash."""
        digest = self._read_digest(opened)
        have = opened.tell()
        if have > file.size:
            digest, have = _emptied(opened), 0
        resumed = have > 0
        reached(have)
        if have < file.size or not resumed:
            with contextlib.closing(self._origin.open(file, have)) as stream:
                if stream.start != have:  # the server has no ranges and begins again
                    digest, have, resumed = _emptied(opened), 0, False
                # One byte more than is missing shows a body that is too long.
                while chunk := stream.read(min(_CHUNK, file.size - have + 1)):
                    self._check_stop()
                    have += len(chunk)
                    if have > file.size:
                        raise wrong_size(file.size, "more")
                    opened.write(chunk)
                    digest.update(chunk)
                    reached(have)
        self._check_stop()
        if have < file.size:
            # A body without a stated length: it may have been cut.
            raise TransferError("wrong_size", f"{file.size} bytes", f"{have} bytes", again=True)
        if digest.hexdigest() != file.sha256:
            # What was begun earlier may be at fault: once more from the start.
            raise TransferError(
                "wrong_hash", f"SHA-256 {file.sha256}", digest.hexdigest(), again=resumed
            )


def _emptied(opened: BinaryIO) -> hashlib._Hash:
    opened.seek(0)
    opened.truncate()
    return hashlib.sha256()


@contextlib.contextmanager
def _claimed(path: Path) -> Iterator[BinaryIO]:
    """Open a partial file, made if missing, for this process alone."""
    while True:
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(path, flags, 0o666), "r+b") as opened:
            try:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                expected, came = "a file that nobody else fetches", "another fetch at work on it"
                raise TransferError("in_use", expected, came, again=True) from None
            except OSError:
                pass  # a file system without locks
            if _is_at(opened, path):
                yield opened
                return


def _is_at(opened: BinaryIO, path: Path) -> bool:
    """Whether the file at `path` is still the one that was opened before it was locked."""
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat(os.fstat(opened.fileno()), path.lstat())
    return False
