"""File names from names that may hold anything."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from bench.publish.report.pictures import file_name


@given(st.text(), st.integers(0, 99_999))
def test_file_names_are_plain_and_stay_in_their_folder(name: str, number: int) -> None:
    assert re.fullmatch(r"\d{4,5}-[A-Za-z0-9_.-]{0,60}", file_name(number, name))


def test_equal_names_give_different_files() -> None:
    assert file_name(1, "a/b") != file_name(2, "a\\b")
    assert file_name(7, "circle.run-a") == "0007-circle.run-a"
