"""The upstream files of a dataset: their list (`source.json`), and a folder that mirrors them.

An origin opens one listed file as a stream, from a given byte on. What goes wrong is a
`TransferError`, which says whether another try may help.
"""

from __future__ import annotations

import errno
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Protocol
from urllib.parse import quote

from bench.io.documents import Document, file_hash
from bench.io.problems import Problem, ProblemsError

PARTIAL_SUFFIX = ".part"
_ABSENT_ERRNO = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})
_LONGEST_PART = 200  # bytes; leaves room for the name of the partial file within 255


@dataclass(frozen=True)
class SourceFile:
    """One upstream file.

    Attributes:
        path: `<owner>/<repo>/<commit>/<path>`: its place in a mirror and in a fetched folder.
        url: its address upstream.
        size: its length in bytes.
        sha256: SHA-256 of its bytes, hexadecimal.
    """

    path: str
    url: str
    size: int
    sha256: str


def listed_files(source: Mapping[str, Any]) -> tuple[SourceFile, ...]:
    """The files that a document of kind `source` lists, in its order.

    The document is one that passed its schema. The paths are checked here once more, because
    they become places on disk.

    Raises:
        ProblemsError: a path leads elsewhere (`unsafe_path`), is listed twice or is both a file
            and a folder (`duplicate_path`).
    """
    files = tuple(_each_file(source))
    problems = [
        Problem("unsafe_path", f"source: {f.path!r}", "a plain relative path", reason)
        for f in files
        if (reason := _unsafe(f.path)) is not None
    ]
    seen: set[str] = set()
    for file in files:
        if file.path in seen:
            problems.append(_clash(file.path, "the same path twice"))
        seen.add(file.path)
    for path in sorted(seen):
        if any(str(folder) in seen for folder in PurePosixPath(path).parents):
            problems.append(_clash(path, "a folder in it that is itself listed as a file"))
    if problems:
        raise ProblemsError(problems)
    return files


def _each_file(source: Mapping[str, Any]) -> Iterator[SourceFile]:
    for tree in source["trees"]:
        for entry in tree["files"]:
            path = f"{tree['repository']}/{tree['commit']}/{entry['path']}"
            # An unpaired surrogate has no address; its path is refused right after this.
            url = tree["url"] + quote(entry["path"], errors="replace")
            yield SourceFile(path, url, entry["size"], entry["sha256"])


def _clash(path: str, came: str) -> Problem:
    return Problem("duplicate_path", f"source: {path!r}", "each file once", came)


def _unsafe(path: str) -> str | None:
    """Why `path` must not become a place on disk, or None."""
    if not path.isprintable():
        return "characters that cannot be printed"
    if "\\" in path:
        return "a backslash"
    parts = path.split("/")
    for part in parts:
        if part in ("", ".", ".."):
            return f"the part {part!r}"
        if len(part.encode()) > _LONGEST_PART:
            return f"a part of more than {_LONGEST_PART} bytes"
    if parts[-1].endswith(PARTIAL_SUFFIX):
        return f"a name that ends in {PARTIAL_SUFFIX}, which marks unfinished downloads"
    return None


def describe_tree(
    mirror: Path,
    *,
    name: str,
    repository: str,
    commit: str,
    url: str,
    licence: str,
    folder: str = "",
) -> Document:
    """Describe the files of one commit that lie in a mirror, as an item of `trees`.

    Args:
        mirror: folder that holds the files as `<owner>/<repo>/<commit>/<path>`.
        name: what the project calls these files.
        repository: `<owner>/<repo>`.
        commit: full commit hash.
        url: address of the repository's root at that commit, with a slash at the end.
        licence: SPDX identifier.
        folder: path within the repository; files outside it are left out.

    Returns:
        The item, its files in the order of their paths.

    Raises:
        ProblemsError: the folder holds no file.
    """
    root = mirror / repository / commit
    paths = sorted(
        p.relative_to(root).as_posix() for p in (root / folder).rglob("*") if p.is_file()
    )
    if not paths:
        raise ProblemsError([Problem("missing_file", str(root / folder), "files", "none")])
    return {
        "name": name,
        "repository": repository,
        "commit": commit,
        "url": url,
        "licence": licence,
        "files": [
            {"path": path, "size": (root / path).stat().st_size, "sha256": file_hash(root / path)}
            for path in paths
        ],
    }


class TransferError(Exception):
    """A file could not be had.

    Attributes:
        code, expected, came: as in `Problem`.
        again: whether another try may help.
        wait: the least time in seconds before another try.
    """

    def __init__(
        self, code: str, expected: str, came: str, *, again: bool = False, wait: float = 0.0
    ) -> None:
        """Keep what was expected and what came."""
        self.code, self.expected, self.came = code, expected, came
        self.again, self.wait = again, wait
        super().__init__(f"{code}: expected {expected}, came {came}")


class Stream(Protocol):
    """The bytes of a file, from the byte `start` on."""

    @property
    def start(self) -> int:
        """Number of the first byte that this stream gives."""

    def read(self, limit: int) -> bytes:
        """The next bytes, at most `limit`; none at the end."""

    def close(self) -> None:
        """Let go of the file or connection."""


class Origin(Protocol):
    """A place that files come from."""

    def address(self, file: SourceFile) -> str:
        """Where this origin has the file, for messages."""

    def open(self, file: SourceFile, start: int) -> Stream:
        """Open the file from byte `start` (or from 0, where the origin cannot skip).

        Raises:
            TransferError: it is not there, or is known to differ from what is listed.
        """

    def cancel(self) -> None:
        """End what other threads wait for."""


class FolderOrigin:
    """A mirror on this machine."""

    def __init__(self, folder: Path) -> None:
        """Take the files from `folder`, which must be there."""
        if not folder.is_dir():
            came = "a file" if folder.exists() else "no such folder"
            raise ProblemsError([Problem("missing_mirror", str(folder), "a folder", came)])
        self._folder = folder.resolve()

    def address(self, file: SourceFile) -> str:
        """Path of the file in the mirror."""
        return str(self._folder / file.path)

    def open(self, file: SourceFile, start: int) -> Stream:
        """Open the file at byte `start`; links are followed within the mirror only."""
        try:
            path = (self._folder / file.path).resolve(strict=True)
            if not path.is_relative_to(self._folder):
                raise TransferError("outside_mirror", "a file in the mirror", "a link out of it")
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                raise TransferError("missing_file", "a file", "something that is no file")
            if status.st_size != file.size:
                raise wrong_size(file.size, f"{status.st_size} bytes")
            opened = path.open("rb")
        except RuntimeError:  # a loop of links, before Python 3.13
            raise TransferError("missing_file", "a file", "a loop of links") from None
        except OSError as error:
            code = "missing_file" if error.errno in _ABSENT_ERRNO else "not_readable"
            raise TransferError(code, "a file", said(error)) from error
        opened.seek(start)
        return _FileStream(opened, start)

    def cancel(self) -> None:
        """Nothing waits on a folder."""


class _FileStream:
    def __init__(self, file: BinaryIO, start: int) -> None:
        self.start = start
        self._file = file

    def read(self, limit: int) -> bytes:
        try:
            return self._file.read(limit)
        except OSError as error:
            raise TransferError("not_readable", "a file", said(error)) from error

    def close(self) -> None:
        self._file.close()


def wrong_size(size: int, came: str) -> TransferError:
    """The file is not of the listed size."""
    return TransferError("wrong_size", f"{size} bytes", came)


def said(error: BaseException) -> str:
    """What an error of the system says, without paths and without text from a server."""
    text = error.strerror if isinstance(error, OSError) else None
    return text or type(error).__name__
