"""Encryption in chunks, of data that need not fit into memory.

Each chunk of 64 KiB is sealed with ChaCha20-Poly1305 (RFC 8439) under a nonce that counts the
chunks and marks the last one: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár, Online
Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, 2015), laid out as in age
(https://age-encryption.org/v1). A chunk that was changed, moved, left out or added does not open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from bench.io.problems import Problem, ProblemsError

CHUNK = 64 * 1024
TAG = 16


def encrypted(pieces: Iterable[bytes], key: bytes, associated: bytes) -> Iterator[bytes]:
    """The chunks of a stream, encrypted.

    Args:
        pieces: the plain bytes, in pieces of any length.
        key: (32 bytes) used for this stream alone.
        associated: what every chunk is bound to.
    """
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    cipher = ChaCha20Poly1305(key)
    for number, (chunk, last) in enumerate(_chunks(pieces)):
        yield cipher.encrypt(_nonce(number, last), chunk, associated)


def _chunks(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Chunks of full length, and a last one that is empty only if all is."""
    held = bytearray()
    for piece in pieces:
        held += piece
        while len(held) > CHUNK:
            yield bytes(held[:CHUNK]), False
            del held[:CHUNK]
    yield bytes(held), True


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])


def decrypted(file: BinaryIO, key: bytes, associated: bytes, where: str) -> Iterator[bytes]:
    """The plain chunks of a stream, each after it was found unchanged.

    Args:
        file: stands at the first chunk.
        key: (32 bytes) of the stream.
        associated: what every chunk is bound to.
        where: what the file is called in problems.

    Raises:
        ProblemsError: a chunk was changed or is in another place (`sealed_chunk`), the last one
            is missing (`sealed_cut`), or there is more behind it (`sealed_trailing`).
    """
    number, chunk, following = 0, file.read(CHUNK + TAG), file.read(CHUNK + TAG)
    while True:
        last = not following
        plain = _open(key, number, last, chunk, associated)
        if plain is None:
            raise ProblemsError([_refusal(key, number, last, chunk, associated, where)])
        yield plain
        if last:
            return
        number, chunk, following = number + 1, following, file.read(CHUNK + TAG)


def _open(key: bytes, number: int, last: bool, chunk: bytes, associated: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    try:
        return ChaCha20Poly1305(key).decrypt(_nonce(number, last), chunk, associated)
    except InvalidTag:  # also of a chunk that is shorter than its tag
        return None


def _refusal(
    key: bytes, number: int, last: bool, chunk: bytes, associated: bytes, where: str
) -> Problem:
    """Why a chunk does not open; the other mark tells a wrong end from a change."""
    place = f"{where}: chunk {number}"
    if _open(key, number, not last, chunk, associated) is None:
        return Problem("sealed_chunk", place, "a chunk as it was sealed", "another")
    if last:
        return Problem("sealed_cut", place, "more chunks behind it", "the end of the file")
    return Problem("sealed_trailing", place, "the end of the file", "more behind it")
