"""Key pairs as files: who may read them, what is refused, and that none is ever replaced."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from bench.datasets.sealing.keys import (
    SecretKey,
    parse_secret_key,
    read_public_key,
    read_secret_key,
    write_new_keys,
)
from bench.io.problems import ProblemsError
from tests.datasets.sealing.made import drawn, files
from tests.datasets.sealing.oracle import x25519

LINE = "twinbench-secret-key-1:" + "0123456789abcdef" * 4


def test_a_pair_is_written_for_its_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "organiser.key"
    public, beside = write_new_keys(place, "Alice", "a@example.org", "Lab A", drawn("keys"))
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert beside == tmp_path / "organiser.key.pub"
    assert read_public_key(beside) == public
    secret = read_secret_key(place)
    assert secret.raw == drawn("keys")(32)
    assert secret.public == public.raw == x25519(secret.raw, (9).to_bytes(32, "little"))
    assert secret.id == public.id
    assert secret.raw.hex() not in beside.read_text()
    assert len(place.read_text().splitlines()) == 1


def test_no_secret_is_shown() -> None:
    assert repr(SecretKey(bytes(range(32)))) == "SecretKey()"


@pytest.mark.parametrize("there", ["k", "k.pub"])
def test_a_key_is_never_replaced(tmp_path: Path, there: str) -> None:
    (tmp_path / there).write_text("before")
    with pytest.raises(ProblemsError) as error:
        write_new_keys(tmp_path / "k", "Alice", "a@example.org")
    assert str(error.value) == (
        f"output_exists: {tmp_path / there}: expected no file: a key is never replaced, came a file"
    )
    assert files(tmp_path) == {there: b"before"}


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "k").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ProblemsError, match="output_exists"):
        write_new_keys(tmp_path / "k", "Alice", "a@example.org")
    assert not (tmp_path / "elsewhere").exists()


def test_a_name_that_does_not_fit_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="schema: public key: name"):
        write_new_keys(tmp_path / "k", "two\nlines", "a@example.org")
    assert files(tmp_path) == {}


@pytest.mark.parametrize("text", [LINE, LINE + "\n", f"  {LINE}\r\n"])
def test_a_secret_is_read_as_it_may_have_been_pasted(text: str) -> None:
    assert parse_secret_key(text, "here").raw.hex() == "0123456789abcdef" * 4


@pytest.mark.parametrize(
    "text", ["", "secret", LINE[:-1], LINE + "0", LINE.upper(), LINE + "\n" + LINE, LINE[23:]]
)
def test_what_is_no_key_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(ProblemsError) as error:
        parse_secret_key(text, "TWINBENCH_KEY")
    assert str(error.value) == (
        "not_a_key: TWINBENCH_KEY: expected one line, twinbench-secret-key-1: and 64 hexadecimal "
        "digits, came something else"
    )


def test_files_that_hold_no_secret(tmp_path: Path) -> None:
    for place in (tmp_path / "none", tmp_path):
        with pytest.raises(ProblemsError, match="missing_file"):
            read_secret_key(place)
    (tmp_path / "large").write_bytes(b"\xff" * 10_000)
    with pytest.raises(ProblemsError, match="not_a_key"):
        read_secret_key(tmp_path / "large")


# Points of low order: https://cr.yp.to/ecdh.html#validate
@pytest.mark.parametrize(
    "point",
    [
        "00" * 32,
        "01" + "00" * 31,
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ],
)
def test_a_public_key_that_shares_nothing_is_refused(tmp_path: Path, point: str) -> None:
    place = tmp_path / "k.pub"
    key = {"schema": "twinbench/public_key/1", "name": "A", "contact": "a", "lab": None}
    place.write_text(json.dumps({**key, "key": point}))
    with pytest.raises(ProblemsError) as error:
        read_public_key(place)
    assert str(error.value) == (
        f"not_a_key: {place}: expected a public key of X25519, came a point of low order"
    )
