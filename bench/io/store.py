"""The episode store: all episodes of a set, one Zarr 3 array per signal, end to end.

Row signals have the shape (T,) or (T, J): T rows of all episodes, J joints. Episode signals have
the shape (E,) or (E, J). `start` (E+1,) holds the offsets of the episodes into the rows. The form
is in `docs/formats.md`; only the codecs bytes (little endian) and blosc (zstd, shuffle) are used.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.io import documents
from bench.io.atomic import Transaction
from bench.io.problems import Problem, ProblemsError
from bench.io.store_check import check_start, inspect
from bench.io.store_info import DTYPES, PER_EPISODE, Split, StoreInfo
from bench.io.stored import StoredSignals
from bench.io.zarr_writes import settled

Array = NDArray[Any]
CHUNK_VALUES = 2**18


@dataclass(frozen=True)
class Episodes:
    """A set of episodes in memory.

    Attributes:
        info: what the set says of itself.
        start: (E+1,) int64, offsets of the episodes into the rows.
        signals: name to array, rows or episodes first (see the module).
    """

    info: StoreInfo
    start: NDArray[np.int64]
    signals: Mapping[str, Array]

    def __len__(self) -> int:
        """Number of episodes."""
        return len(self.info.episodes)

    @functools.cached_property
    def index(self) -> Mapping[str, int]:
        """Position of each episode by its id."""
        return {episode.id: number for number, episode in enumerate(self.info.episodes)}

    def rows(self, episode: int) -> slice:
        """The rows of one episode."""
        return slice(int(self.start[episode]), int(self.start[episode + 1]))

    def signal(self, name: str, episode: int) -> Array:
        """One signal of one episode: its rows, or its single value."""
        if name in PER_EPISODE:
            value: Array = self._rows(name, slice(episode, episode + 1))[0]
            return value
        return self._rows(name, self.rows(episode))

    def _rows(self, name: str, rows: slice) -> Array:
        if isinstance(self.signals, StoredSignals):
            return self.signals.rows(name, rows)
        part: Array = self.signals[name][rows]
        return part

    def select(
        self, keep: Sequence[int], split: Split, names: Iterable[str] | None = None
    ) -> Episodes:
        """The episodes at these positions, in this order, in memory, as a set of `split`.

        Args:
            keep: positions.
            split: of the new set.
            names: of the signals wanted; default: all.
        """
        lengths = np.diff(self.start)[list(keep)]
        start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        stretches = _stretches([self.rows(episode) for episode in keep])
        signals = {}
        for name in self.signals if names is None else names:
            if name in PER_EPISODE:
                signals[name] = self.signals[name][list(keep)]
            else:
                parts = [self._rows(name, part) for part in stretches]
                signals[name] = parts[0] if len(parts) == 1 else _joined(parts, self.signals, name)
        kept = tuple(self.info.episodes[episode] for episode in keep)
        return Episodes(replace(self.info, split=split, episodes=kept), start, signals)

    def hashes(self) -> tuple[str, ...]:
        """Content hash of each episode (`content_hash`)."""
        return tuple(
            content_hash({name: self.signal(name, episode) for name in self.signals})
            for episode in range(len(self))
        )


def _stretches(parts: Sequence[slice]) -> list[slice]:
    """The rows as few slices: neighbours become one."""
    joined: list[slice] = []
    for part in parts:
        if joined and joined[-1].stop == part.start:
            joined[-1] = slice(joined[-1].start, part.stop)
        else:
            joined.append(part)
    return joined


def _joined(parts: Sequence[Array], signals: Mapping[str, Array], name: str) -> Array:
    return np.concatenate(parts) if parts else signals[name][:0]


def content_hash(signals: Mapping[str, Array]) -> str:
    """SHA-256 over the signals in the order of their names: the same whatever the chunking.

    Of each signal: name, dtype, shape, and the values in little-endian bytes, rows first.
    """
    digest = hashlib.sha256()
    for name in sorted(signals):
        values = np.ascontiguousarray(signals[name])
        values = values.astype(values.dtype.newbyteorder("<"), copy=False)
        digest.update(f"{name}:{values.dtype.name}:{values.shape}\n".encode())
        digest.update(values.tobytes())
    return digest.hexdigest()


def write_store(path: Path, episodes: Episodes) -> None:
    """Write the store at `path`, whole or not at all; the same episodes give the same bytes."""
    with Transaction() as transaction:
        fill_store(transaction.folder(path), episodes)


def fill_store(folder: Path, episodes: Episodes) -> None:
    """Write the store into an empty folder."""
    import zarr
    from zarr.codecs import BloscCodec

    attributes = documents.check(episodes.info.document(), "episodes", str(folder))
    group = zarr.create_group(store=folder, zarr_format=3, attributes=attributes)
    for name in sorted(("start", *episodes.signals)):
        values = episodes.start if name == "start" else episodes.signals[name]
        width = int(np.prod(values.shape[1:], dtype=np.int64))
        rows = max(1, min(len(values), CHUNK_VALUES // max(1, width)))
        array = group.create_array(
            name,
            shape=values.shape,
            dtype=DTYPES.get(name, "float64"),
            chunks=(rows, *values.shape[1:]),
            filters=None,
            compressors=BloscCodec(cname="zstd", clevel=5, shuffle="shuffle"),
            config={"write_empty_chunks": True},  # a chunk that is absent is then always a fault
        )
        with settled():
            array[...] = values


class Store:
    """An episode store on disk, opened and checked but for the values of its arrays."""

    def __init__(self, path: Path, *, allowed: frozenset[Split] | None = None) -> None:
        """Open the store at `path`.

        Args:
            path: the folder.
            allowed: the splits that the caller may open; None for any.

        Raises:
            ProblemsError: it is no store, is damaged, or is of a split that is not allowed.
        """
        self.path = path
        self._arrays: dict[str, Any] = {}
        self.info, self.shapes = inspect(path)
        if allowed is not None and self.info.split not in allowed:
            expected = "a store of " + " or ".join(sorted(allowed))
            raise ProblemsError([Problem("not_allowed", str(path), expected, self.info.split)])
        self.start: NDArray[np.int64] = self.read("start")
        check_start(path, self.start, self.shapes)

    def read(self, name: str, rows: slice = slice(None)) -> Array:
        """The values of one array, or of some of its rows.

        Raises:
            ProblemsError: a chunk cannot be decoded.
        """
        try:
            values = np.asarray(self._array(name)[rows])
        except (RuntimeError, ValueError, OSError) as error:
            came = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            where = str(self.path / name)
            raise ProblemsError(
                [Problem("broken_chunk", where, "chunks that decode", came)]
            ) from None
        return values

    def open(self, names: Sequence[str] | None = None) -> Episodes:
        """All episodes with the named signals (default: all), which stay on disk."""
        wanted = tuple(self.info.signals if names is None else names)
        signals = StoredSignals(wanted, self.read, self._chunk)
        return Episodes(self.info, self.start, signals)

    def _chunk(self, name: str) -> int:
        return int(self._array(name).chunks[0])

    def _array(self, name: str) -> Any:
        import zarr

        if name not in self._arrays:
            # Only the form that was checked: files may have changed since.
            self._arrays[name] = zarr.open_array(self.path / name, mode="r", zarr_format=3)
        return self._arrays[name]

    def load(self, names: Sequence[str] | None = None) -> Episodes:
        """All episodes with the named signals (default: all that the store has)."""
        wanted = self.info.signals if names is None else names
        return Episodes(self.info, self.start, {name: self.read(name) for name in wanted})


def load_episodes(
    path: Path, *, allowed: frozenset[Split] | None = None, names: Sequence[str] | None = None
) -> Episodes:
    """Open the store at `path` and read it (see `Store`)."""
    return Store(path, allowed=allowed).load(names)


def open_episodes(
    path: Path, *, allowed: frozenset[Split] | None = None, names: Sequence[str] | None = None
) -> Episodes:
    """Open the store at `path`; its signals stay on disk and are read where they are asked for."""
    return Store(path, allowed=allowed).open(names)
