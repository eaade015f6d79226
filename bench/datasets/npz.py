"""Arrays in a zip archive (`.npz`) that comes from anywhere: read without pickle, and bounded."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.io.problems import Problem, ProblemsError

Arrays = dict[str, NDArray[Any]]
Forms = Mapping[str, tuple[str, str]]

MAX_BYTES = 64 * 2**20
"""Of each array, unpacked."""
_BROKEN = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, UnicodeDecodeError)
"""What `zipfile` raises on archives that are cut, damaged or encrypted."""


def archive_bytes(arrays: Arrays) -> bytes:
    """The arrays as an archive; the same arrays in the same order give the same bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for name, values in arrays.items():
            file = io.BytesIO()
            np.lib.format.write_array(file, values, version=(1, 0), allow_pickle=False)
            # A fixed date and system: the bytes depend on the arrays alone.
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            opened.writestr(info, file.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return archive.getvalue()


def read_arrays(path: Path, forms: Forms) -> Arrays:
    """Read the arrays of an archive, each of its type and number of axes.

    Args:
        path: the archive.
        forms: name of each array to its type (`U` for text) and a letter for each axis.

    Raises:
        ProblemsError: all that is wrong: no such archive, an array that is missing, too large,
            or of another form.
    """
    members = _members(path, forms)
    arrays: Arrays = {}
    problems = []
    for name, (dtype, axes) in forms.items():
        where = f"{path}: {name}"
        expected = f"{'text' if dtype == 'U' else np.dtype(dtype).name} with {len(axes)} axes"
        try:
            arrays[name] = _array(members[name])
        except ValueError as error:
            problems.append(Problem("not_an_array", where, expected, str(error)[:200]))
            continue
        came = arrays[name].dtype
        if not (came.kind == "U" if dtype == "U" else came == np.dtype(dtype)) or (
            arrays[name].ndim != len(axes)
        ):
            shown = f"{came.name} with {arrays[name].ndim} axes"
            problems.append(Problem("wrong_form", where, expected, shown))
    if problems:
        raise ProblemsError(problems)
    return arrays


def _members(path: Path, forms: Forms) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(path) as archive:
            listed = {info.filename: info for info in archive.infolist()}
            problems = [
                problem
                for name in forms
                for problem in _member_problems(f"{path}: {name}", listed.get(f"{name}.npy"))
            ]
            if problems:
                raise ProblemsError(problems)
            # The archive gives out no more bytes of a member than its stated size.
            return {name: archive.read(f"{name}.npy") for name in forms}
    except FileNotFoundError:
        raise ProblemsError([Problem("missing_file", str(path), "an archive", "none")]) from None
    except _BROKEN as error:
        came = str(error)[:200] or type(error).__name__
        raise ProblemsError([Problem("not_an_archive", str(path), "a zip archive", came)]) from None


def _member_problems(where: str, info: zipfile.ZipInfo | None) -> list[Problem]:
    if info is None:
        return [Problem("missing_array", where, "an array", "none")]
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return [Problem("compression", where, "a deflated array", f"method {info.compress_type}")]
    if info.file_size > MAX_BYTES:
        expected, came = f"at most {MAX_BYTES} bytes", f"{info.file_size} bytes"
        return [Problem("too_large", where, expected, came)]
    return []


def _array(data: bytes) -> NDArray[Any]:
    """The array of an `.npy` file; its header is believed only as far as there are bytes.

    Raises:
        ValueError: it is no such file.
    """
    file = io.BytesIO(data)
    if np.lib.format.read_magic(file) != (1, 0):
        raise ValueError("another version of the form")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file)
    if by_columns or dtype.hasobject:
        raise ValueError("an array that is not stored by rows, or of objects")
    values = np.frombuffer(data, dtype, offset=file.tell())
    return values.reshape(shape)
