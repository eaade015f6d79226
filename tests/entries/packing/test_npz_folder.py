from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.entries.packing import npz_folder
from bench.entries.packing.npz_folder import read
from tests.entries.toy import make_holdout

HOLDOUT = make_holdout()
Q = np.arange(12.0).reshape(3, 4)


def lines_of(folder: Path) -> list[str]:
    return [str(problem) for problem in read(folder, HOLDOUT.inputs).problems]


def header(text: str) -> bytes:
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


ARRAYS: list[tuple[dict[str, Any], str]] = [
    ({"time": Q[:, 0]}, "arrays: wave.run-a.npz: expected the arrays q and, if there are any, "
     "time and joints, once each, came 'time'"),
    ({"q": Q, "dq": Q}, "arrays: wave.run-a.npz: expected the arrays q and, if there are any, "
     "time and joints, once each, came 'q', 'dq'"),
    ({"q": Q[0]}, "array_form: wave.run-a.npz: q: expected 2 dimensions of numbers, "
     "came (4,) of float64"),
    ({"q": Q, "time": Q}, "array_form: wave.run-a.npz: time: expected 1 dimensions of numbers, "
     "came (3, 4) of float64"),
    ({"q": Q + 1j}, "array_form: wave.run-a.npz: q: expected 2 dimensions of numbers, "
     "came (3, 4) of complex128"),
    ({"q": Q, "joints": np.arange(4)}, "array_form: wave.run-a.npz: joints: expected "
     "1 dimensions of text, came (4,) of int64"),
]  # fmt: skip


@pytest.mark.parametrize(("arrays", "line"), ARRAYS)
def test_one_fault_gives_one_line(tmp_path: Path, arrays: dict[str, Any], line: str) -> None:
    np.savez(tmp_path / "wave.run-a.npz", **arrays)
    assert lines_of(tmp_path) == [line]


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("point", [0xD800, 0xDFFF, 0x110000, 0xFFFFFFFF])
def test_texts_hold_characters_alone(tmp_path: Path, point: int, order: str) -> None:
    names = np.array([*map(ord, "pan"), point], f"{order}u4").view(f"{order}U1")
    np.savez(tmp_path / "wave.run-a.npz", q=Q, joints=names)
    assert lines_of(tmp_path) == [
        f"array_form: wave.run-a.npz: joints: expected text in Unicode, "
        f"came the code point {point:#x}"
    ]


@pytest.mark.parametrize("order", "<>")
def test_texts_of_either_byte_order_are_read(tmp_path: Path, order: str) -> None:
    names = ["pan", "\ud7ff", "\ue000", "\U0010ffff"]
    np.savez(tmp_path / "wave.run-a.npz", q=Q, joints=np.array(names, f"{order}U3"))
    (track,) = read(tmp_path, HOLDOUT.inputs).tracks
    assert track.joints == tuple(names)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f8", ">f8", "<f4", "<i2"])
def test_numbers_of_any_layout_are_read(tmp_path: Path, order: Any, dtype: str) -> None:
    np.savez(tmp_path / "wave.run-a.npz", q=np.array(Q, dtype=dtype, order=order))
    (track,) = read(tmp_path, HOLDOUT.inputs).tracks
    assert track.q.dtype == np.float64
    np.testing.assert_array_equal(track.q, Q)


class Trap:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path("/nonexistent/trap").touch, ())


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "wave.run-a.npz", "w") as archive:
        text = "{'descr': '|O', 'fortran_order': False, 'shape': (1, 1)}\n"
        archive.writestr("q.npy", header(text) + pickle.dumps(Trap()))
    assert lines_of(tmp_path) == [
        "array_form: wave.run-a.npz: q: expected 2 dimensions of numbers, came (1, 1) of object"
    ]


@pytest.mark.parametrize(
    ("shape", "line"),
    [
        ("(100000000000, 4)", "too_large: wave.run-a.npz: q: expected at most 131072 rows, "
         "came (100000000000, 4) of float64"),
        ("(3, 100000000000)", "too_large: wave.run-a.npz: q: expected at most 131072 rows, "
         "came (3, 100000000000) of float64"),
        ("(-1, 4)", "array_form: wave.run-a.npz: q: expected 2 dimensions of numbers, "
         "came (-1, 4) of float64"),
        ("(2, 4)", "not_npz: wave.run-a.npz: q: expected 64 bytes, came more"),
        ("(4, 4)", "not_npz: wave.run-a.npz: q: expected 128 bytes, came 96"),
        ("(3, 4)[0]", "not_npz: wave.run-a.npz: q: expected an array as numpy 1.0 or 2.0 writes "
         "it, came another form"),
    ],
)  # fmt: skip
def test_what_a_header_promises_is_checked_before_it_is_read(
    tmp_path: Path, shape: str, line: str
) -> None:
    text = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}}}\n"
    with zipfile.ZipFile(tmp_path / "wave.run-a.npz", "w") as archive:
        archive.writestr("q.npy", header(text) + Q.tobytes())
    assert lines_of(tmp_path) == [line]


def _archive() -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, q=Q, time=Q[:, 0], joints=np.array(["pan", "lift", "elbow", "g"]))
    return buffer.getvalue()


ARCHIVE = _archive()


@settings(max_examples=200)
@given(place=st.integers(0, len(ARCHIVE)), other=st.binary(max_size=6), cut=st.booleans())
def test_any_bytes_give_a_track_or_problems(
    tmp_path_factory: pytest.TempPathFactory, place: int, other: bytes, cut: bool
) -> None:
    folder = tmp_path_factory.mktemp("npz")
    rest = b"" if cut else ARCHIVE[place + len(other) :]
    (folder / "wave.run-a.npz").write_bytes(ARCHIVE[:place] + other + rest)
    reading = read(folder, HOLDOUT.inputs)
    assert bool(reading.tracks) != bool(reading.problems)
    assert {problem.code for problem in reading.problems} <= npz_folder.CODES.keys()
