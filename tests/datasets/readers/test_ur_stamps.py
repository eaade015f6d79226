"""Stamps of the start, and copies of files among recordings."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.datasets.readers.ur_stamps import copied_files
from bench.io.problems import ProblemsError


def write(root: Path, name: str, start: str | None, imu: str | None = None) -> Path:
    folder = root / name
    folder.mkdir()
    if start is not None:
        (folder / "start_time.csv").write_text(start)
    if imu is not None:
        (folder / "acc_data.csv").write_text(imu)
    return folder


def found(**folders: Path) -> dict[str, list[tuple[str, str, str]]]:
    listed = copied_files(folders)
    return {n: [(w.code, w.where, w.what) for w in ws] for n, ws in listed.items()}


@pytest.mark.parametrize("start", [None, "1380031898.5\n", "1380031898.58\n1380031898.58\n"])
def test_a_good_stamp_or_none_is_no_warning(tmp_path: Path, start: str | None) -> None:
    assert found(a=write(tmp_path, "a", start)) == {"a": []}


def test_stamps_without_line_ends_are_read(tmp_path: Path) -> None:
    folder = write(tmp_path, "a", ("1380031898.58" * 20)[:251])
    assert found(a=folder)["a"] == [
        (
            "no_line_ends",
            "a start_time.csv",
            "one line of 251 characters that repeats a stamp; its first is used",
        )
    ]


def test_a_cut_stamp_is_told(tmp_path: Path) -> None:
    folder = write(tmp_path, "a", "1380031898.58\n1380031898.58\n13")
    assert found(a=folder)["a"] == [
        ("cut_last_line", "a start_time.csv line 3", "no line end: 2 characters; left out")
    ]


@pytest.mark.parametrize("start", ["", "13\n", "1380031898.58x\n", "1380031898.581380031899.58"])
def test_another_first_line_is_a_problem(tmp_path: Path, start: str) -> None:
    with pytest.raises(ProblemsError) as raised:
        found(a=write(tmp_path, "a", start), b=write(tmp_path, "b", "no time"))
    assert [problem.code for problem in raised.value.problems] == ["malformed_line"] * 2


def test_of_equal_files_the_one_that_began_first_is_no_copy(tmp_path: Path) -> None:
    folders = {
        "late": write(tmp_path, "late", "1386685000.0\n", "same"),
        "early": write(tmp_path, "early", "1386681000.0\n", "same"),
        "other": write(tmp_path, "other", "1386680000.0\n", "another"),
        "undated": write(tmp_path, "undated", None, "same"),
        "none": write(tmp_path, "none", "1386680000.0\n"),
    }
    copied = "the same bytes as in early; not used"
    assert found(**folders) == {
        "late": [("copied_file", "late acc_data.csv", copied)],
        "early": [],
        "other": [],
        "undated": [("copied_file", "undated acc_data.csv", copied)],
        "none": [],
    }
