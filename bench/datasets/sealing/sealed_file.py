"""A sealed file: its head (`header`), and behind it an archive in encrypted chunks (`stream`)."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from bench.datasets.sealing.header import Header, read_header
from bench.datasets.sealing.stream import decrypted, encrypted
from bench.io.problems import Problem, ProblemsError


def write_sealed(path: Path, header: Header, data_key: bytes, plain: Iterable[bytes]) -> str:
    """Write a sealed file and read it back before anyone relies on it.

    Args:
        path: the file.
        header: its head.
        data_key: 32 bytes, which the head wraps.
        plain: what is sealed, in pieces.

    Returns:
        SHA-256 of the file's bytes.

    Raises:
        ProblemsError: what was read back is not what was written.
    """
    head = header.sealed(data_key)
    sealed, written = hashlib.sha256(head), hashlib.sha256()
    with path.open("wb") as file:
        file.write(head)
        chunks = encrypted(_hashed(plain, written), header.payload_key(data_key), head)
        for chunk in _hashed(chunks, sealed):
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    read = hashlib.sha256()
    with path.open("rb") as file:
        for piece in opened_pieces(file, *read_header(file, path.name), data_key, path.name):
            read.update(piece)
    if read.digest() != written.digest():
        expected = "a sealed file that opens to what was sealed"
        raise ProblemsError([Problem("sealed_chunk", str(path), expected, "another")])
    return sealed.hexdigest()


def _hashed(pieces: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def opened_pieces(
    file: BinaryIO, header: Header, mac: bytes, data_key: bytes, where: str
) -> Iterator[bytes]:
    """What is sealed, piece by piece, each after it was found unchanged.

    Args:
        file: stands behind the head.
        header: the head.
        mac: the HMAC behind it.
        data_key: 32 bytes, from `unwrap`.
        where: what the file is called in problems.

    Raises:
        ProblemsError: the head (`sealed_head`) or a chunk (see `decrypted`) was changed.
    """
    if not header.authentic(data_key, mac):
        expected = "a head as its sealer wrote it"
        raise ProblemsError([Problem("sealed_head", where, expected, "another")])
    yield from decrypted(file, header.payload_key(data_key), header.encode() + mac, where)
