"""The SAGE log reader: what it reads, and what it says of a bad line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.datasets.readers.sage import READER
from bench.datasets.recording import Recording
from bench.io.problems import ProblemsError

LOGGED = ("Rotation", "Pitch", "Elbow", "Wrist_Pitch", "Wrist_Roll", "Jaw")


def write_motion(folder: Path, rows: int = 4) -> None:
    """One motion as the recorder writes it; every number tells its row and column."""
    folder.mkdir(parents=True)
    (folder / "joint_list.txt").write_text("\n".join(LOGGED) + "\n")
    stamps = [5.5 + 20000.25 * row for row in range(rows)]
    control, state = ["type,timestamp,positions"], ["type,timestamp,positions,velocities,torques"]
    for row, stamp in enumerate(stamps):
        command, q, dq = ([base + row + j / 10 for j in range(6)] for base in (100, 200, 300))
        counts = [float(row + j) for j in range(6)]
        control.append(f'CONTROL,{stamp},"{json.dumps(command)}"')
        lists = ",".join(f'"{json.dumps(values)}"' for values in (q, dq, counts))
        state.append(f"STATE_MOTOR,{stamp},{lists}")
    events = [
        "type,timestamp,event",
        "EVENT,0,CONTROL_MODE_ENABLE",
        f"EVENT,{stamps[0]},MOTION_START",
        f"EVENT,{stamps[-1]},DISABLE",
    ]
    for name, lines in (("control", control), ("state_motor", state), ("event", events)):
        (folder / f"{name}.csv").write_bytes(("\r\n".join(lines) + "\r\n").encode())


def dataset(folder: str = "logs") -> dict[str, Any]:
    """The parts of a dataset.json that the reader looks at; columns reordered."""
    order = ("Pitch", "Rotation", "Elbow", "Wrist_Pitch", "Wrist_Roll", "Jaw")
    return {
        "joints": [{"name": name.lower(), "log": name, "unit": "rad"} for name in order],
        "runs": [{"name": "run-a", "role": "reference"}],
        "reader_settings": {
            "runs": {"run-a": {"folder": folder, "velocity_scale": 2.0, "current_scale": 3.0}}
        },
    }


def read(raw: Path) -> list[Recording]:
    return list(READER.read(dataset(), raw, lambda _done, _total: None))


def test_every_number_lands_in_its_place(tmp_path: Path) -> None:
    write_motion(tmp_path / "logs" / "wave")
    (recording,) = read(tmp_path)
    assert (recording.motion, recording.run) == ("wave", "run-a")
    signals = recording.signals
    np.testing.assert_allclose(signals["time"], 5.5e-6 + 0.02000025 * np.arange(4), rtol=1e-15)
    np.testing.assert_array_equal(signals["q"][2], [202.1, 202.0, 202.2, 202.3, 202.4, 202.5])
    np.testing.assert_array_equal(signals["q_command"][0, :2], [100.1, 100.0])
    np.testing.assert_array_equal(signals["dq"][1, :2], [602.2, 602.0])
    np.testing.assert_array_equal(signals["current"][3, :2], [12.0, 9.0])


def _edit(name: str, number: int, change: Callable[[str], str]) -> Callable[[Path], None]:
    """Change one line (counted from 1) of one log."""

    def edit(folder: Path) -> None:
        lines = (folder / f"{name}.csv").read_bytes().decode().split("\r\n")
        lines[number - 1] = change(lines[number - 1])
        (folder / f"{name}.csv").write_bytes("\r\n".join(lines).encode())

    return edit


def _cut(folder: Path) -> None:
    content = (folder / "control.csv").read_bytes()
    (folder / "control.csv").write_bytes(content[:-9])


CONTROL = "CONTROL, a timestamp, 1 x 6 numbers"
STATE = "STATE_MOTOR, a timestamp, 3 x 6 numbers"


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (
            _edit("control", 3, lambda line: line.replace("101.2", "nan")),
            f"malformed_line: {{}}/control.csv line 3: expected {CONTROL}, came "
            "'CONTROL,20005.75,\"[101.0, 101.1, nan, 101.3, 101.4, 101.5]\"'",
        ),
        (
            _edit("state_motor", 4, lambda line: line[:-12]),
            f"malformed_line: {{}}/state_motor.csv line 4: expected {STATE}, came "
            '\'STATE_MOTOR,40006.0,"[202.0, 202.1, 202.2, 202.3, 202.4, 202.5]",'
            '"[302.0, 302.1, 302.2, 302.3, 302.4, 302.5]","[2.0, 3.0\'',
        ),
        (
            _edit("control", 3, lambda line: line.replace("20005.75", "5.5")),
            "clock_not_rising: {}/control.csv line 3: expected a timestamp after 5.5 us, "
            "came 5.5 us",
        ),
        (
            _edit("state_motor", 5, lambda line: line.replace("60006.25", "60006.5")),
            "unpaired_rows: {}/state_motor.csv line 5: expected the control row's timestamp "
            "60006.25 us, came 60006.5 us",
        ),
        (
            _edit("event", 4, lambda line: line.replace("60006.25", "40006.0")),
            "events: {}/event.csv line 4: expected EVENT,60006.25,DISABLE, "
            "came EVENT,40006.0,DISABLE",
        ),
        (
            _edit("control", 1, lambda line: line.upper()),
            "malformed_line: {}/control.csv line 1: expected type,timestamp,positions, "
            "came TYPE,TIMESTAMP,POSITIONS",
        ),
        (
            _edit("state_motor", 2, lambda line: line.replace("[0.0, 1.0", "[0.1, 1.0")),
            "not_a_count: {}/state_motor.csv line 2: expected whole current counts, came 0.3",
        ),
        (
            _cut,
            "malformed_line: {}/control.csv: expected CR LF at the end, came a cut last line",
        ),
        (
            lambda folder: (folder / "joint_list.txt").write_text("Rotation\nPitch\n"),
            "joints: {}/joint_list.txt: expected the joints Pitch, Rotation, Elbow, Wrist_Pitch, "
            "Wrist_Roll, Jaw, came Rotation, Pitch",
        ),
        (
            lambda folder: (folder / "control.csv").unlink(),
            "missing_file: {}/control.csv: expected a log file, came none",
        ),
    ],
)
def test_a_bad_log_is_named_by_file_and_line(
    tmp_path: Path, damage: Callable[[Path], None], problem: str
) -> None:
    folder = tmp_path / "logs" / "wave"
    write_motion(folder)
    damage(folder)
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path)
    assert problem.format(folder) in str(raised.value).splitlines()


def test_every_malformed_line_is_listed(tmp_path: Path) -> None:
    folder = tmp_path / "logs" / "wave"
    write_motion(folder)
    for number in (2, 4):
        _edit("control", number, lambda _line: "CONTROL,oops")(folder)
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path)
    assert [p.where.rsplit(" ", 1)[1] for p in raised.value.problems] == ["2", "4"]


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path)
    assert str(raised.value) == (
        f"missing_file: {tmp_path / 'logs'}: expected a folder of motions, came none"
    )
