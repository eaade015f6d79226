"""The reader of Universal Robots logs: what it reads, tolerates, and says of a bad line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datasets.readers.ur_csv import FILES, JOINTS, READER
from bench.datasets.recording import Recording
from bench.io.problems import ProblemsError

BASE = {"q_target": 1.0, "q_actual": 2.0, "qd_actual": 0.0, "i_actual": 4.0, "tool_vector": 0.1}


def write_motion(folder: Path, rows: int = 4, stamps: dict[str, list[float]] | None = None) -> None:
    """One motion as the recorder writes it; every number tells its file, row and column."""
    folder.mkdir(parents=True)
    for file, base in BASE.items():
        own = (stamps or {}).get(file) or [0.008 * row for row in range(rows)]
        scale = 0.1 if file == "qd_actual" else 1.0  # too slow to count as motion
        lines = [
            [own[row], *(base + scale * (row / 100 + j / 1000) for j in range(6))]
            for row in range(rows)
        ]
        written = "".join(", ".join(f"{n:.6f}" for n in line) + "\n" for line in lines)
        (folder / f"log_{file}.csv").write_text(written)


def dataset(*motions: str) -> dict[str, Any]:
    """The parts of a dataset.json that the reader looks at; columns reordered."""
    order = ("wrist 3", *JOINTS[:5])
    folders = {motion: f"made/{motion}" for motion in motions or ("wave",)}
    return {
        "joints": [{"name": name.replace(" ", "_"), "log": name, "unit": "rad"} for name in order],
        "runs": [{"name": "run-a", "role": "reference"}],
        "reader_settings": {
            "period": 0.008,
            "stamp_tolerance": 0.0001,
            "runs": {"run-a": {"folder": "logs", "motions": folders}},
        },
    }


def read(raw: Path, *motions: str) -> list[Recording]:
    return list(READER.read(dataset(*motions), raw, lambda _done, _total: None))


def warnings(recording: Recording) -> list[tuple[str, str, str]]:
    return [(w.code, w.where, w.what) for w in recording.warnings]


def test_every_number_lands_in_its_place(tmp_path: Path) -> None:
    write_motion(tmp_path / "logs" / "made" / "wave")
    (recording,) = read(tmp_path)
    assert (recording.motion, recording.run) == ("wave", "run-a")
    signals = recording.signals
    np.testing.assert_allclose(signals["time"], 0.008 * np.arange(4), rtol=1e-15)
    np.testing.assert_array_equal(signals["q"][2], [2.025, 2.02, 2.021, 2.022, 2.023, 2.024])
    np.testing.assert_array_equal(signals["q_command"][0, :2], [1.005, 1.0])
    np.testing.assert_array_equal(signals["dq"][1, :2], [0.0015, 0.001])
    np.testing.assert_array_equal(signals["current"][3, :2], [4.035, 4.03])
    np.testing.assert_array_equal(signals["tool_pose"][1, :3], [0.11, 0.111, 0.112])
    assert set(READER.units) == set(signals) - {"time", "q", "q_command"}
    assert {len(READER.units[name]) for name in READER.units} == {1, 7}


@settings(max_examples=30)
@given(st.lists(st.floats(-np.pi, np.pi), min_size=3, max_size=3))
def test_the_quaternion_turns_as_the_rotation_vector(
    tmp_path_factory: pytest.TempPathFactory, vector: list[float]
) -> None:
    """By Rodrigues' formula, and with unit norm, zero turns included."""
    raw = tmp_path_factory.mktemp("raw")
    folder = raw / "logs" / "made" / "wave"
    write_motion(folder, rows=1)
    row = ", ".join(f"{n:.6f}" for n in (0.0, 0.1, 0.2, 0.3, *vector))
    (folder / "log_tool_vector.csv").write_text(row + "\n")
    (recording,) = read(raw)
    w, *xyz = recording.signals["tool_pose"][0, 3:]
    v, arm = np.array(xyz), np.array([0.3, -0.5, 0.8])
    assert abs(w * w + v @ v - 1) < 1e-12
    turned = arm + 2 * np.cross(v, np.cross(v, arm) + w * arm)
    r = np.array([float(f"{n:.6f}") for n in vector])
    angle = np.linalg.norm(r)
    axis = r / angle if angle else np.array([1.0, 0, 0])
    expected = (
        arm * np.cos(angle)
        + np.cross(axis, arm) * np.sin(angle)
        + axis * (axis @ arm) * (1 - np.cos(angle))
    )
    np.testing.assert_allclose(turned, expected, atol=1e-12)


