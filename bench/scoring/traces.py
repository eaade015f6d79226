"""The trace store: errors of every row of a scored entry, in a Zarr store beside the result.

It holds no truth: measured and predicted positions are not in it, only their differences.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document, check
from bench.io.problems import Problem, ProblemsError
from bench.io.stored import StoredSignals
from bench.scoring.trace import EpisodeTrace

Array = NDArray[Any]

CHUNK_VALUES = 2**20
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
        arms, joints = len(info["arms"]), len(info["joints"])
        widths = {"error": joints, "norm": arms + 1, "position": arms, "orientation": arms}
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

    Raises:
        ProblemsError: there is none.
    """
    import zarr

    if not (path / "zarr.json").is_file():
        expected = "a trace store; score the entry to make it"
        raise ProblemsError([Problem("not_made", str(path), expected, "none")])
    group = zarr.open_group(path, mode="r")
    info = check(dict(group.attrs), "traces", str(path))
    arrays: dict[str, Any] = {name: group[name] for name in DTYPES}
    signals = StoredSignals(
        SIGNALS,
        lambda name, rows: np.asarray(arrays[name][rows]),
        lambda name: int(arrays[name].chunks[0]),
    )
    return Traces(info, np.asarray(arrays["start"][...]), signals)
