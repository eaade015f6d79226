"""Chunks: as the STREAM construction has them, and only whole streams open."""

from __future__ import annotations

import io
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.datasets.sealing.stream import CHUNK, decrypted, encrypted
from bench.io.problems import ProblemsError
from tests.datasets.sealing.oracle import aead

KEY = bytes(range(32))
SEALED = CHUNK + 16


def _plain(length: int) -> bytes:
    return bytes(i * 7 % 251 for i in range(length))


def _sealed(plain: bytes) -> list[bytes]:
    return list(encrypted([plain], KEY, b"head"))


def _opened(chunks: list[bytes]) -> bytes:
    return b"".join(decrypted(io.BytesIO(b"".join(chunks)), KEY, b"head", "file"))


@pytest.mark.parametrize(
    ("length", "chunks"),
    [(0, 1), (1, 1), (CHUNK, 1), (CHUNK + 1, 2), (2 * CHUNK, 2), (3 * CHUNK - 1, 3)],
)
def test_lengths_around_a_chunk(length: int, chunks: int) -> None:
    sealed = _sealed(_plain(length))
    assert len(sealed) == chunks
    assert sum(map(len, sealed)) == length + 16 * chunks
    assert _opened(sealed) == _plain(length)


def test_nonces_count_and_mark_the_last(length: int = CHUNK + 3) -> None:
    first, last = _sealed(_plain(length))
    assert aead(KEY, bytes(12), first, b"head") == _plain(length)[:CHUNK]
    assert aead(KEY, bytes(10) + b"\x01\x01", last, b"head") == _plain(length)[CHUNK:]


@settings(max_examples=20)
@given(cuts=st.lists(st.integers(0, 3 * CHUNK), max_size=5))
def test_how_the_bytes_arrive_does_not_matter(cuts: list[int]) -> None:
    plain = _plain(3 * CHUNK)
    ends = [0, *sorted(cuts), len(plain)]
    pieces = [plain[a:b] for a, b in itertools.pairwise(ends)]
    assert list(encrypted(pieces, KEY, b"head")) == _sealed(plain)


def test_a_stream_is_read_chunk_by_chunk() -> None:
    """Neither end is held in memory: the first chunk comes before the third was asked for."""
    asked = 0

    def pieces():  # type: ignore[no-untyped-def]
        nonlocal asked
        for _ in range(1000):
            asked += 1
            yield bytes(CHUNK)

    chunks = encrypted(pieces(), KEY, b"")
    next(chunks)
    assert asked == 2


FULL = _sealed(_plain(3 * CHUNK))


@pytest.mark.parametrize(
    ("chunks", "message"),
    [
        (FULL[:2], "sealed_cut: file: chunk 1: expected more chunks behind it, came the end of"),
        ([], "sealed_chunk: file: chunk 0: expected a chunk as it was sealed, came another"),
        ([*FULL, FULL[2]], "sealed_trailing: file: chunk 2: expected the end of the file, came"),
        ([*FULL, b"x"], "sealed_trailing: file: chunk 2: expected the end of the file, came more"),
        ([FULL[1], FULL[0], FULL[2]], "sealed_chunk: file: chunk 0"),
        ([FULL[0], FULL[2]], "sealed_chunk: file: chunk 1"),
        ([FULL[0], FULL[1], FULL[1]], "sealed_chunk: file: chunk 2"),
        ([*FULL[:2], FULL[2][:-1]], "sealed_chunk: file: chunk 2"),
    ],
)
def test_only_whole_streams_open(chunks: list[bytes], message: str) -> None:
    with pytest.raises(ProblemsError) as error:
        _opened(chunks)
    assert str(error.value).startswith(message)


@pytest.mark.parametrize(("key", "head"), [(bytes(32), b"head"), (KEY, b"heat")])
def test_another_key_or_head_opens_nothing(key: bytes, head: bytes) -> None:
    with pytest.raises(ProblemsError, match="sealed_chunk: file: chunk 0"):
        list(decrypted(io.BytesIO(b"".join(FULL)), key, head, "file"))
