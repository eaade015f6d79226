"""When recordings of a Universal Robots arm began, and which of their files are copies.

`start_time.csv` repeats the Unix time of the start, 10 ms fine, once a row of the logs; only its
first line is used. A recording's folder may hold another one's `acc_data.csv`: of recordings with
equal files the one that began first has the original.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bench.datasets.recording import LogWarning
from bench.io.documents import file_hash
from bench.io.problems import Problem, ProblemsError

COPIED = "acc_data.csv"
_STAMP = re.compile(r"[0-9]{10}\.[0-9]{1,2}")


def copied_files(folders: Mapping[str, Path]) -> dict[str, list[LogWarning]]:
    """What is odd about stamps of the start, and which files are copies.

    Args:
        folders: the folder of each recording by its name.

    Returns:
        Warnings by the recording's name.

    Raises:
        ProblemsError: a `start_time.csv` that begins with no time.
    """
    warnings: dict[str, list[LogWarning]] = {name: [] for name in folders}
    starts: dict[str, float] = {}
    problems: list[Problem] = []
    same: dict[str, list[str]] = {}
    for name, folder in folders.items():
        if (folder / "start_time.csv").is_file():
            try:
                starts[name], found = _start(name, folder / "start_time.csv")
                warnings[name] += found
            except ProblemsError as error:
                problems.extend(error.problems)
        if (folder / COPIED).is_file():
            same.setdefault(file_hash(folder / COPIED), []).append(name)
    if problems:
        raise ProblemsError(problems)
    for names in same.values():
        first, *copies = sorted(names, key=lambda name: (starts.get(name, float("inf")), name))
        for name in copies:
            what = f"the same bytes as in {first}; not used"
            warnings[name].append(LogWarning("copied_file", f"{name} {COPIED}", what))
    return warnings


def _start(name: str, path: Path) -> tuple[float, list[LogWarning]]:
    """Unix time of the start, s."""
    line, end, rest = path.read_bytes().decode("ascii", errors="replace").partition("\n")
    stamp = _STAMP.match(line)
    repeated = stamp is not None and (stamp[0] * (len(line) // len(stamp[0]) + 1)).startswith(line)
    if stamp is None or not repeated:
        expected = "a Unix time with one or two decimals"
        raise ProblemsError(
            [Problem("malformed_line", f"{path} line 1", expected, repr(line[:120]))]
        )
    where = f"{name} {path.name}"
    found = []
    if line != stamp[0]:
        what = f"one line of {len(line)} characters that repeats a stamp; its first is used"
        found.append(LogWarning("no_line_ends", where, what))
    elif end and not rest.endswith("\n") and rest:
        last = rest.rpartition("\n")[2]
        what = f"no line end: {len(last)} characters; left out"
        number = rest.count("\n") + 2
        found.append(LogWarning("cut_last_line", f"{where} line {number}", what))
    return float(stamp[0]), found
