"""The files of a folder as one stream of bytes, the same every time.

    record    2 bytes  length n of the path, big endian; 0 ends the archive
              n bytes  path in ASCII, from the folder, with forward slashes
              8 bytes  length m of the file, big endian
              m bytes  the file

Records stand in the order of their paths. Modes, times and owners are left out.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.io.problems import Problem, ProblemsError

PIECE = 2**20
MAX_PATH = 255
_PART = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9_.-]{1,100}"
_PATH = re.compile(rf"{_PART}(?:/{_PART}){{0,7}}")


def pack(folder: Path) -> Iterator[bytes]:
    """The archive of a folder, in pieces.

    Raises:
        ProblemsError: it holds something that is no plain file, or a file changes meanwhile.
    """
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if not _is_folder(p)}
    for name, path in sorted(files.items()):
        if not (_PATH.fullmatch(name) and len(name) <= MAX_PATH and _is_plain(path)):
            expected = "plain files with plain names"
            raise ProblemsError([Problem("not_plain", str(path), expected, "another")])
        size = path.stat().st_size
        yield len(name).to_bytes(2) + name.encode("ascii") + size.to_bytes(8)
        left = size
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                left -= len(piece)
                yield piece
        if left:
            came = f"{size - left}, as it changed meanwhile"
            raise ProblemsError([Problem("not_plain", str(path), f"{size} bytes", came)])
    yield bytes(2)


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _is_plain(path: Path) -> bool:
    return stat.S_ISREG(path.lstat().st_mode)


def unpack(pieces: Iterable[bytes], folder: Path, where: str) -> None:
    """Write the files of an archive into an empty folder.

    Args:
        pieces: the archive.
        folder: what is filled.
        where: what the archive is called in problems.

    Raises:
        ProblemsError: it is none, leads out of the folder, or is cut short; some files may have
            been written then.
    """
    reader, last = _Reader(pieces, where), ""
    while (length := int.from_bytes(reader.take(2))) != 0:
        name = reader.take(min(length, MAX_PATH)).decode("ascii", errors="replace")
        if length > MAX_PATH or not _PATH.fullmatch(name) or name <= last:
            raise reader.malformed("plain paths in their order", ascii(name[:80]))
        place = folder / name
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("xb") as file:
                for piece in reader.pieces(int.from_bytes(reader.take(8))):
                    file.write(piece)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            raise reader.malformed("each path once", ascii(name)) from None
        last = name
    if reader.more():
        raise reader.malformed("nothing behind the last record", "more")


class _Reader:
    """Exactly so many bytes at a time from pieces of any length."""

    def __init__(self, pieces: Iterable[bytes], where: str) -> None:
        self._pieces, self._where, self._held = iter(pieces), where, b""

    def malformed(self, expected: str, came: str) -> ProblemsError:
        return ProblemsError([Problem("sealed_archive", self._where, expected, came)])

    def more(self) -> bool:
        """Whether there is anything left."""
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return False
            self._held = piece
        return True

    def pieces(self, length: int) -> Iterator[bytes]:
        """The next `length` bytes, in pieces."""
        while length:
            if not self.more():
                raise self.malformed("an archive with an end", "one that is cut short")
            piece, self._held = self._held[:length], self._held[length:]
            length -= len(piece)
            yield piece

    def take(self, length: int) -> bytes:
        """The next `length` bytes, which must be few."""
        return b"".join(self.pieces(length))
