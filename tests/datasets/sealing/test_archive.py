"""The archive inside a sealed file, as a stranger who seals to a public key may write it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datasets.sealing.archive import pack, unpack
from bench.io.problems import ProblemsError
from tests.datasets.sealing.made import files


def record(name: bytes, content: bytes) -> bytes:
    return len(name).to_bytes(2, "big") + name + len(content).to_bytes(8, "big") + content


def test_a_folder_comes_back_and_its_bytes_are_as_documented(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "q" / "c").mkdir(parents=True)
    (source / "q" / "c" / "0").write_bytes(b"chunk")
    (source / "q" / "zarr.json").write_bytes(b"{}")
    (source / "a").write_bytes(b"")
    packed = b"".join(pack(source))
    expected = record(b"a", b"") + record(b"q/c/0", b"chunk") + record(b"q/zarr.json", b"{}")
    assert packed == expected + b"\0\0"
    unpack([packed[:7], b"", packed[7:]], tmp_path / "copy", "here")
    assert files(tmp_path / "copy") == files(source)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "an archive with an end, came one that is cut short"),
        (b"\0", "an archive with an end, came one that is cut short"),
        (record(b"a", b"x"), "an archive with an end, came one that is cut short"),
        (record(b"a", b"x")[:-1], "an archive with an end, came one that is cut short"),
        (b"\0\0x", "nothing behind the last record, came more"),
        (record(b"../a", b"x") + b"\0\0", "plain paths in their order, came '../a'"),
        (record(b"/a", b"x") + b"\0\0", "plain paths in their order, came '/a'"),
        (record(b"a/../b", b"x") + b"\0\0", "plain paths in their order, came 'a/../b'"),
        (record(b"a//b", b"x") + b"\0\0", "plain paths in their order, came 'a//b'"),
        (record(b".", b"x") + b"\0\0", "plain paths in their order, came '.'"),
        (record(b"a\n", b"x") + b"\0\0", "plain paths in their order, came 'a\\n'"),
        (record(b"\xff", b"x") + b"\0\0", "plain paths in their order, came '\\ufffd'"),
        (
            record(b"a" * 101, b"x") + b"\0\0",
            f"plain paths in their order, came '{('a' * 101)[:80]}'",
        ),
        (record(b"b", b"") + record(b"a", b"") + b"\0\0", "plain paths in their order, came 'a'"),
        (record(b"a", b"") + record(b"a", b"") + b"\0\0", "plain paths in their order, came 'a'"),
        (record(b"a", b"") + record(b"a/b", b"") + b"\0\0", "each path once, came 'a/b'"),
        (b"\0\1a" + b"\xff" * 8, "an archive with an end, came one that is cut short"),
    ],
)
def test_a_malformed_archive_is_refused(data: bytes, message: str, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    with pytest.raises(ProblemsError) as error:
        unpack([data], folder, "file")
    assert str(error.value) == f"sealed_archive: file: expected {message}"
    assert {path.name for path in tmp_path.iterdir()} <= {"folder"}


PARTS = st.sampled_from([b"a", b"..", b".", b"b/c", b"/etc", b"", b"\0", b"a" * 120, b"zarr.json"])
RECORDS = st.lists(st.tuples(PARTS, st.binary(max_size=9)), max_size=5)


@settings(max_examples=200)
@given(records=RECORDS, end=st.binary(max_size=5), cut=st.integers(0, 40))
def test_nothing_leaves_the_folder(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[tuple[bytes, bytes]],
    end: bytes,
    cut: int,
) -> None:
    place = tmp_path_factory.mktemp("fuzz")
    data = (b"".join(record(name, content) for name, content in records) + end)[cut:]
    try:
        unpack([data], place / "folder", "file")
    except ProblemsError as error:
        assert {problem.code for problem in error.problems} == {"sealed_archive"}
    assert {path.name for path in place.iterdir()} <= {"folder"}
