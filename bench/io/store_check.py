"""Looking at an episode store before any of its values is read.

A store may come from a stranger. Its metadata is read as plain JSON; only the one form that
`bench.io.store` writes is accepted, every chunk must lie in its place as a plain file, and no
chunk may promise to inflate to more than its shape says.
"""

from __future__ import annotations

import itertools
import math
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from bench.io import documents
from bench.io.problems import Problem, ProblemsError
from bench.io.store_info import DTYPES, MAX_SAMPLES, PER_EPISODE, PER_JOINT, WIDTHS, StoreInfo

MAX_VALUES = 2**33
MAX_METADATA = 64 * 2**20
MAX_CHUNKS = 2**16
MAX_CHUNK_VALUES = 2**25
_KEYS = frozenset(
    {
        *("zarr_format", "node_type", "shape", "data_type", "fill_value", "codecs"),
        *("chunk_grid", "chunk_key_encoding", "storage_transformers"),
        *("attributes", "dimension_names"),
    }
)
_GROUP_KEYS = frozenset({"zarr_format", "node_type", "attributes", "consolidated_metadata"})
_FILLS: dict[str, tuple[Any, ...]] = {
    "float64": (0, 0.0, "NaN"),
    "int64": (0,),
    "bool": (False,),
}
_BLOSC: dict[str, tuple[Any, ...]] = {
    "typesize": tuple(range(1, 256)),
    "cname": ("zstd", "lz4", "lz4hc", "zlib", "blosclz"),
    "clevel": tuple(range(10)),
    "shuffle": ("noshuffle", "shuffle", "bitshuffle"),
    "blocksize": (0,),
}
_BLOSC_HEADER = 16

Shapes = dict[str, tuple[int, ...]]


def inspect(path: Path) -> tuple[StoreInfo, Shapes]:
    """Read the metadata of the store at `path` and look at its chunk files.

    Returns:
        What the store says of itself, and the shape of each of its arrays.

    Raises:
        ProblemsError: all that is wrong, except what the values themselves may hide.
    """
    info = read_info(path)
    problems: list[Problem] = []
    shapes: Shapes = {}
    for name in ("start", *info.signals):
        found = _array(path / name, name, info)
        if isinstance(found, list):
            problems.extend(found)
        else:
            shapes[name] = found
    problems.extend(_lengths(path, info, shapes))
    if problems:
        raise ProblemsError(problems)
    return info, shapes


def chunk_counts(path: Path, info: StoreInfo) -> dict[str, tuple[int, ...]]:
    """How many chunks each array of the store has along each axis, by its metadata.

    Arrays whose metadata `inspect` refuses are left out.
    """
    laid = {name: _layout(path / name, name, info) for name in ("start", *info.signals)}
    return {n: tuple(_numbers(*one)) for n, one in laid.items() if not isinstance(one, list)}


def read_info(path: Path) -> StoreInfo:
    """What the store at `path` says of itself; its arrays are not looked at.

    Raises:
        ProblemsError: it is no Zarr 3 group, or its attributes do not fit the schema.
    """
    if path.is_symlink() or not path.is_dir():
        came = "a link" if path.is_symlink() else "none"
        raise ProblemsError(
            [Problem("not_a_store", str(path), "a folder with an episode store", came)]
        )
    metadata = _metadata(path)
    if metadata.get("node_type") != "group" or not _is_one_of(metadata.get("zarr_format"), (3,)):
        came = (
            f"node_type {metadata.get('node_type')!r}, zarr_format {metadata.get('zarr_format')!r}"
        )
        raise ProblemsError([Problem("not_a_store", str(path), "a Zarr 3 group", came)])
    unread = sorted(metadata.keys() - _GROUP_KEYS)
    if unread or metadata.get("consolidated_metadata") is not None:
        # What describes the arrays a second time, or says how else they are to be read.
        came = "also " + ", ".join(
            repr(key)[:60] for key in unread[:5] or ["consolidated_metadata"]
        )
        expected = "only the fields of a Zarr 3 group, nothing consolidated"
        raise ProblemsError([Problem("store_form", str(path / "zarr.json"), expected, came)])
    attributes = metadata.get("attributes", {})
    return StoreInfo.of(documents.check(attributes, "episodes", f"{path} attributes"))


