"""Writing whole or not at all.

A file or folder is prepared beside its place under a hidden temporary name, flushed, and
renamed. A `Transaction` prepares several and renames them together while interrupts wait, so
that an interrupted verb leaves the old state or the new one.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, TracebackType

_EXCHANGE = 2  # RENAME_EXCHANGE of renameat2(2)
_AT_FDCWD = -100
_ENDING = (
    *("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGXCPU"),
    *("SIGUSR1", "SIGUSR2", "SIGIO", "SIGPWR", "SIGSTKFLT"),
)
INTERRUPTS = tuple(signal.Signals[name] for name in _ENDING if hasattr(signal, name))
"""Signals that end a process unless it handles them, those of this platform.

Not among them: what cannot be handled, what tells of a crash, and real-time signals.
"""


def write_bytes(path: Path, data: bytes) -> None:
    """Replace the file at `path` by `data`, whole or not at all."""
    with Transaction() as transaction:
        transaction.write_bytes(path, data)


def write_text(path: Path, text: str) -> None:
    """Replace the file at `path` by `text` (UTF-8, line ends as given)."""
    write_bytes(path, text.encode())


class Transaction:
    """Several files and folders that appear together when the block ends well."""

    def __init__(self) -> None:
        """Start with nothing prepared."""
        self._prepared: list[tuple[Path, Path | None]] = []
        self._parents: list[Path] = []

    def __enter__(self) -> Transaction:
        """Begin."""
        return self

    def write_bytes(self, path: Path, data: bytes) -> None:
        """Prepare the file `path` with the content `data`."""
        with self.file(path).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())

    def file(self, path: Path) -> Path:
        """Prepare the file `path`; write the one that is returned, which is empty."""
        self._make_parents(path)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        os.close(handle)
        self._prepared.append((path, Path(name)))
        Path(name).chmod(0o666 & ~_umask())
        return Path(name)

    def write_text(self, path: Path, text: str) -> None:
        """Prepare the file `path` with the content `text` in UTF-8."""
        self.write_bytes(path, text.encode())

    def folder(self, path: Path) -> Path:
        """Prepare the folder `path`; fill the one that is returned."""
        self._make_parents(path)
        name = tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        Path(name).chmod(0o777 & ~_umask())
        self._prepared.append((path, Path(name)))
        return Path(name)

    def _make_parents(self, path: Path) -> None:
        missing = [folder for folder in path.parents if not folder.exists()]
        self._parents += missing
        path.parent.mkdir(parents=True, exist_ok=True)

    def remove(self, path: Path) -> None:
        """Prepare the removal of the file or folder `path`."""
        self._prepared.append((path, None))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put everything in place, or clear everything away if the block failed."""
        with interrupts_deferred():
            if kind is None:
                for path, temporary in self._prepared:
                    _put(path, temporary)
            for _, temporary in self._prepared:
                if temporary is not None:
                    _discard(temporary)
            for folder in self._parents:
                # Made for something that did not come about: gone if it is still empty.
                with contextlib.suppress(OSError):
                    folder.rmdir()


def _put(path: Path, temporary: Path | None) -> None:
    if temporary is None:
        _discard(path)
    elif path.is_dir() and not path.is_symlink():
        _exchange(temporary, path)
    else:
        temporary.replace(path)


def _exchange(new: Path, old: Path) -> None:
    """Swap two folders in one step where the system can, else in two renames."""
    libc = ctypes.CDLL(None, use_errno=True)
    swap: Callable[..., int] | None = getattr(libc, "renameat2", None)
    if swap is not None:
        names = os.fsencode(new), os.fsencode(old)
        if swap(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _EXCHANGE) == 0:
            return
    aside = Path(tempfile.mkdtemp(prefix=f".{old.name}.", suffix=".part", dir=old.parent))
    old.rename(aside / old.name)
    new.rename(old)
    _discard(aside)


def _discard(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def interrupts_deferred() -> Iterator[None]:
    """Hold `INTERRUPTS` back while the block runs, and deliver them after it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    waiting: list[signal.Signals] = []

    def note(number: int, _frame: FrameType | None) -> None:
        waiting.append(signal.Signals(number))

    # A handler that a library has set outside of Python could not be put back.
    ours = [s for s in INTERRUPTS if signal.getsignal(s) is not None]
    previous = {s: signal.signal(s, note) for s in ours}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
        for number in waiting:
            signal.raise_signal(number)
