from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from bench.datasets import npz
from bench.datasets.npz import archive_bytes, read_arrays
from bench.io.problems import ProblemsError

FORMS = {"name": ("U", "J"), "time": ("<u4", "T"), "value": ("<i2", "TJ")}
ARRAYS = {
    "name": np.array(["hip", "jaw"]),
    "time": np.array([3, 20_059, 20_061], "<u4"),
    "value": np.array([[1, -2], [3, -4], [500, -600]], "<i2"),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "arrays.npz").write_bytes(archive_bytes(ARRAYS))
    return tmp_path / "arrays.npz"


def problems_of(path: Path) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read_arrays(path, FORMS)
    return [str(problem).replace(f"{path}", "LOG") for problem in caught.value.problems]


def test_numpy_reads_what_is_written(path: Path) -> None:
    with np.load(path, allow_pickle=False) as archive:
        assert list(archive) == list(ARRAYS)
        for name, values in ARRAYS.items():
            assert archive[name].dtype == values.dtype
            assert archive[name].tolist() == values.tolist()


def test_what_numpy_writes_is_read(path: Path) -> None:
    np.savez_compressed(path, **ARRAYS, more=np.zeros(3))
    came = read_arrays(path, FORMS)
    assert {name: v.tolist() for name, v in came.items()} == {
        name: v.tolist() for name, v in ARRAYS.items()
    }


@pytest.mark.parametrize(
    ("name", "values", "message"),
    [
        (
            "time",
            np.zeros(3, "<i8"),
            "wrong_form: LOG: time: expected uint32 with 1 axes, came int64 with 1 axes",
        ),
        (
            "value",
            np.zeros(3, "<i2"),
            "wrong_form: LOG: value: expected int16 with 2 axes, came int16 with 1 axes",
        ),
        (
            "name",
            np.zeros(2, "S3"),
            "wrong_form: LOG: name: expected text with 1 axes, came bytes24 with 1 axes",
        ),
        (
            "value",
            np.asfortranarray(np.ones((3, 2), "<i2")),
            "not_an_array: LOG: value: expected int16 with 2 axes, came an array that is not "
            "stored by rows, or of objects",
        ),
    ],
)
def test_another_form(path: Path, name: str, values: np.ndarray, message: str) -> None:
    np.savez(path, **{**ARRAYS, name: values})
    assert problems_of(path) == [message]


def test_a_missing_file_and_something_else(tmp_path: Path) -> None:
    assert problems_of(tmp_path / "none.npz") == [
        "missing_file: LOG: expected an archive, came none"
    ]
    path = tmp_path / "text.npz"
    path.write_text("no archive")
    assert [message.split(":")[0] for message in problems_of(path)] == ["not_an_archive"]


def repacked(path: Path, members: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_missing_arrays(path: Path) -> None:
    members = members_of(path)
    del members["time.npy"], members["name.npy"]
    repacked(path, members)
    assert problems_of(path) == [
        "missing_array: LOG: name: expected an array, came none",
        "missing_array: LOG: time: expected an array, came none",
    ]


def test_an_encrypted_archive_and_another_compression(path: Path) -> None:
    whole = path.read_bytes()
    data = bytearray(whole)
    data[data.index(b"PK\x01\x02") + 8] |= 1  # the flag of the first entry
    path.write_bytes(bytes(data))
    assert [message.split(":")[0] for message in problems_of(path)] == ["not_an_archive"]
    path.write_bytes(whole)
    members = members_of(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert len(problems_of(path)) == 3
    assert problems_of(path)[0] == (
        "compression: LOG: name: expected a deflated array, came method 12"
    )


def test_an_array_too_large_is_not_unpacked(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npz, "MAX_BYTES", 200)
    members = members_of(path) | {"time.npy": bytes(10_000)}
    repacked(path, members)
    assert "too_large: LOG: time: expected at most 200 bytes, came 10000 bytes" in problems_of(path)


def header_of(shape: tuple[int, ...], descr: str) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        file, {"descr": descr, "fortran_order": False, "shape": shape}
    )
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        header_of((2**40,), "<u4") + bytes(20),  # a shape that there are no bytes for
        header_of((2,), "|O") + bytes(16),
        b"\x93NUMPY\x01\x00",
        b"",
        b"garbage of some length",
    ],
)
def test_a_header_that_lies(path: Path, data: bytes) -> None:
    repacked(path, members_of(path) | {"time.npy": data})
    messages = problems_of(path)
    assert len(messages) == 1
    assert messages[0].startswith("not_an_array: LOG: time: expected uint32 with 1 axes, came ")


def test_a_cut_archive(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert [message.split(":")[0] for message in problems_of(path)] == ["not_an_archive"]


def test_a_damaged_byte_is_said_or_does_not_matter(path: Path) -> None:
    data, expected, said = path.read_bytes(), read_arrays(path, FORMS), 0
    places = range(len(data))
    for place in places:
        path.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        try:
            came = read_arrays(path, FORMS)
        except ProblemsError:
            said += 1
            continue
        assert {n: v.tolist() for n, v in came.items()} == {
            n: v.tolist() for n, v in expected.items()
        }
    assert said > len(places) / 2
