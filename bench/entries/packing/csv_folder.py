"""A folder of `<episode id>.csv`: `time` in s and one column a joint, named in the header."""

from __future__ import annotations

import csv
from array import array
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import numpy as np

from bench.entries.check import listed
from bench.entries.packing.format import (
    FOLDER_CODES,
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

MAX_BYTES = 2**30
MAX_LINE = 2**16
"""Characters in a line: a time and 256 joints need a tenth."""
LINES_PER_ROW = 2
"""Lines that are looked at for each row that there may be; some may be empty, or no rows."""
TIME = "time"

CODES = {
    **FOLDER_CODES,
    "not_utf8": "a file is not UTF-8 text",
    "not_csv": "a file is not CSV, or empty, or has a line that does not end",
    "columns": "a header has a column that is no joint, a column twice, or no joint",
    "ragged": "a line has more or fewer fields than the header",
    "not_a_number": "a field is not a number",
}


def read(source: Path, inputs: Episodes) -> Reading:
    """Read every file of the folder."""
    reading, budget = Reading(), Budget.of(inputs)
    for episode, path in files_of(source, ".csv", inputs, reading):
        try:
            reading.tracks.append(_track(episode, path, inputs, budget))
        except ProblemsError as error:
            reading.problems.extend(error.problems)
    return reading


def _track(episode: str, path: Path, inputs: Episodes, budget: Budget) -> Track:
    size = path.stat().st_size
    if size > MAX_BYTES:
        expected, came = f"at most {MAX_BYTES} bytes", f"{size} bytes"
        raise ProblemsError([Problem("too_large", path.name, expected, came)])
    most = most_rows(inputs, episode)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(_lines(file, path.name, LINES_PER_ROW * most), strict=True)
            header = next(reader, [])
            _check_header(header, path.name, inputs)
            table = _Table(path.name, header)
            for fields in reader:
                table.add(reader.line_num, fields)
                if table.rows > most:
                    raise ProblemsError([too_many_rows(path.name, most, "more")])
            budget.take(path.name, len(table.values))
    except UnicodeDecodeError:
        raise ProblemsError([Problem("not_utf8", path.name, "UTF-8 text", "others")]) from None
    except csv.Error as error:
        where = f"{path.name}, line {reader.line_num}"
        raise ProblemsError([Problem("not_csv", where, "CSV", str(error))]) from None
    return table.track(episode)


def _lines(file: TextIO, where: str, most: int) -> Iterator[str]:
    """The lines of a file, none of them long.

    Raises:
        ProblemsError: a line is longer than any needs, or there are more than there may be.
    """
    number = 0
    while line := file.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE and not line.endswith("\n"):
            expected = f"at most {MAX_LINE} characters"
            raise ProblemsError([Problem("not_csv", f"{where}, line {number}", expected, "more")])
        if number > most:
            raise ProblemsError([Problem("too_large", where, f"at most {most} lines", "more")])
        yield line


def _check_header(header: list[str], where: str, inputs: Episodes) -> None:
    if not header:
        raise ProblemsError([Problem("not_csv", where, "a header and rows", "an empty file")])
    valid = (TIME, *inputs.info.joints)
    unknown = [name for name in header if name not in valid]
    twice = sorted(name for name, count in Counter(header).items() if count > 1)
    problems = []
    if unknown:
        expected = f"the columns {', '.join(valid)}"
        problems.append(Problem("columns", where, expected, f"also {listed(unknown)}"))
    if twice:
        problems.append(Problem("columns", where, "every column once", f"{listed(twice)} again"))
    if not set(header) & set(inputs.info.joints):
        problems.append(Problem("columns", where, "a column for each joint", "none"))
    if problems:
        raise ProblemsError(problems)


@dataclass
class _Faults:
    """Lines with one kind of fault: where the first is, what came, how many there are."""

    line: int = 0
    came: str = ""
    count: int = 0

    def add(self, line: int, came: str) -> None:
        if not self.count:
            self.line, self.came = line, came
        self.count += 1

    def more(self) -> str:
        return self.came if self.count == 1 else f"{self.came} ({self.count} such lines)"


class _Table:
    """The rows of one file, and the lines that are none."""

    def __init__(self, name: str, header: list[str]) -> None:
        self.name, self.header = name, header
        self.rows, self.values = 0, array("d")
        self.ragged, self.words = _Faults(), _Faults()

    def add(self, line: int, fields: list[str]) -> None:
        if not fields:
            return
        if len(fields) != len(self.header):
            self.ragged.add(line, f"{len(fields)}")
            return
        numbers = [_number(field) for field in fields]
        if None in numbers:
            column = numbers.index(None)
            came = ascii(fields[column][:60])
            self.words.add(line, f"{came} in the column {self.header[column]}")
        self.rows += 1
        self.values.extend(np.nan if number is None else number for number in numbers)

    def track(self, episode: str) -> Track:
        problems = list(self._problems())
        if problems:
            raise ProblemsError(problems)
        values = np.array(self.values, dtype=np.float64).reshape(self.rows, len(self.header))
        joints = [i for i, name in enumerate(self.header) if name != TIME]
        return Track(
            episode=episode,
            where=self.name,
            q=np.ascontiguousarray(values[:, joints]),
            joints=tuple(self.header[i] for i in joints),
            time=values[:, self.header.index(TIME)].copy() if TIME in self.header else None,
        )

    def _problems(self) -> Iterator[Problem]:
        if self.ragged.count:
            where = f"{self.name}, line {self.ragged.line}"
            expected = f"{len(self.header)} fields as in the header"
            yield Problem("ragged", where, expected, self.ragged.more())
        if self.words.count:
            where = f"{self.name}, line {self.words.line}"
            yield Problem("not_a_number", where, "numbers", self.words.more())
        if not self.rows and not self.ragged.count:
            yield Problem("not_csv", self.name, "a header and rows", "a header alone")


def _number(text: str) -> float | None:
    """The number that a field holds, in ASCII, perhaps with spaces or tabs around it.

    Underscores, digits of other scripts and other white space are read by Python alone.
    """
    plain = text.strip(" \t")
    if "_" in plain or not (plain.isascii() and plain.isprintable()):
        return None
    try:
        return float(plain)
    except ValueError:
        return None


FORMAT = Format(
    name="csv",
    meaning="a folder of <episode id>.csv with the header time,<joint>,... in s and rad",
    codes=CODES,
    detect=lambda source: has_files(source, ".csv"),
    read=read,
)
