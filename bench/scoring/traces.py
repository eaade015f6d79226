"""The trace store: errors of every row of a scored entry, in a Zarr store beside the result.

It holds no truth: measured and predicted positions are not in it, only their differences.
"""

from __future__ import annotations

import contextlib
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document, check
from bench.io.problems import Problem, ProblemsError
from bench.io.store_check import check_start
from bench.io.stored import StoredSignals
from bench.io.zarr_writes import settled
from bench.scoring.trace import EpisodeTrace

Array = NDArray[Any]

CHUNK_VALUES = 2**18
BLOSC_HEADER = 16
"""Bytes; it says how long the chunk is, and how long when inflated."""
DTYPES: Mapping[str, str] = {
    "start": "int64",
    "time": "float64",
    "weights": "float64",
    "error": "float32",
    "norm": "float32",
    "position": "float32",
    "orientation": "float32",
}
SIGNALS = tuple(name for name in DTYPES if name != "start")


@dataclass(frozen=True)
class TraceRows:
    """Rows of some episodes end to end, by signal (`SIGNALS`).

    Attributes:
        rows: `time` (T,) s; `weights` (T,) s, 0 where not scored; `error` (T, K) predicted minus
            measured in each joint's unit; `norm` (T, A + 1) normalised error of each arm, then of
            all; `position` (T, A) m; `orientation` (T, A) rad.
    """

    rows: Mapping[str, Array]

    @classmethod
    def joined(cls, parts: Sequence[TraceRows]) -> TraceRows:
        """The rows of several, in this order."""
        return cls({name: np.concatenate([part.rows[name] for part in parts]) for name in SIGNALS})


def rows_of(trace: EpisodeTrace) -> TraceRows:
    """The rows of one episode."""
    values: dict[str, Array] = {
        "time": trace.time,
        "weights": trace.weights,
        "error": np.concatenate([trace.error, trace.others.error], axis=1),
        "norm": trace.norms.T,
        "position": trace.position_error,
        "orientation": trace.orientation_error,
    }
    return TraceRows({name: each.astype(DTYPES[name]) for name, each in values.items()})


