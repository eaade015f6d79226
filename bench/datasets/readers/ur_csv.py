"""Logs of the real-time interface of a Universal Robots arm, one CSV file a quantity.

Format: rows of seven numbers with six decimals and a comma and a space between them, LF at the
end, no head: a stamp in s, then base, shoulder, elbow, wrist 1 to 3 (of `tool_vector` x, y, z in
m and a rotation vector in rad, in the base frame). Rows of equal number come from one packet. A
stamp is either the controller's, a whole number of periods, or that of the computer which wrote
the row; then every file has its own, and the row's time is that of `q_target`, the first.
What follows the last LF is a line that was cut off, even where it looks complete.

Source: https://github.com/kkufieta/ur5_modeling_force_estimate, `csv_files` folders at commit
dce0de88e75fc6af2a6336d75917244832c1a15e.

Settings of the reader: `period`, s, of the controller; `stamp_tolerance`, s, how far the stamps
of one row may lie apart where the computer made them; `runs`, for each run a `folder` below the
raw files and, by motion, the folder in it with the motion's files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.datasets.readers.ur_stamps import copied_files
from bench.datasets.recording import LogWarning, Progress, Reader, Recording
from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError

Floats = NDArray[np.float64]

JOINTS = ("base", "shoulder", "elbow", "wrist 1", "wrist 2", "wrist 3")
FILES = ("q_target", "q_actual", "qd_actual", "i_actual", "tool_vector")
"""What is read, `log_<name>.csv`; the first gives the time of a row."""
MOVING = 0.015
"""Joint speed above which a recording begins or ends in motion, rad/s."""

_NUMBER = r"-?[0-9]+\.[0-9]{6}"
_ROW = re.compile(rf"{_NUMBER}(?:, {_NUMBER}){{6}}")
_EXPECTED = "7 numbers with 6 decimals, a comma and a space between them"


@dataclass(frozen=True)
class _Clock:
    """How rows are stamped: the controller's period, s, and the tolerance of other stamps, s."""

    period: float
    tolerance: float


def read(dataset: Document, raw: Path, progress: Progress) -> Iterator[Recording]:
    """Read every motion of every run, runs in the order of `dataset.json`, motions by name.

    Raises:
        ProblemsError: at the end, with what is wrong in all recordings.
    """
    settings = dataset["reader_settings"]
    clock = _Clock(settings["period"], settings["stamp_tolerance"])
    columns = _columns(dataset)
    folders = {
        (motion, run["name"]): raw / settings["runs"][run["name"]]["folder"] / folder
        for run in dataset["runs"]
        for motion, folder in sorted(settings["runs"][run["name"]]["motions"].items())
    }
    problems: list[Problem] = []
    copies: Mapping[str, list[LogWarning]] = {}
    try:
        copies = copied_files({f"{motion}.{run}": f for (motion, run), f in folders.items()})
    except ProblemsError as error:
        problems.extend(error.problems)
    for done, ((motion, run), folder) in enumerate(folders.items(), 1):
        name = f"{motion}.{run}"
        try:
            signals, warnings = _signals(name, folder, clock, columns)
            yield Recording(motion, run, signals, (*warnings, *copies.get(name, [])))
        except ProblemsError as error:
            problems.extend(error.problems)
        progress(done, len(folders))
    if problems:
        raise ProblemsError(problems)


def _columns(dataset: Document) -> list[int]:
    """Where the dataset's joints stand in a row."""
    names = [joint["log"] for joint in dataset["joints"]]
    if sorted(names) != sorted(JOINTS):
        expected = "the joints " + ", ".join(JOINTS)
        raise ProblemsError([Problem("joints", "dataset.json", expected, ", ".join(names)[:200])])
    return [JOINTS.index(name) for name in names]


def _signals(
    name: str, folder: Path, clock: _Clock, columns: list[int]
) -> tuple[dict[str, Floats], list[LogWarning]]:
    """The signals of one recording, cut to the rows that all of them have."""
    logs: dict[str, Floats] = {}
    warnings: list[LogWarning] = []
    problems: list[Problem] = []
    for file in FILES:
        try:
            logs[file], cut = _rows(folder / f"log_{file}.csv")
            warnings += _cut(f"{name} log_{file}.csv line {len(logs[file]) + 1}", cut)
        except ProblemsError as error:
            problems.extend(error.problems)
    if problems:
        raise ProblemsError(problems)
    rows, unequal = _common_rows(name, logs)
    logs = {file: values[:rows] for file, values in logs.items()}
    time, stamped = _time(name, folder, logs, clock)
    values = {file: logged[:, 1:] for file, logged in logs.items()}
    signals = {
        "time": time,
        "q": values["q_actual"][:, columns],
        "q_command": values["q_target"][:, columns],
        "dq": values["qd_actual"][:, columns],
        "current": values["i_actual"][:, columns],
        "tool_pose": _poses(values["tool_vector"]),
    }
    found = [*unequal, *stamped, *_motion(name, signals["dq"])]
    return signals, [*warnings, *found, *_jumps(name, values["tool_vector"][:, 3:])]


