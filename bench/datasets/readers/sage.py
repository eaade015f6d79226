"""Logs of the SAGE recorder: `control.csv` and `state_motor.csv` for each motion.

Format: rows `TYPE,timestamp,"[..]",...` with CR LF; timestamps in microseconds; lists are quoted
JSON arrays, one number a joint. Control and state rows pair one to one with equal timestamps.
Source: https://github.com/isaac-sim2real/sage, files under `output/real/so101/custom` at commit
4ffd2627df9d23e279b35712a67e629ce0c0dfa7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.datasets.recording import Progress, Reader, Recording
from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError

Floats = NDArray[np.float64]

_NUMBER = r"-?[0-9]+(?:\.[0-9]+)?(?:e[-+]?[0-9]+)?"
_HEADS = {
    "CONTROL": "type,timestamp,positions",
    "STATE_MOTOR": "type,timestamp,positions,velocities,torques",
}
_EVENTS = ("CONTROL_MODE_ENABLE", "MOTION_START", "DISABLE")


@dataclass(frozen=True)
class _Run:
    """One run of the dataset: where it lies and the scales of its registers."""

    name: str
    folder: Path
    velocity_scale: float
    current_scale: float


def read(dataset: Document, raw: Path, progress: Progress) -> Iterator[Recording]:
    """Read every motion of every run, runs in the order of `dataset.json`, motions by name.

    Raises:
        ProblemsError: at the end, with what is wrong in all recordings.
    """
    settings = dataset["reader_settings"]
    runs = [
        _Run(
            run["name"],
            raw / settings["runs"][run["name"]]["folder"],
            settings["runs"][run["name"]]["velocity_scale"],
            settings["runs"][run["name"]]["current_scale"],
        )
        for run in dataset["runs"]
    ]
    names = [joint["log"] for joint in dataset["joints"]]
    folders = [(run, motion) for run in runs for motion in _motions(run.folder)]
    problems: list[Problem] = []
    for done, (run, folder) in enumerate(folders, 1):
        try:
            yield _recording(run, folder, names)
        except ProblemsError as error:
            problems.extend(error.problems)
        progress(done, len(folders))
    if problems:
        raise ProblemsError(problems)


def _motions(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise ProblemsError([Problem("missing_file", str(folder), "a folder of motions", "none")])
    return sorted(path for path in folder.iterdir() if path.is_dir())


def _recording(run: _Run, folder: Path, names: list[str]) -> Recording:
    listed = _text(folder / "joint_list.txt").split()
    if sorted(listed) != sorted(names):
        where = str(folder / "joint_list.txt")
        expected = "the joints " + ", ".join(names)
        raise ProblemsError([Problem("joints", where, expected, ", ".join(listed)[:200])])
    order = [listed.index(name) for name in names]
    control = _rows(folder / "control.csv", "CONTROL", 1, len(listed))
    state = _rows(folder / "state_motor.csv", "STATE_MOTOR", 3, len(listed))
    _check_pairs(folder, control[:, 0], state[:, 0])
    _check_events(folder / "event.csv", control[:, 0])
    width = len(listed)
    fields = {
        "time": state[:, 0] * 1e-6,
        "q": state[:, 1 : 1 + width][:, order],
        "q_command": control[:, 1:][:, order],
        "dq": state[:, 1 + width : 1 + 2 * width][:, order] * run.velocity_scale,
        "current": _counts(folder, state[:, 1 + 2 * width :][:, order] * run.current_scale),
    }
    return Recording(folder.name, run.name, fields)


def _counts(folder: Path, current: Floats) -> Floats:
    """The current register as whole counts; run-a logs it multiplied by a torque per count."""
    counts = np.rint(current)
    far = np.abs(counts - current) > 1e-6
    if far.any():
        row = int(far.any(axis=1).argmax())
        where = f"{folder / 'state_motor.csv'} line {row + 2}"
        came = f"{current[row][far[row]][0]:.9g}"
        raise ProblemsError([Problem("not_a_count", where, "whole current counts", came)])
    return counts


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("ascii")
    except FileNotFoundError:
        raise ProblemsError([Problem("missing_file", str(path), "a log file", "none")]) from None
    except UnicodeDecodeError as error:
        came = f"byte {error.start} is not ASCII"
        raise ProblemsError([Problem("not_ascii", str(path), "ASCII text", came)]) from None


def _rows(path: Path, kind: str, lists: int, width: int) -> Floats:
    """The numbers of one log, (N, 1 + lists * width): the timestamp in µs, then the lists.

    Raises:
        ProblemsError: every malformed line, and every line whose clock does not rise.
    """
    head, *lines = _text(path).split("\r\n")
    array = rf'"\[{_NUMBER}(?:, {_NUMBER}){{{width - 1}}}\]"'
    row = re.compile(rf"{kind},{_NUMBER}" + rf",{array}" * lists)
    problems = []
    if head != _HEADS[kind]:
        problems.append(Problem("malformed_line", f"{path} line 1", _HEADS[kind], head[:120]))
    if not lines or lines.pop() != "":
        problems.append(Problem("malformed_line", str(path), "CR LF at the end", "a cut last line"))
    expected = f"{kind}, a timestamp, {lists} x {width} numbers"
    problems += [
        Problem("malformed_line", f"{path} line {number}", expected, repr(line[:120]))
        for number, line in enumerate(lines, 2)
        if row.fullmatch(line) is None
    ]
    if not lines:
        problems.append(Problem("no_rows", str(path), "at least one row", "none"))
    if problems:
        raise ProblemsError(problems)
    numbers = "\n".join(lines).replace(f"{kind},", "").translate(_SEPARATORS)
    values = np.fromstring(numbers, sep=",").reshape(len(lines), 1 + lists * width)
    _check_clock(path, values[:, 0])
    return values


_SEPARATORS = str.maketrans({"\n": ",", "[": None, "]": None, '"': None, " ": None})


def _check_clock(path: Path, time: Floats) -> None:
    back = np.flatnonzero(np.diff(time) <= 0)
    if len(back):
        raise ProblemsError(
            Problem(
                "clock_not_rising",
                f"{path} line {row + 3}",
                f"a timestamp after {time[row]:.17g} us",
                f"{time[row + 1]:.17g} us",
            )
            for row in back
        )


def _check_pairs(folder: Path, control: Floats, state: Floats) -> None:
    if len(control) != len(state):
        came = f"{len(control)} control rows, {len(state)} state rows"
        problem = Problem("unpaired_rows", str(folder), "as many control rows as state rows", came)
        raise ProblemsError([problem])
    unequal = np.flatnonzero(control != state)
    if len(unequal):
        raise ProblemsError(
            Problem(
                "unpaired_rows",
                f"{folder / 'state_motor.csv'} line {row + 2}",
                f"the control row's timestamp {control[row]:.17g} us",
                f"{state[row]:.17g} us",
            )
            for row in unequal
        )


def _check_events(path: Path, control: Floats) -> None:
    """The recorder marks the first and the last command: other marks mean a cut recording."""
    lines = _text(path).split("\r\n")
    stamps = (0.0, control[0], control[-1])
    if lines[0] != "type,timestamp,event" or len(lines) != len(_EVENTS) + 2 or lines[-1] != "":
        expected = "a head, three events and CR LF at the end"
        raise ProblemsError([Problem("events", str(path), expected, f"{len(lines)} lines")])
    for number, (line, name, stamp) in enumerate(zip(lines[1:], _EVENTS, stamps, strict=False), 2):
        kind, _, rest = line.partition(",")
        time, _, event = rest.partition(",")
        if kind != "EVENT" or event != name or not _equals(time, stamp):
            expected = f"EVENT,{stamp:.17g},{name}"
            raise ProblemsError([Problem("events", f"{path} line {number}", expected, line[:120])])


def _equals(text: str, value: float) -> bool:
    return re.fullmatch(_NUMBER, text) is not None and float(text) == value


UNITS = {"dq": ("rad/s",), "current": ("count",)}
READER = Reader("sage", "CSV logs of the SAGE recorder for the SO-101", UNITS, read)