def _metadata(folder: Path) -> dict[str, Any]:
    file = folder / "zarr.json"
    if not _is_plain(file):
        raise ProblemsError(
            [Problem("missing_file", str(file), "Zarr metadata in a plain file", "none")]
        )
    if file.stat().st_size > MAX_METADATA:
        came = f"{file.stat().st_size} bytes"
        raise ProblemsError(
            [Problem("too_large", str(file), f"at most {MAX_METADATA} bytes", came)]
        )
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ProblemsError([Problem("not_utf8", str(file), "UTF-8 text", "other bytes")]) from None
    except OSError as error:
        came = error.strerror or "an error"
        raise ProblemsError([Problem("unreadable", str(file), "a readable file", came)]) from None
    loaded = documents.parse(text, str(file))
    if not isinstance(loaded, dict):
        raise ProblemsError(
            [Problem("not_a_store", str(file), "a JSON object", type(loaded).__name__)]
        )
    return loaded


def _is_plain(file: Path) -> bool:
    try:
        return stat.S_ISREG(file.lstat().st_mode)
    except OSError:
        return False


def _array(folder: Path, name: str, info: StoreInfo) -> tuple[int, ...] | list[Problem]:
    laid = _layout(folder, name, info)
    if isinstance(laid, list):
        return laid
    shape, chunk = laid
    size = math.prod(chunk) * np.dtype(DTYPES.get(name, "float64")).itemsize
    problems = list(_chunks(folder, shape, chunk, size))
    return problems or tuple(shape)


def _layout(
    folder: Path, name: str, info: StoreInfo
) -> tuple[list[int], list[int]] | list[Problem]:
    """Shapes of the array and of its chunks, or what is wrong with its metadata."""
    if folder.is_symlink() or not folder.is_dir():
        return [Problem("missing_array", str(folder), f"the array {name}", "none")]
    try:
        metadata = _metadata(folder)
    except ProblemsError as error:
        return list(error.problems)
    shape, problems = metadata.get("shape"), list(_form(folder, name, metadata, info))
    if problems or not isinstance(shape, list):
        return problems
    return shape, metadata["chunk_grid"]["configuration"]["chunk_shape"]