def _rows(path: Path) -> tuple[Floats, str]:
    """The numbers (N, 7) of a log's complete lines, and the text of a line that was cut off.

    Raises:
        ProblemsError: the file is missing or no ASCII, has no row, or every malformed line.
    """
    try:
        body, _, cut = path.read_bytes().decode("ascii").rpartition("\n")
    except FileNotFoundError:
        raise ProblemsError([Problem("missing_file", str(path), "a log file", "none")]) from None
    except UnicodeDecodeError as error:
        came = f"byte {error.start} is not ASCII"
        raise ProblemsError([Problem("not_ascii", str(path), "ASCII text", came)]) from None
    if not body:
        raise ProblemsError([Problem("no_rows", str(path), "at least one row", "none")])
    lines = body.split("\n")
    problems = [
        Problem("malformed_line", f"{path} line {number}", _EXPECTED, repr(line[:120]))
        for number, line in enumerate(lines, 1)
        if _ROW.fullmatch(line) is None
    ]
    if problems:
        raise ProblemsError(problems)
    values = np.fromstring(body.replace("\n", ","), sep=",").reshape(len(lines), 7)
    return values, cut


def _cut(where: str, text: str) -> list[LogWarning]:
    if not text:
        return []
    what = f"no line end: {text.count(',') + 1} of 7 fields, {len(text)} characters; left out"
    return [LogWarning("cut_last_line", where, what)]


def _common_rows(name: str, logs: Mapping[str, Floats]) -> tuple[int, list[LogWarning]]:
    lengths = {file: len(values) for file, values in logs.items()}
    rows = min(lengths.values())
    if len(set(lengths.values())) == 1:
        return rows, []
    listed = ", ".join(f"{file} {length}" for file, length in lengths.items())
    return rows, [LogWarning("unequal_lengths", name, f"rows: {listed}; cut to {rows}")]


def _time(
    name: str, folder: Path, logs: Mapping[str, Floats], clock: _Clock
) -> tuple[Floats, list[LogWarning]]:
    """Time (N,) s from the first stamp on.

    Raises:
        ProblemsError: stamps that do not rise, or of one row that do not agree.
    """
    stamps = logs[FILES[0]][:, 0]
    where = folder / f"log_{FILES[0]}.csv"
    problems = [
        Problem(
            "clock_not_rising",
            f"{where} line {row + 2}",
            f"a stamp after {stamps[row]:.6f} s",
            f"{stamps[row + 1]:.6f} s",
        )
        for row in np.flatnonzero(np.diff(stamps) <= 0)
    ]
    exact = np.abs(stamps - np.arange(len(stamps)) * clock.period).max() < 1e-9
    tolerance = 0.0 if exact else clock.tolerance
    apart = {file: np.abs(values[:, 0] - stamps) for file, values in logs.items()}
    problems += [
        Problem(
            "unpaired_rows",
            f"{folder / f'log_{file}.csv'} line {row + 1}",
            f"the stamp {stamps[row]:.6f} s of log_{FILES[0]}.csv within {tolerance:g} s",
            f"{logs[file][row, 0]:.6f} s",
        )
        for file, distance in apart.items()
        for row in np.flatnonzero(distance > tolerance + 1e-9)
    ]
    if problems:
        raise ProblemsError(problems)
    steps = np.diff(stamps)
    lost = int((np.rint(steps / clock.period) - 1).clip(min=0).sum())
    widest = max(float(distance.max()) for distance in apart.values())
    what = (
        f"stamped by the computer from {stamps[0]:.6f} s on, {lost} packets lost, "
        f"stamps of a row up to {widest * 1e6:.0f} us apart; counted from the first row"
    )
    return stamps - stamps[0], [] if exact else [LogWarning("pc_clock", name, what)]


def _motion(name: str, dq: Floats) -> list[LogWarning]:
    """Whether the recording begins or ends in motion."""
    found = []
    for code, row in (("starts_in_motion", 0), ("ends_in_motion", -1)):
        speed = float(np.abs(dq[row]).max())
        if speed > MOVING:
            found.append(LogWarning(code, name, f"a joint turns at {speed:.3f} rad/s; kept"))
    return found


def _jumps(name: str, vectors: Floats) -> list[LogWarning]:
    """Where a rotation vector passes the length of half a turn, its components change sign."""
    jumps = int((np.abs(np.diff(vectors, axis=0)) > np.pi).any(axis=1).sum())
    what = f"the rotation vector changes its sign {jumps} times; stored as a quaternion"
    return [LogWarning("rotation_jumps", name, what)] if jumps else []


def _poses(tool: Floats) -> Floats:
    """Poses (N, 7), m and quaternion w, x, y, z, of positions and rotation vectors (N, 6)."""
    vectors = tool[:, 3:]
    angle = np.sqrt(np.add.reduce(vectors * vectors, axis=1))[:, None]
    turn = vectors * np.sinc(angle / (2 * np.pi)) / 2  # sin(angle / 2) / angle, also at 0
    return np.concatenate([tool[:, :3], np.cos(angle / 2), turn], axis=1)


UNITS = {
    "dq": ("rad/s",),
    "current": ("A",),
    "tool_pose": ("m", "m", "m", "1", "1", "1", "1"),
}
READER = Reader("ur_csv", "CSV logs of a Universal Robots real-time interface", UNITS, read)
