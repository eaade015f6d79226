"""What a format of predictions is, and what its reader is given and gives."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.entries.folder import MAX_FILES, MAX_ROWS_PER_ROW, Bounds
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes

Floats = NDArray[np.float64]

MIN_ROWS = 2**17
MAX_JOINTS = 256


@dataclass(frozen=True)
class Track:
    """The prediction of one episode, as it was found.

    Attributes:
        episode: its id.
        where: file or group, for problems.
        q: (N, J) positions in the unit of each joint.
        joints: names of the columns, None if the source does not name them.
        time: (N,) s, None if the source has no clock.
    """

    episode: str
    where: str
    q: Floats
    joints: tuple[str, ...] | None
    time: Floats | None


@dataclass
class Reading:
    """What a reader found.

    Attributes:
        episodes: id of every episode that is there, sound or not.
        tracks: those that could be read.
        problems: what stood in the way of the others.
    """

    episodes: list[str] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass
class Budget:
    """How many numbers may still be read: all episodes together have no more than an entry.

    Attributes:
        left: their number.
        most: what it was at first.
    """

    left: int
    most: int

    @classmethod
    def of(cls, inputs: Episodes) -> Budget:
        """What an entry on these inputs may have, and a time for each row."""
        values = 2 * Bounds.of(inputs).values
        return cls(values, values)

    def take(self, where: str, count: int) -> None:
        """Ask for so many numbers before they are read.

        Raises:
            ProblemsError: there are not so many left.
        """
        if count > self.left:
            expected = f"at most {self.most} numbers in all episodes together"
            raise ProblemsError([Problem("too_large", where, expected, f"{count} more")])
        self.left -= count


@dataclass(frozen=True)
class Format:
    """A format of predictions.

    Attributes:
        name: as `pack --format` takes it.
        meaning: one line.
        codes: the problems that its reader can report, each with one line.
        detect: whether a file or folder looks like it.
        read: reads what is there for the episodes of the inputs.
    """

    name: str
    meaning: str
    codes: Mapping[str, str]
    detect: Callable[[Path], bool]
    read: Callable[[Path, Episodes], Reading]


def most_rows(inputs: Episodes, episode: str) -> int:
    """How many rows the prediction of an episode may have."""
    rows = inputs.rows(inputs.index[episode])
    return max(MIN_ROWS, MAX_ROWS_PER_ROW * int(rows.stop - rows.start))


def too_many_rows(where: str, most: int, came: str) -> Problem:
    """The problem of a prediction with more rows than it may have."""
    return Problem("too_large", where, f"at most {most} rows", came)


def files_of(
    source: Path, ending: str, inputs: Episodes, reading: Reading
) -> Sequence[tuple[str, Path]]:
    """The files `<episode id><ending>` of a folder; note what else lies there.

    Returns:
        Id and path of the episodes that the inputs have.
    """
    found = []
    listed = list(itertools.islice(source.iterdir(), MAX_FILES + 1))
    if len(listed) > MAX_FILES:
        wrong = Problem("too_many_files", source.name, f"at most {MAX_FILES}", "more")
        reading.problems.append(wrong)
        return []
    for path in sorted(listed):
        if path.is_symlink():
            reading.problems.append(Problem("link", ascii(path.name), "a plain file", "a link"))
        elif path.suffix != ending or not path.is_file():
            expected = f"a folder with files <episode id>{ending} alone"
            reading.problems.append(Problem("unknown_file", ascii(path.name), expected, "another"))
        else:
            reading.episodes.append(path.stem)
            if path.stem in inputs.index:
                found.append((path.stem, path))
    return found


def has_files(source: Path, ending: str) -> bool:
    """Whether a path is a folder with files of this ending."""
    if not source.is_dir():
        return False
    return any(p.suffix == ending for p in itertools.islice(source.iterdir(), MAX_FILES))


FOLDER_CODES: Mapping[str, str] = {
    "unknown_file": "the folder holds something that is no prediction",
    "link": "a prediction is a link",
    "too_large": "a prediction has more rows, or a file more bytes, than it can need",
    "too_many_files": "the folder holds more files than it can need",
}