def _numbers(shape: list[int], chunk: list[int]) -> list[int]:
    """How many chunks there are along each axis."""
    return [-(-extent // step) for extent, step in zip(shape, chunk, strict=True)]


def _form(folder: Path, name: str, metadata: dict[str, Any], info: StoreInfo) -> Iterator[Problem]:
    where = str(folder / "zarr.json")
    kind = DTYPES.get(name, "float64")
    chunk = _chunk_shape(metadata.get("chunk_grid"))
    expected: dict[str, Any] = {
        "zarr_format": 3,
        "node_type": "array",
        "data_type": kind,
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": chunk}},
        "storage_transformers": [],
    }
    for key, value in expected.items():
        given = metadata.get(key, [] if key == "storage_transformers" else None)
        if not _is_one_of(given, (value,)):
            yield Problem(
                "store_form", where, f"{key} {value!r}"[:200], repr(metadata.get(key))[:120]
            )
    if metadata.keys() - _KEYS:
        came = "also " + ", ".join(repr(key)[:60] for key in sorted(metadata.keys() - _KEYS)[:5])
        yield Problem("store_form", where, "only the fields of a Zarr 3 array", came)
    if not _is_one_of(metadata.get("fill_value"), _FILLS[kind]):
        came = repr(metadata.get("fill_value"))[:60]
        yield Problem("store_form", where, f"fill_value {_FILLS[kind][0]!r}", came)
    for key, empty in (("attributes", {}), ("dimension_names", None)):
        if metadata.get(key) is not None and metadata[key] != empty:
            yield Problem("store_form", where, f"no {key}", repr(metadata[key])[:60])
    yield from _extent(where, metadata.get("shape"), chunk, name, info)
    yield from _codecs(where, metadata.get("codecs"))


def _chunk_shape(grid: object) -> Any:
    configuration = grid.get("configuration") if isinstance(grid, dict) else None
    return configuration.get("chunk_shape") if isinstance(configuration, dict) else None


def _is_one_of(value: object, valid: tuple[Any, ...]) -> bool:
    """Equal in type as well: JSON's true is no 1."""
    return any(type(value) is type(one) and value == one for one in valid)


def _extent(
    where: str, shape: object, chunk: object, name: str, info: StoreInfo
) -> Iterator[Problem]:
    width = _width(name, shape, info)
    if not _counts(shape) or len(shape) != 1 + len(width) or shape[1:] != width:
        form = ", ".join(["rows", *map(str, width)])
        if name == "samples":
            form = f"rows, 1 to {MAX_SAMPLES} executions, {len(info.joints)}"
        yield Problem("shape", where, f"shape [{form}]", repr(shape)[:60])
    elif math.prod(shape) > MAX_VALUES:
        yield Problem("too_large", where, f"at most {MAX_VALUES} values", repr(shape)[:60])
    elif not _counts(chunk) or len(chunk) != len(shape) or min(chunk) < 1 or chunk[1:] != shape[1:]:
        yield Problem("store_form", where, "chunks along the rows alone", repr(chunk)[:60])
    elif chunk[0] > max(1, shape[0]):
        yield Problem("store_form", where, "chunks no longer than the array", repr(chunk)[:60])
    elif math.prod(chunk) > MAX_CHUNK_VALUES:
        came = f"{math.prod(chunk)}"
        yield Problem("too_large", where, f"at most {MAX_CHUNK_VALUES} values in a chunk", came)
    elif shape[0] > MAX_CHUNKS * chunk[0]:
        came = f"{-(-shape[0] // chunk[0])}"
        yield Problem("too_large", where, f"at most {MAX_CHUNKS} chunks", came)


def _width(name: str, shape: object, info: StoreInfo) -> list[int]:
    """The extents after the rows; of samples their number is free, up to a bound."""
    if name == "samples":
        given = shape[1] if _counts(shape) and len(shape) == 3 else 1
        return [min(max(given, 1), MAX_SAMPLES), len(info.joints)]
    if name in PER_JOINT:
        return [len(info.joints)]
    return [WIDTHS[name]] if name in WIDTHS else []


def _codecs(where: str, codecs: object) -> Iterator[Problem]:
    entries = codecs if isinstance(codecs, list) else []
    names = [entry.get("name") if isinstance(entry, dict) else None for entry in entries]
    if names != ["bytes", "blosc"] or any(e.keys() - {"name", "configuration"} for e in entries):
        yield Problem("store_codecs", where, "the codecs bytes and blosc", repr(names)[:120])
        return
    if entries[0].get("configuration", {"endian": "little"}) != {"endian": "little"}:
        yield Problem("store_codecs", where, "little-endian bytes", repr(entries[0])[:120])
    settings = entries[1].get("configuration")
    if not isinstance(settings, dict) or settings.keys() != _BLOSC.keys():
        expected = "blosc with " + ", ".join(_BLOSC)
        yield Problem("store_codecs", where, expected, repr(settings)[:120])
        return
    for key, valid in _BLOSC.items():
        if not _is_one_of(settings[key], valid):
            named = f"{valid[0]} to {valid[-1]}" if len(valid) > 9 else " or ".join(map(str, valid))
            yield Problem("store_codecs", where, f"blosc's {key} {named}", repr(settings[key])[:60])


def _counts(value: object) -> TypeGuard[list[int]]:
    return isinstance(value, list) and all(type(v) is int and v >= 0 for v in value)


def _chunks(folder: Path, shape: list[int], chunk: list[int], size: int) -> Iterator[Problem]:
    """Every chunk is there, a plain file, and inflates to exactly `size` bytes."""
    missing = []
    for place in itertools.product(*(range(n) for n in _numbers(shape, chunk))):
        file = folder.joinpath("c", *(str(p) for p in place))
        if (folder / "c").is_symlink() or file.parent.is_symlink():
            yield Problem("link", str(file), "plain files", "a link on the way")
        elif not _is_plain(file):
            missing.append(file)
        else:
            yield from _inflates(file, size)
    if missing:
        came = "none" if len(missing) == 1 else f"none, nor {len(missing) - 1} more"
        yield Problem("missing_chunk", str(missing[0]), "a chunk in a plain file", came)


def _inflates(file: Path, size: int) -> Iterator[Problem]:
    try:
        with file.open("rb") as opened:
            header = opened.read(_BLOSC_HEADER)
            stored = os.fstat(opened.fileno()).st_size
    except OSError as error:
        came = error.strerror or "an error"
        yield Problem("unreadable", str(file), "a readable file", came)
        return
    if len(header) < _BLOSC_HEADER:
        yield Problem("broken_chunk", str(file), "a blosc chunk", f"{stored} bytes")
        return
    promised = int.from_bytes(header[4:8], "little")
    compressed = int.from_bytes(header[12:16], "little")
    if stored > size + _BLOSC_HEADER:
        # No data need more than as they are; a hole in a file may promise any number.
        expected = f"at most {size + _BLOSC_HEADER} bytes in the file"
        yield Problem("broken_chunk", str(file), expected, f"{stored} bytes")
        return
    if promised != size:
        yield Problem("broken_chunk", str(file), f"{size} bytes when inflated", f"{promised} bytes")
    if compressed != stored:
        yield Problem(
            "broken_chunk", str(file), f"{compressed} bytes in the file", f"{stored} bytes"
        )


def _lengths(path: Path, info: StoreInfo, shapes: Shapes) -> Iterator[Problem]:
    rows = {n: s[0] for n, s in shapes.items() if n not in PER_EPISODE and n != "start"}
    if len(set(rows.values())) > 1:
        came = ", ".join(f"{name} {length}" for name, length in sorted(rows.items()))
        yield Problem("shape", str(path), "the same number of rows in every signal", came)
    episodes = len(info.episodes)
    if shapes.get("start", (episodes + 1,)) != (episodes + 1,):
        came = f"{shapes['start'][0]}"
        yield Problem("shape", str(path / "start"), f"{episodes + 1} offsets", came)
    for name in sorted(PER_EPISODE & shapes.keys()):
        if shapes[name][0] != episodes:
            came = f"{shapes[name][0]} rows"
            yield Problem("shape", str(path / name), f"{episodes} rows", came)


def check_start(path: Path, start: NDArray[np.int64], shapes: Shapes) -> None:
    """Hold the offsets against the rows; their number was checked by `inspect`.

    Raises:
        ProblemsError: offsets that do not rise from 0 to the number of rows.
    """
    rows = next((s[0] for n, s in shapes.items() if n not in PER_EPISODE and n != "start"), 0)
    if start[0] != 0 or start[-1] != rows or (start[1:] <= start[:-1]).any():
        came = f"{start[0]} to {start[-1]}, smallest step {min(_steps(start), default=0)}"
        expected = f"offsets that rise from 0 to {rows}"
        raise ProblemsError([Problem("offsets", str(path / "start"), expected, came)])


def _steps(start: NDArray[np.int64]) -> Iterator[int]:
    """Differences in whole numbers, which cannot overflow."""
    values = start.tolist()
    return (after - before for before, after in itertools.pairwise(values))
