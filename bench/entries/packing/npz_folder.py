"""A folder of `<episode id>.npz`: the arrays `q`, perhaps `time` and `joints`; never pickle.

The arrays are read here and not by `numpy.load`, which allocates what a header promises.
"""

from __future__ import annotations

import io
import math
import sys
import tokenize
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.entries.check import listed
from bench.entries.packing.format import (
    FOLDER_CODES,
    MAX_JOINTS,
    Budget,
    Format,
    Reading,
    Track,
    files_of,
    has_files,
    most_rows,
    too_many_rows,
)
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes

NAMES = ("time", "q", "joints")
MAX_HEADER = 10_000
MAX_NAME = 100
MAX_LISTING = 2**17
"""Bytes that are read at once while the list of the members is looked for."""

CODES = {
    **FOLDER_CODES,
    "not_npz": "a file is no npz archive, or is damaged",
    "arrays": "an archive lacks q, or has an array beside time, q and joints",
    "array_form": "an array is not of numbers (joints: of text) or has not the shape of its kind",
}


def read(source: Path, inputs: Episodes) -> Reading:
    """Read every archive of the folder."""
    reading, budget = Reading(), Budget.of(inputs)
    for episode, path in files_of(source, ".npz", inputs, reading):
        try:
            reading.tracks.append(_track(episode, path, most_rows(inputs, episode), budget))
        except ProblemsError as error:
            reading.problems.extend(error.problems)
        except (
            *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError),
            *(OSError, RuntimeError, NotImplementedError, ValueError, OverflowError),
        ) as error:
            came = str(error)[:120] or type(error).__name__
            reading.problems.append(Problem("not_npz", path.name, "an npz archive", came))
    return reading


class _Listed(io.FileIO):
    """A file of which no more than a list of members can need is read at once, until `opened`."""

    opened = False

    def read(self, size: int | None = -1, /) -> bytes:
        """Read some bytes.

        Raises:
            BadZipFile: more than there should be.
        """
        wanted = MAX_LISTING + 1 if size is None or size < 0 else size
        if not self.opened and size is not None and size > MAX_LISTING:
            raise zipfile.BadZipFile(f"a list of members of more than {MAX_LISTING} bytes")
        return super().read(wanted) or b""


def _track(episode: str, path: Path, most: int, budget: Budget) -> Track:
    with _Listed(path) as file, zipfile.ZipFile(file) as archive:
        file.opened = True
        files = archive.namelist()
        members = [name.removesuffix(".npy") for name in files]
        wrong = set(files) - {f"{name}.npy" for name in NAMES} or len(set(files)) < len(files)
        if wrong or "q" not in members:
            expected = "the arrays q and, if there are any, time and joints, once each"
            came = listed(members[:20], 200)
            raise ProblemsError([Problem("arrays", path.name, expected, came)])
        found = {name: _array(archive, name, path.name, most, budget) for name in members}
    q, time, joints = found["q"], found.get("time"), found.get("joints")
    with np.errstate(over="ignore"):  # beyond a double is infinite, and a problem as such
        return Track(
            episode=episode,
            where=path.name,
            q=q.astype(np.float64),
            joints=None if joints is None else tuple(str(name) for name in joints),
            time=None if time is None else time.astype(np.float64),
        )


def _array(
    archive: zipfile.ZipFile, name: str, file: str, most: int, budget: Budget
) -> NDArray[Any]:
    where = f"{file}: {name}"
    method = archive.getinfo(f"{name}.npy").compress_type
    if method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        # Of the others the library inflates more than it is asked for.
        wrong = Problem("not_npz", where, "an array stored or deflated", f"method {method}")
        raise ProblemsError([wrong])
    with archive.open(f"{name}.npy") as stream:
        head = stream.read(MAX_HEADER)
        shape, fortran, dtype, used = _header(head, where)
        kinds, dimensions = ("U", 1) if name == "joints" else ("fiu", 2 if name == "q" else 1)
        if dtype.kind not in kinds or len(shape) != dimensions or min(shape) < 0:
            expected = f"{dimensions} dimensions of " + ("text" if kinds == "U" else "numbers")
            raise ProblemsError([Problem("array_form", where, expected, f"{shape} of {dtype}")])
        longest = MAX_JOINTS if name == "joints" else most
        width = shape[1] if dimensions == 2 else 1
        if shape[0] > longest or width > MAX_JOINTS or dtype.itemsize > 4 * MAX_NAME:
            raise ProblemsError([too_many_rows(where, longest, f"{shape} of {dtype}")])
        budget.take(where, math.prod(shape))
        size = math.prod(shape) * dtype.itemsize
        begun = head[used : used + size + 1]
        data = begun + stream.read(size + 1 - len(begun))
    if len(data) != size:
        came = f"{len(data)}" if len(data) < size else "more"
        raise ProblemsError([Problem("not_npz", where, f"{size} bytes", came)])
    if kinds == "U":
        _check_text(data, dtype, where)
    values = np.frombuffer(data, dtype)
    return values.reshape(shape[::-1]).T if fortran else values.reshape(shape)


def _check_text(data: bytes, dtype: np.dtype[Any], where: str) -> None:
    """Hold the characters of an array of text against Unicode before a text is made of them.

    Raises:
        ProblemsError: one is beyond it, or half of a pair.
    """
    points = np.frombuffer(data, np.dtype(np.uint32).newbyteorder(dtype.byteorder))
    wrong = points[(points > sys.maxunicode) | ((points >= 0xD800) & (points <= 0xDFFF))]
    if len(wrong):
        came = f"the code point {wrong[0]:#x}"
        raise ProblemsError([Problem("array_form", where, "text in Unicode", came)])


def _header(head: bytes, where: str) -> tuple[tuple[int, ...], bool, np.dtype[Any], int]:
    """Shape, order, type and length of an array's header, which lies in the first bytes."""
    from numpy.lib import format as npy

    stream = io.BytesIO(head)

    readers = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            version = npy.read_magic(stream)
            shape, fortran, dtype = readers[version](stream, max_header_size=MAX_HEADER)
    except (
        *(KeyError, ValueError, TypeError, SyntaxError, Warning, tokenize.TokenError),
        *(RecursionError, MemoryError, OverflowError, AttributeError, IndexError),
    ):
        wrong = Problem("not_npz", where, "an array as numpy 1.0 or 2.0 writes it", "another form")
        raise ProblemsError([wrong]) from None
    return shape, fortran, dtype, stream.tell()


FORMAT = Format(
    name="npz",
    meaning="a folder of <episode id>.npz with the arrays q, time and joints, in rad and s",
    codes=CODES,
    detect=lambda source: has_files(source, ".npz"),
    read=read,
)
