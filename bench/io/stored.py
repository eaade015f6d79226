"""Arrays of an episode store that stay on disk: rows are read when they are asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Read = Callable[[str, slice], Array]
"""Gives rows of a named array."""


class StoredSignals(Mapping[str, Array]):
    """Signals of a store by name, read when asked for.

    An item is the whole array. `rows` reads some rows and keeps the last chunk that it decoded, so
    that a walk through the episodes in order decodes every chunk once and holds little.
    """

    def __init__(self, names: tuple[str, ...], read: Read, chunk: Callable[[str], int]) -> None:
        """Signals that `read` gives.

        Args:
            names: of the signals.
            read: reads rows of one of them.
            chunk: rows in a chunk of one of them.
        """
        self._names, self._read, self._chunk = names, read, chunk
        self._kept: dict[str, tuple[int, Array]] = {}

    def __getitem__(self, name: str) -> Array:
        """The whole array."""
        if name not in self._names:
            raise KeyError(name)
        return self._read(name, slice(None))

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._names)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        """Whether the store has the signal; nothing is read."""
        return name in self._names

    def rows(self, name: str, rows: slice) -> Array:
        """Rows `rows.start` to `rows.stop` of a signal; they are not to be written to."""
        first, stop = rows.start, rows.stop
        size = self._chunk(name)
        begin, kept = self._kept.get(name, (0, None))
        if kept is not None and begin <= first and stop <= begin + len(kept):
            return kept[first - begin : stop - begin]
        if kept is not None and begin <= first < begin + len(kept):
            head = [kept[first - begin :]]
            begin += len(kept)
        else:
            head = []
            begin = first // size * size
        read = self._read(name, slice(begin, -(-stop // size) * size))
        last = (stop - 1) // size * size
        self._kept[name] = last, read[last - begin :]
        if not head:
            return read[first - begin : stop - begin]
        return np.concatenate([*head, read[: stop - begin]])