@pytest.mark.parametrize("tail", ["0.0320", "0.032000, 2.04, 2.041, 2.042, 2.043, 2.044, 2.04500"])
def test_what_follows_the_last_line_end_is_left_out(tmp_path: Path, tail: str) -> None:
    """Also where it has every field: its last number is cut."""
    folder = tmp_path / "logs" / "made" / "wave"
    write_motion(folder)
    with (folder / "log_q_actual.csv").open("a") as file:
        file.write(tail)
    (recording,) = read(tmp_path)
    assert len(recording.signals["q"]) == 4
    fields = tail.count(",") + 1
    assert warnings(recording) == [
        (
            "cut_last_line",
            "wave.run-a log_q_actual.csv line 5",
            f"no line end: {fields} of 7 fields, {len(tail)} characters; left out",
        )
    ]


def test_signals_are_cut_to_the_shortest(tmp_path: Path) -> None:
    folder = tmp_path / "logs" / "made" / "wave"
    write_motion(folder, rows=6)
    for file, rows in (("i_actual", 5), ("tool_vector", 3)):
        path = folder / f"log_{file}.csv"
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:rows]))
    (recording,) = read(tmp_path)
    assert {len(values) for values in recording.signals.values()} == {3}
    assert warnings(recording) == [
        (
            "unequal_lengths",
            "wave.run-a",
            "rows: q_target 6, q_actual 6, qd_actual 6, i_actual 5, tool_vector 3; cut to 3",
        )
    ]


def test_stamps_of_the_computer_are_kept_and_counted_from_the_first(tmp_path: Path) -> None:
    first = [0.051, 0.059, 0.083, 0.0915]
    stamps = {file: [t + 20e-6 * n for t in first] for n, file in enumerate(FILES)}
    write_motion(tmp_path / "logs" / "made" / "wave", stamps=stamps)
    (recording,) = read(tmp_path)
    np.testing.assert_allclose(recording.signals["time"], [0, 0.008, 0.032, 0.0405], atol=1e-12)
    assert warnings(recording) == [
        (
            "pc_clock",
            "wave.run-a",
            "stamped by the computer from 0.051000 s on, 2 packets lost, stamps of a row up to "
            "80 us apart; counted from the first row",
        )
    ]


@pytest.mark.parametrize(
    ("first", "apart", "problem"),
    [
        (0.0, 1e-6, "within 0 s, came 0.016001 s"),  # the controller's clock: exactly equal
        (0.051, 101e-6, "within 0.0001 s, came 0.067101 s"),
    ],
)
def test_stamps_of_a_row_must_agree(
    tmp_path: Path, first: float, apart: float, problem: str
) -> None:
    folder = tmp_path / "logs" / "made" / "wave"
    clock = [first + 0.008 * row for row in range(4)]
    off = [t + apart * (row == 2) for row, t in enumerate(clock)]
    write_motion(folder, stamps={**dict.fromkeys(FILES, clock), "i_actual": off})
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path)
    assert str(raised.value) == (
        f"unpaired_rows: {folder}/log_i_actual.csv line 3: expected the stamp {clock[2]:.6f} s of "
        f"log_q_target.csv {problem}"
    )


def test_a_clock_that_does_not_rise_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "logs" / "made" / "wave"
    stamps = [0.1, 0.108, 0.108, 0.116]
    write_motion(folder, stamps=dict.fromkeys(FILES, stamps))
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path)
    assert str(raised.value) == (
        f"clock_not_rising: {folder}/log_q_target.csv line 3: expected a stamp after 0.108000 s, "
        "came 0.108000 s"
    )


def test_motion_at_the_ends_and_jumps_of_the_rotation_vector_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "logs" / "made" / "wave"
    write_motion(folder, rows=3)
    path = folder / "log_tool_vector.csv"
    lines = [line.split(", ") for line in path.read_text().splitlines()]
    for line, sign in zip(lines, (1, -1, -1), strict=True):
        line[4:] = [f"{sign * n:.6f}" for n in (3.0, 0.9, 0.1)]
    path.write_text("".join(", ".join(line) + "\n" for line in lines))
    for number in (1, 3):
        _edit("qd_actual", number, lambda line: line[: -len("0.000000")] + "-0.123400")(folder)
    (recording,) = read(tmp_path)
    assert warnings(recording) == [
        ("starts_in_motion", "wave.run-a", "a joint turns at 0.123 rad/s; kept"),
        ("ends_in_motion", "wave.run-a", "a joint turns at 0.123 rad/s; kept"),
        (
            "rotation_jumps",
            "wave.run-a",
            "the rotation vector changes its sign 1 times; stored as a quaternion",
        ),
    ]


