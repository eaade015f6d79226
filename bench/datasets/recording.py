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
class LogWarning:
    """Something odd in a log that was tolerated.

    Attributes:
        code: short name in snake case; `docs/datasets.md` lists it.
        where: recording, and file and line where it is one.
        what: what was found and what was done, in words and numbers.
    """

    code: str
    where: str
    what: str

    def document(self) -> Document:
        """The warning as it stands in `ingest.json`."""
        return {"code": self.code, "where": self.where, "what": self.what}


@dataclass(frozen=True)
class Recording:
    """One execution of one motion, as logged, in the units of the episode store.

    Attributes:
        motion: what was commanded.
        run: name of the run, as in `dataset.json`.
        signals: `time` (N,) s and others (N, J), the columns in the dataset's order of joints.
        warnings: what was odd in its logs.
    """

    motion: str
    run: str
    signals: Mapping[str, NDArray[Any]]
    warnings: tuple[LogWarning, ...] = ()

    @property
    def name(self) -> str:
        """Id of the episode that it becomes."""
        return f"{self.motion}.{self.run}"


@dataclass(frozen=True)
class Reader:
    """A reader of one log format.

    Attributes:
        name: as in `dataset.json`.
        meaning: one line on the format.
        units: of each signal beside `time`, `q` and `q_command`: one unit, or one a column.
        read: gives the recordings below a folder; raises ProblemsError with all that is wrong.
    """

    name: str
    meaning: str
    units: Mapping[str, tuple[str, ...]]
    read: Callable[[Document, Path, Progress], Iterator[Recording]]
