"""Logs as integers: encoder counts, commands and microseconds, many recordings in one file.

Format: a deflated zip archive of arrays in NumPy's `.npy` form (an `.npz` file), without pickle.
J joints, M motions, R recordings, C command rows of all motions, T rows of all recordings:

    joint            (J,) text     names of the joints, the columns
    unit             (J,) text     unit of each joint: rad, m or fraction
    position_step    (J,) float64  one encoder count, in the joint's unit
    command_step     (J,) float64  one unit of command, in the joint's unit
    motion           (M,) text     names of the motions
    rows             (M,) int64    command rows of each motion; its recordings have as many
    recorded         (R,) int64    which motion each recording executes
    run              (R,) text     and in which run
    time             (T,) uint32   µs since the row before; the first since the motion's start
    command          (C, J) int32  motion after motion: second differences, zeros before row 0
    position         (T, J) int16  recording after recording: differences, zero before row 0

The runs of a motion share its commands. The same log gives the same bytes.
Settings of the reader: `file`, path of the archive from the folder of the raw files.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.datasets.npz import Arrays, Forms, archive_bytes, read_arrays
from bench.datasets.recording import Progress, Reader, Recording
from bench.io.atomic import write_bytes
from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError

Integers = NDArray[np.int64]

FORMS: Forms = {
    "joint": ("U", "J"),
    "unit": ("U", "J"),
    "position_step": ("<f8", "J"),
    "command_step": ("<f8", "J"),
    "motion": ("U", "M"),
    "rows": ("<i8", "M"),
    "recorded": ("<i8", "R"),
    "run": ("U", "R"),
    "time": ("<u4", "T"),
    "command": ("<i4", "CJ"),
    "position": ("<i2", "TJ"),
}
"""Type and axes of each array; an axis has one length wherever it stands."""
_ORDER: Mapping[str, int] = {"time": 1, "command": 2, "position": 1}


@dataclass(frozen=True)
class CountedJoint:
    """A column of the log; the steps are one count and one unit of command, in `unit`."""

    name: str
    unit: str
    position_step: float
    command_step: float


@dataclass(frozen=True)
class CountedRun:
    """One recording.

    Attributes:
        motion: what was commanded.
        run: which execution.
        time: (N,) µs, strictly increasing.
        command: (N, J) in units of `command_step`.
        position: (N, J) in counts from the joint's zero.
    """

    motion: str
    run: str
    time: Integers
    command: Integers
    position: Integers


@dataclass(frozen=True)
class CountsLog:
    """A whole log."""

    joints: tuple[CountedJoint, ...]
    runs: tuple[CountedRun, ...]

    def recording(self, run: CountedRun, columns: Sequence[int] | None = None) -> Recording:
        """One recording in s and the units of the joints; `columns` in this order (all)."""
        chosen = list(range(len(self.joints)) if columns is None else columns)
        position_step = np.array([self.joints[i].position_step for i in chosen])
        command_step = np.array([self.joints[i].command_step for i in chosen])
        signals = {
            "time": run.time * 1e-6,
            "q": run.position[:, chosen] * position_step,
            "q_command": run.command[:, chosen] * command_step,
        }
        return Recording(run.motion, run.run, signals)


def write_counts(path: Path, log: CountsLog) -> None:
    """Write a log, whole or not at all.

    Raises:
        ValueError: two runs of a motion have different commands, or a difference does not fit.
    """
    commands: dict[str, Integers] = {}
    for run in log.runs:
        if not np.array_equal(commands.setdefault(run.motion, run.command), run.command):
            raise ValueError(f"the runs of {run.motion} have different commands")
    names = list(commands)
    arrays: dict[str, Any] = {
        "joint": [joint.name for joint in log.joints],
        "unit": [joint.unit for joint in log.joints],
        "position_step": [joint.position_step for joint in log.joints],
        "command_step": [joint.command_step for joint in log.joints],
        "motion": names,
        "rows": [len(rows) for rows in commands.values()],
        "recorded": [names.index(run.motion) for run in log.runs],
        "run": [run.run for run in log.runs],
        "time": _differences("time", [run.time for run in log.runs]),
        "command": _differences("command", list(commands.values())),
        "position": _differences("position", [run.position for run in log.runs]),
    }
    typed = {name: np.array(arrays[name], dtype) for name, (dtype, _) in FORMS.items()}
    write_bytes(path, archive_bytes(typed))


def _differences(name: str, parts: Sequence[Integers]) -> Integers:
    """The differences within each part, end to end."""
    for _ in range(_ORDER[name]):
        parts = [np.diff(part, axis=0, prepend=np.zeros_like(part[:1])) for part in parts]
    steps: Integers = np.concatenate(parts)
    limits = np.iinfo(FORMS[name][0])
    if steps.min() < limits.min or steps.max() > limits.max:
        raise ValueError(f"a difference of {name} does not fit into {limits.dtype.name}")
    return steps


def read_counts(path: Path) -> CountsLog:
    """Read a log and check it.

    Raises:
        ProblemsError: all that is wrong: no such archive, an array that is missing, too large or
            of another form, lengths that do not agree, a clock that does not rise.
    """
    arrays = read_arrays(path, FORMS)
    _check_index(path, arrays)
    names = [str(name) for name in arrays["motion"]]
    rows = [int(number) for number in arrays["rows"]]
    lengths = [rows[motion] for motion in arrays["recorded"]]
    _check_lengths(path, arrays, {"C": sum(rows), "T": sum(lengths)})
    commands = _sums("command", arrays["command"], rows)
    times = _sums("time", arrays["time"], lengths)
    positions = _sums("position", arrays["position"], lengths)
    runs = tuple(
        CountedRun(names[motion], str(run), time, commands[motion], position)
        for motion, run, time, position in zip(
            arrays["recorded"], arrays["run"], times, positions, strict=True
        )
    )
    _check_clocks(path, runs)
    columns = (arrays[name].tolist() for name in ("joint", "unit", "position_step", "command_step"))
    return CountsLog(tuple(CountedJoint(*joint) for joint in zip(*columns, strict=True)), runs)


def _check_index(path: Path, arrays: Arrays) -> None:
    """What is recorded makes sense in itself."""
    count = len(arrays["motion"])
    found = [
        ("rows", arrays["rows"] > 0, "at least one row"),
        ("recorded", (arrays["recorded"] >= 0) & (arrays["recorded"] < count), "a motion's number"),
    ]
    for name in ("position_step", "command_step"):
        good = np.isfinite(arrays[name]) & (arrays[name] > 0)
        found.append((name, good, "a positive number"))
    problems = [
        Problem("out_of_range", f"{path}: {name} {place}", expected, str(arrays[name][place]))
        for name, good, expected in found
        for place in np.flatnonzero(~good)
    ]
    taken = list(zip(arrays["recorded"].tolist(), arrays["run"].tolist(), strict=False))
    for name, values in (
        ("joint", arrays["joint"].tolist()),
        ("motion", arrays["motion"].tolist()),
        ("recorded and run", taken),
    ):
        problems += [
            Problem("repeated", f"{path}: {name}", "each once", f"{value!r} {times} times"[:200])
            for value, times in Counter(values).items()
            if times > 1
        ]
    if problems:
        raise ProblemsError(problems)


def _check_lengths(path: Path, arrays: Arrays, lengths: Mapping[str, int]) -> None:
    known = dict(lengths) | {
        axis: len(arrays[name]) for axis, name in (("J", "joint"), ("M", "motion"), ("R", "run"))
    }
    problems = []
    for name, (_, axes) in FORMS.items():
        expected = tuple(known[axis] for axis in axes)
        if arrays[name].shape != expected:
            came = str(arrays[name].shape)
            problems.append(Problem("shape", f"{path}: {name}", str(expected), came))
    if problems:
        raise ProblemsError(problems)


def _sums(name: str, steps: NDArray[Any], lengths: Sequence[int]) -> list[Integers]:
    """Undo `_differences`."""
    parts = np.split(steps.astype(np.int64), np.cumsum(lengths)[:-1])
    for _ in range(_ORDER[name]):
        parts = [np.cumsum(part, axis=0) for part in parts]
    return parts


def _check_clocks(path: Path, runs: Sequence[CountedRun]) -> None:
    problems = [
        Problem(
            "clock_not_rising",
            f"{path}: {run.motion}.{run.run} row {row + 1}",
            f"a time after {run.time[row]} us",
            f"{run.time[row + 1]} us",
        )
        for run in runs
        for row in np.flatnonzero(np.diff(run.time) <= 0)
    ]
    if problems:
        raise ProblemsError(problems)


def read(dataset: Document, raw: Path, progress: Progress) -> Iterator[Recording]:
    """Read every recording, runs in the order of `dataset.json`, motions by name.

    Raises:
        ProblemsError: the log has problems, or its joints or runs are not the dataset's.
    """
    path = raw / dataset["reader_settings"]["file"]
    log = read_counts(path)
    columns = _columns(path, log, dataset)
    order = [run["name"] for run in dataset["runs"]]
    _check_runs(path, log, order)
    runs = sorted(log.runs, key=lambda run: (order.index(run.run), run.motion))
    for done, run in enumerate(runs, 1):
        yield log.recording(run, columns)
        progress(done, len(runs))


def _columns(path: Path, log: CountsLog, dataset: Document) -> list[int]:
    """Where each joint of the dataset stands in the log."""
    has = {joint.name: (place, joint.unit) for place, joint in enumerate(log.joints)}
    wanted = {joint["log"]: joint["unit"] for joint in dataset["joints"]}
    if wanted != {name: unit for name, (_, unit) in has.items()}:
        expected = ", ".join(f"{name} in {unit}" for name, unit in sorted(wanted.items()))
        came = ", ".join(f"{name} in {unit}" for name, (_, unit) in sorted(has.items()))[:200]
        raise ProblemsError([Problem("joints", str(path), expected, came)])
    return [has[name][0] for name in wanted]


def _check_runs(path: Path, log: CountsLog, names: list[str]) -> None:
    unknown = sorted({run.run for run in log.runs} - set(names))
    if unknown:
        expected, came = "the runs " + ", ".join(names), ", ".join(unknown)[:200]
        raise ProblemsError([Problem("runs", str(path), expected, came)])


READER = Reader("counts", "integers of encoders, commands and clock in one archive", {}, read)