def _edit(name: str, number: int, change: Callable[[str], str]) -> Callable[[Path], None]:
    """Change one line (counted from 1) of one log."""

    def edit(folder: Path) -> None:
        lines = (folder / f"log_{name}.csv").read_text().split("\n")
        lines[number - 1] = change(lines[number - 1])
        (folder / f"log_{name}.csv").write_text("\n".join(lines))

    return edit


EXPECTED = "7 numbers with 6 decimals, a comma and a space between them"


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (
            _edit("q_actual", 2, lambda line: line.replace("2.010000", "nan")),
            f"malformed_line: {{}}/log_q_actual.csv line 2: expected {EXPECTED}, came "
            "'0.008000, nan, 2.011000, 2.012000, 2.013000, 2.014000, 2.015000'",
        ),
        (
            _edit("i_actual", 1, lambda line: line.replace("4.000000", "4e0")),
            f"malformed_line: {{}}/log_i_actual.csv line 1: expected {EXPECTED}, came "
            "'0.000000, 4e0, 4.001000, 4.002000, 4.003000, 4.004000, 4.005000'",
        ),
        (
            _edit("q_target", 3, lambda line: line.rpartition(", ")[0]),
            f"malformed_line: {{}}/log_q_target.csv line 3: expected {EXPECTED}, came "
            "'0.016000, 1.020000, 1.021000, 1.022000, 1.023000, 1.024000'",
        ),
        (
            _edit("q_target", 3, lambda line: line + ", 0.000000"),
            f"malformed_line: {{}}/log_q_target.csv line 3: expected {EXPECTED}, came "
            "'0.016000, 1.020000, 1.021000, 1.022000, 1.023000, 1.024000, 1.025000, 0.000000'",
        ),
        (
            _edit("q_target", 2, lambda line: line + "\r"),
            f"malformed_line: {{}}/log_q_target.csv line 2: expected {EXPECTED}, came "
            "'0.008000, 1.010000, 1.011000, 1.012000, 1.013000, 1.014000, 1.015000\\r'",
        ),
        (
            _edit("q_target", 2, lambda _line: ""),
            f"malformed_line: {{}}/log_q_target.csv line 2: expected {EXPECTED}, came ''",
        ),
        (
            lambda folder: (folder / "log_qd_actual.csv").write_text("0.000000, 1.0"),
            "no_rows: {}/log_qd_actual.csv: expected at least one row, came none",
        ),
        (
            lambda folder: (folder / "log_qd_actual.csv").write_bytes(b"\xff\n"),
            "not_ascii: {}/log_qd_actual.csv: expected ASCII text, came byte 0 is not ASCII",
        ),
        (
            lambda folder: (folder / "log_tool_vector.csv").unlink(),
            "missing_file: {}/log_tool_vector.csv: expected a log file, came none",
        ),
        (
            lambda folder: (folder / "start_time.csv").write_text("yesterday\n"),
            "malformed_line: {}/start_time.csv line 1: expected a Unix time with one or two "
            "decimals, came 'yesterday'",
        ),
    ],
)
def test_a_bad_log_is_named_by_file_and_line(
    tmp_path: Path, damage: Callable[[Path], None], problem: str
) -> None:
    folder = tmp_path / "logs" / "made" / "wave"
    write_motion(folder)
    damage(folder)
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path)
    assert str(raised.value) == problem.format(folder)


def test_problems_of_all_files_and_recordings_come_at_once(tmp_path: Path) -> None:
    for motion in ("reach", "wave"):
        folder = tmp_path / "logs" / "made" / motion
        write_motion(folder)
        _edit("q_actual", 2, lambda _line: "oops")(folder)
        _edit("q_target", 4, lambda _line: "oops")(folder)
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path, "reach", "wave")
    assert len(raised.value.problems) == 4


def test_joints_must_be_those_of_the_logs(tmp_path: Path) -> None:
    wrong = dataset()
    wrong["joints"][0]["log"] = "gripper"
    with pytest.raises(ProblemsError) as raised:
        list(READER.read(wrong, tmp_path, lambda _done, _total: None))
    assert str(raised.value).startswith("joints: dataset.json: expected the joints base, shoulder")