class TraceWriter:
    """Writes a trace store block by block into an empty folder."""

    def __init__(self, folder: Path, info: Document, start: NDArray[np.int64]) -> None:
        """Make the arrays.

        Args:
            folder: empty.
            info: the store's attributes, schema `traces`.
            start: (E + 1,) offsets of the episodes into the rows.
        """
        import zarr
        from zarr.codecs import BloscCodec

        attributes = check(info, "traces", str(folder))
        group = zarr.create_group(store=folder, zarr_format=3, attributes=attributes)
        widths = _widths(info)
        self._arrays: dict[str, Any] = {}
        for name, kind in DTYPES.items():
            length = len(start) if name == "start" else int(start[-1])
            width = (widths[name],) if name in widths else ()
            rows = max(1, min(length, CHUNK_VALUES // max(1, *width, 1)))
            self._arrays[name] = group.create_array(
                name,
                shape=(length, *width),
                dtype=kind,
                chunks=(rows, *width),
                filters=None,
                compressors=BloscCodec(cname="zstd", clevel=5, shuffle="shuffle"),
                config={"write_empty_chunks": True},
            )
        self._arrays["start"][...] = start
        self._held: dict[str, list[Array]] = {name: [] for name in SIGNALS}
        self._written = dict.fromkeys(SIGNALS, 0)

    def append(self, block: TraceRows) -> None:
        """Add the rows of the next block; whole chunks are written, the rest waits."""
        for name in SIGNALS:
            self._held[name].append(block.rows[name])
            size = self._arrays[name].chunks[0]
            if sum(map(len, self._held[name])) >= size:
                self._flush(name, size)

    def close(self) -> None:
        """Write what waits."""
        for name in SIGNALS:
            self._flush(name, 1)

    def _flush(self, name: str, size: int) -> None:
        rows = np.concatenate(self._held[name])
        whole = len(rows) // size * size
        first = self._written[name]
        with settled():
            self._arrays[name][first : first + whole] = rows[:whole]
        self._written[name] = first + whole
        self._held[name] = [rows[whole:]]


@dataclass(frozen=True)
class Traces:
    """A trace store, opened; its arrays stay on disk.

    Attributes:
        info: what it says of itself (schema `traces`).
        start: (E + 1,) offsets of the episodes into the rows.
        signals: its arrays (see `TraceRows`).
    """

    info: Document
    start: NDArray[np.int64]
    signals: StoredSignals

    def read(self, name: str, episode: int) -> Array:
        """One signal of one episode, by its position."""
        return self.signals.rows(
            name, slice(int(self.start[episode]), int(self.start[episode + 1]))
        )


def open_traces(path: Path) -> Traces:
    """Open the trace store at `path`, which this project wrote.

    Its chunk files are looked at: one that is missing would be read as zeros, and one that is cut
    short as whatever lies behind it in memory.

    Raises:
        ProblemsError: there is none, an array or a chunk of it is missing or cut short, or the
            arrays do not fit each other; `Traces.read` raises it for a chunk that does not decode.
    """
    import zarr

    if not (path / "zarr.json").is_file():
        expected = "a trace store; score the entry to make it"
        raise ProblemsError([Problem("not_made", str(path), expected, "none")])
    with _decoding(path):
        attributes = dict(zarr.open_group(path, mode="r").attrs)
    info = check(attributes, "traces", str(path))
    arrays = _arrays(path)
    problems = [*_shapes(path, info, arrays), *_chunks(path, arrays)]
    if problems:
        raise ProblemsError(problems)

    def read(name: str, rows: slice) -> Array:
        with _decoding(path / name):
            return np.asarray(arrays[name][rows])

    start = read("start", slice(None))
    check_start(path, start, {name: array.shape for name, array in arrays.items()})
    signals = StoredSignals(SIGNALS, read, lambda name: int(arrays[name].chunks[0]))
    return Traces(info, start, signals)


@contextlib.contextmanager
def _decoding(place: Path) -> Iterator[None]:
    """Say of a failure to read `place` what it is: a store that was cut short or changed."""
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        came = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        problem = Problem("broken_chunk", str(place), "chunks that decode", came)
        raise ProblemsError([problem]) from None


def _arrays(path: Path) -> dict[str, Any]:
    """The arrays of the store; their values stay on disk."""
    import zarr

    absent = [name for name in DTYPES if not (path / name / "zarr.json").is_file()]
    if absent:
        problems = (
            Problem("missing_array", str(path / n), f"the array {n}", "none") for n in absent
        )
        raise ProblemsError(list(problems))
    arrays = {}
    for name in DTYPES:
        with _decoding(path / name):
            arrays[name] = zarr.open_array(path / name, mode="r")
    return arrays


def _widths(info: Document) -> dict[str, int]:
    """Columns of the arrays that are not one value a row."""
    arms, joints = len(info["arms"]), len(info["joints"])
    return {"error": joints, "norm": arms + 1, "position": arms, "orientation": arms}


def _shapes(path: Path, info: Document, arrays: Mapping[str, Any]) -> Iterator[Problem]:
    """Arrays that have not the rows and columns that they ought to have."""
    rows, widths = arrays["time"].shape[0], _widths(info)
    for name, array in arrays.items():
        length = len(info["episodes"]) + 1 if name == "start" else rows
        expected = (length, widths[name]) if name in widths else (length,)
        if array.shape != expected:
            yield Problem("shape", str(path / name), str(expected), str(array.shape))


def _chunks(path: Path, arrays: Mapping[str, Any]) -> Iterator[Problem]:
    """Chunks that are not there, or not as long as they say: the writer leaves none out."""
    for name, array in arrays.items():
        counts = (range(-(-n // step)) for n, step in zip(array.shape, array.chunks, strict=True))
        files = [path / name / "c" / "/".join(map(str, p)) for p in itertools.product(*counts)]
        missing = [file for file in files if not file.is_file()]
        if missing:
            came = "none" if len(missing) == 1 else f"none, nor {len(missing) - 1} more"
            yield Problem("missing_chunk", str(missing[0]), "a chunk in a plain file", came)
        size = math.prod(array.chunks) * array.dtype.itemsize
        for file in files:
            if file not in missing:
                yield from _cut(file, size)


def _cut(file: Path, size: int) -> Iterator[Problem]:
    """What contradicts the header of a chunk, which inflates to `size` bytes."""
    with file.open("rb") as opened:
        header = opened.read(BLOSC_HEADER)
    stored = file.stat().st_size
    promised, compressed = (int.from_bytes(header[at : at + 4], "little") for at in (4, 12))
    if len(header) < BLOSC_HEADER:
        yield Problem("broken_chunk", str(file), "a blosc chunk", f"{stored} bytes")
    elif promised != size:
        yield Problem("broken_chunk", str(file), f"{size} bytes when inflated", f"{promised} bytes")
    elif compressed != stored:
        yield Problem(
            "broken_chunk", str(file), f"{compressed} bytes in the file", f"{stored} bytes"
        )
