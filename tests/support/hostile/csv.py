"""Tables of predictions that do not end, or that are none."""

from __future__ import annotations

import os
from pathlib import Path

from tests.entries.packing.sources import csv_folder
from tests.entries.toy import good_tracks

SPOILED = "wave.run-a.csv"
HEADER = "time,pan,lift,elbow,gripper\n"
ROW = "0.0,0.1,0.2,0.3,0.4\n"


def _spoiled(source: Path, text: str | bytes) -> None:
    csv_folder(source, good_tracks())
    (source / SPOILED).write_bytes(text if isinstance(text, bytes) else text.encode())


def a_million_columns(source: Path) -> None:
    _spoiled(source, ",".join(["pan"] * 1_000_000) + "\n" + ROW)


def a_million_fields(source: Path) -> None:
    _spoiled(source, HEADER + "0," * 20_000_000 + "0\n")


def a_line_without_end(source: Path) -> None:
    _spoiled(source, HEADER + "0" * 50_000_000)


def a_quote_without_end(source: Path) -> None:
    _spoiled(source, HEADER + '"' + ROW * 100_000)


def a_hole_of_gigabytes(source: Path) -> None:
    _spoiled(source, HEADER)
    with (source / SPOILED).open("r+b") as file:
        file.truncate(2**30)


def a_hole_of_a_terabyte(source: Path) -> None:
    _spoiled(source, HEADER)
    with (source / SPOILED).open("r+b") as file:
        file.truncate(2**40)


def empty_lines_without_end(source: Path) -> None:
    _spoiled(source, HEADER + "\n" * 50_000_000)


def ragged_lines_without_end(source: Path) -> None:
    _spoiled(source, HEADER + "0\n" * 10_000_000)


def more_rows_than_needed(source: Path) -> None:
    _spoiled(source, HEADER + ROW * 140_000)


def formulas(source: Path) -> None:
    _spoiled(source, HEADER + "=1+1,+1,-1,@SUM(A1),0\n")


def digits_of_another_script(source: Path) -> None:
    _spoiled(source, HEADER + "\u0661,\u20032,0,0,0\n")


def numbers_of_a_hundred_thousand_digits(source: Path) -> None:
    _spoiled(source, HEADER + "9" * 100_000 + ",0,0,0,0\n")


def nul_bytes(source: Path) -> None:
    _spoiled(source, HEADER + "0,0,\x00,0,0\n")


def not_utf8(source: Path) -> None:
    _spoiled(source, HEADER.encode() + b"0,0,0,\xff,0\n")


def utf16(source: Path) -> None:
    _spoiled(source, (HEADER + ROW).encode("utf-16"))


def header_that_acts_on_a_terminal(source: Path) -> None:
    _spoiled(source, "time,pan,lift,elbow,\x1b[2J\u202egripper\n" + ROW)


def header_of_lookalikes(source: Path) -> None:
    _spoiled(source, "time,p\u0430n,lift,elbow,gripper\n" + ROW)


def header_with_the_same_name_twice(source: Path) -> None:
    _spoiled(source, "time,pan,pan,elbow,gripper\n" + ROW)


def pipe(source: Path) -> None:
    csv_folder(source, good_tracks())
    (source / SPOILED).unlink()
    os.mkfifo(source / SPOILED)


def link_to_an_endless_device(source: Path) -> None:
    csv_folder(source, good_tracks())
    (source / SPOILED).unlink()
    (source / SPOILED).symlink_to("/dev/zero")


def link_to_another_file(source: Path) -> None:
    csv_folder(source, good_tracks())
    (source / SPOILED).rename(source.parent / "elsewhere.csv")
    (source / SPOILED).symlink_to(source.parent / "elsewhere.csv")


def very_many_files(source: Path) -> None:
    csv_folder(source, good_tracks())
    for number in range(20_000):
        (source / f"{number}.csv").touch()


def name_that_acts_on_a_terminal(source: Path) -> None:
    csv_folder(source, good_tracks())
    (source / "\x1b[2J\u202e.csv").touch()


def name_that_is_no_text(source: Path) -> None:
    csv_folder(source, good_tracks())
    (source / os.fsdecode(b"\xff.csv")).touch()
