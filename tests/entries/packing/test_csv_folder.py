from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.entries.packing import csv_folder
from bench.entries.packing.csv_folder import read
from tests.entries.toy import Holdout, make_holdout

HOLDOUT = make_holdout()


def lines_of(folder: Path, text: bytes, holdout: Holdout = HOLDOUT) -> list[str]:
    (folder / "wave.run-a.csv").write_bytes(text)
    return [str(problem) for problem in read(folder, holdout.inputs).problems]


CASES = {
    b"": "not_csv: wave.run-a.csv: expected a header and rows, came an empty file",
    b"time,pan\n": "not_csv: wave.run-a.csv: expected a header and rows, came a header alone",
    b"time,pan, lift\n0,1,2\n": (
        "columns: wave.run-a.csv: expected the columns time, pan, lift, elbow, gripper, "
        "came also ' lift'"
    ),
    b"pan,time,pan\n0,1,2\n": (
        "columns: wave.run-a.csv: expected every column once, came 'pan' again"
    ),
    b"time\n0\n": "columns: wave.run-a.csv: expected a column for each joint, came none",
    b"time,pan\n0,1\n1\n2,3,4\n": (
        "ragged: wave.run-a.csv, line 3: expected 2 fields as in the header, came 1 (2 such lines)"
    ),
    b"time,pan\n0,1\n\n1,x\n": (
        "not_a_number: wave.run-a.csv, line 4: expected numbers, came 'x' in the column pan"
    ),
    b"time,pan\n0,1_0\n": (
        "not_a_number: wave.run-a.csv, line 2: expected numbers, came '1_0' in the column pan"
    ),
    b"time,pan\n0,\n": (
        "not_a_number: wave.run-a.csv, line 2: expected numbers, came '' in the column pan"
    ),
    b"time,pan\n0,\x1b[2J\n": (
        "not_a_number: wave.run-a.csv, line 2: expected numbers, came '\\x1b[2J' in the column pan"
    ),
    b"time,pan\n0,\xff\n": "not_utf8: wave.run-a.csv: expected UTF-8 text, came others",
    b'time,pan\n0,"1"2\n': (
        "not_csv: wave.run-a.csv, line 2: expected CSV, came ',' expected after '\"'"
    ),
}


@pytest.mark.parametrize("text", CASES)
def test_one_fault_gives_one_line(tmp_path: Path, text: bytes) -> None:
    assert lines_of(tmp_path, text) == [CASES[text]]


@pytest.mark.parametrize(
    "field",
    [
        "\u0661",
        "\uff11",
        "\u20031",
        "1\u2003",
        "\u00a01",
        "\x1c1",
        "\x0b1",
        "1\x85",
        "\u22121",
        "1_0",
    ],
)
def test_what_python_alone_reads_as_a_number_is_none(tmp_path: Path, field: str) -> None:
    assert lines_of(tmp_path, f"time,pan\n0,{field}\n".encode()) == [
        f"not_a_number: wave.run-a.csv, line 2: expected numbers, came {field!a} in the column pan"
    ]


@pytest.mark.parametrize("field", [" 1", "1 ", "\t1.0\t", "+1", "1e0", "01", "1.", "10.0E-1"])
def test_numbers_may_have_spaces_around_them(tmp_path: Path, field: str) -> None:
    (tmp_path / "wave.run-a.csv").write_text(f"pan\n{field}\n")
    (track,) = read(tmp_path, HOLDOUT.inputs).tracks
    assert track.q.tolist() == [[1]]


def test_more_rows_than_a_prediction_can_need(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_folder, "most_rows", lambda *_: 2)
    assert lines_of(tmp_path, b"time,pan\n0,1\n1,1\n2,1\n") == [
        "too_large: wave.run-a.csv: expected at most 2 rows, came more"
    ]


@pytest.mark.parametrize("text", [b"pan,time\r\n1,0\r\n2,1\r\n", b"\xef\xbb\xbfpan,time\n1,0\n2,1"])
def test_other_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "wave.run-a.csv").write_bytes(text)
    (track,) = read(tmp_path, HOLDOUT.inputs).tracks
    assert track.joints == ("pan",)
    assert track.time is not None
    assert (track.time.tolist(), track.q.tolist()) == ([0, 1], [[1], [2]])


@given(values=st.lists(st.floats(), min_size=1, max_size=20))
def test_every_number_is_read_exactly(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    (folder / "wave.run-a.csv").write_text("pan\n" + "".join(f"{v!r}\n" for v in values))
    (track,) = read(folder, HOLDOUT.inputs).tracks
    np.testing.assert_array_equal(track.q[:, 0], values)


@given(
    data=st.binary(max_size=100) | st.text('tim,epan\n\r"0123.-_ \x00', max_size=60).map(str.encode)
)
def test_any_bytes_give_a_track_or_problems(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    folder = tmp_path_factory.mktemp("csv")
    (folder / "wave.run-a.csv").write_bytes(data)
    reading = read(folder, HOLDOUT.inputs)
    assert reading.episodes == ["wave.run-a"]
    assert bool(reading.tracks) != bool(reading.problems)
    assert {problem.code for problem in reading.problems} <= csv_folder.CODES.keys()
