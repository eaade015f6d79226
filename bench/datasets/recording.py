"""One recording as a log reader gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from bench.io.documents import Document

Progress = Callable[[int, int], None]
"""Told how many recordings are read, and of how many."""


@dataclass(frozen=True)
class Recording:
    """One execution of one motion, as logged, in the units of the episode store.

    Attributes:
        motion: what was commanded.
        run: name of the run, as in `dataset.json`.
        signals: `time` (N,) s and others (N, J), the columns in the dataset's order of joints.
    """

    motion: str
    run: str
    signals: Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Reader:
    """A reader of one log format.

    Attributes:
        name: as in `dataset.json`.
        meaning: one line on the format.
        units: unit of each signal beside `time`, `q` and `q_command`, which follow the joints.
        read: gives the recordings below a folder; raises ProblemsError with all that is wrong.
    """

    name: str
    meaning: str
    units: Mapping[str, str]
    read: Callable[[Document, Path, Progress], Iterator[Recording]]
