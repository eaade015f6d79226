"""Secret seeds: as long as a key, and no pattern."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datasets.sealing.seed import read_seed
from bench.io.problems import ProblemsError

EXPECTED = "at least 32 hexadecimal digits, as from: openssl rand -hex 32"


@pytest.mark.parametrize("text", ["0123456789abcdef" * 2, "  0123456789ABCDEF0123456789abcdef\n"])
def test_a_seed_is_read(tmp_path: Path, text: str) -> None:
    (tmp_path / "seed").write_text(text)
    assert read_seed(tmp_path / "seed") == bytes.fromhex("0123456789abcdef" * 2)


@pytest.mark.parametrize(
    ("text", "code", "came"),
    [
        ("0123456789abcdef", "weak_seed", "64 bits"),
        ("0123456789abcdef0123456789abcd", "weak_seed", "120 bits"),
        ("", "weak_seed", "0 bits"),
        ("00" * 32, "weak_seed", "a pattern, which can be guessed"),
        ("0123456789abcd" * 1 + "01" * 25, "weak_seed", "a pattern, which can be guessed"),
        ("12345", "not_a_seed", "something else"),
        ("correct horse", "not_a_seed", "something else"),
    ],
)
def test_weak_seeds_are_refused(tmp_path: Path, text: str, code: str, came: str) -> None:
    place = tmp_path / "seed"
    place.write_text(text)
    with pytest.raises(ProblemsError) as error:
        read_seed(place)
    assert str(error.value) == f"{code}: {place}: expected {EXPECTED}, came {came}"


def test_a_seed_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as error:
        read_seed(tmp_path / "none")
    assert str(error.value).startswith("missing_file: ")


@settings(max_examples=200)
@given(data=st.binary(max_size=100))
def test_any_file_is_a_seed_or_a_problem(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    place = tmp_path_factory.getbasetemp() / "any-seed"
    place.write_bytes(data)
    try:
        assert len(read_seed(place)) >= 16
    except ProblemsError as error:
        assert {problem.code for problem in error.problems} <= {"weak_seed", "not_a_seed"}
