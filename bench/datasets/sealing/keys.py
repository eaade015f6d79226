"""Key pairs of organisers: X25519 (RFC 7748), as text.

A secret key is one line, `twinbench-secret-key-1:` and 64 hexadecimal digits, so that it can be
pasted as a secret of a CI service. A public key is a document of kind `public_key`, which also
says whose it is.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench.io.atomic import interrupts_deferred
from bench.io.documents import Document, check, dump, read_document
from bench.io.problems import Problem, ProblemsError

Source = Callable[[int], bytes]
"""Gives so many random bytes."""
RANDOM: Source = secrets.token_bytes
KEY_BYTES = 32
MAX_TEXT = 1024
_SECRET = re.compile(r"\s*twinbench-secret-key-1:([0-9a-f]{64})\s*")


@dataclass(frozen=True)
class PublicKey:
    """A key that anyone may seal to.

    Attributes:
        raw: its 32 bytes.
        name: who can open what is sealed to it.
        contact: e-mail address or URL of them.
        lab: the lab whose entries are those of a key holder; None if it hands in none.
    """

    raw: bytes
    name: str
    contact: str
    lab: str | None = None

    @property
    def id(self) -> str:
        """SHA-256 of the key, in hexadecimal."""
        return hashlib.sha256(self.raw).hexdigest()

    def document(self) -> Document:
        """The document of kind `public_key`."""
        return {
            "schema": "twinbench/public_key/1",
            "name": self.name,
            "contact": self.contact,
            "lab": self.lab,
            "key": self.raw.hex(),
        }


@dataclass(frozen=True)
class SecretKey:
    """A key that opens what was sealed to its public half.

    Attributes:
        raw: its 32 bytes; never shown.
    """

    raw: bytes = field(repr=False)

    @property
    def public(self) -> bytes:
        """The public half, 32 bytes."""
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        return X25519PrivateKey.from_private_bytes(self.raw).public_key().public_bytes_raw()

    @property
    def id(self) -> str:
        """Id of the public half."""
        return hashlib.sha256(self.public).hexdigest()

    def text(self) -> str:
        """The key as one line, with the newline."""
        return f"twinbench-secret-key-1:{self.raw.hex()}\n"


def parse_secret_key(text: str, where: str) -> SecretKey:
    """Read a secret key; what came is not repeated in the problem.

    Raises:
        ProblemsError: it is none.
    """
    found = _SECRET.fullmatch(text)
    if found is None:
        expected = "one line, twinbench-secret-key-1: and 64 hexadecimal digits"
        raise ProblemsError([Problem("not_a_key", where, expected, "something else")])
    return SecretKey(bytes.fromhex(found[1]))


def read_secret_key(path: Path) -> SecretKey:
    """Read a file with a secret key.

    Raises:
        ProblemsError: it is not there or holds none.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_TEXT).decode("ascii", errors="replace")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        expected = "a file with a secret key"
        raise ProblemsError([Problem("missing_file", str(path), expected, "no file")]) from None
    return parse_secret_key(text, str(path))


def read_public_key(path: Path) -> PublicKey:
    """Read a file with a public key.

    Raises:
        ProblemsError: it is not there, does not fit its schema, or no secret could be shared
            with the key.
    """
    document = read_document(path, "public_key")
    key = PublicKey(
        bytes.fromhex(document["key"]), document["name"], document["contact"], document["lab"]
    )
    if shared_secret(SecretKey(bytes(KEY_BYTES)), key.raw) is None:
        expected = "a public key of X25519"
        raise ProblemsError([Problem("not_a_key", str(path), expected, "a point of low order")])
    return key


def shared_secret(own: SecretKey, other: bytes) -> bytes | None:
    """What the two keys share (RFC 7748, section 6.1); None if the other is a point of low order.

    Args:
        own: the secret key of one side.
        other: (32 bytes) public key of the other side.
    """
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

    private = X25519PrivateKey.from_private_bytes(own.raw)
    try:
        return private.exchange(X25519PublicKey.from_public_bytes(other))
    except ValueError:
        return None


def write_new_keys(
    path: Path, name: str, contact: str, lab: str | None = None, source: Source = RANDOM
) -> tuple[PublicKey, Path]:
    """Make a key pair: the secret key at `path`, for its owner alone, the public one beside it.

    Args:
        path: file to write, mode 0600; the public key gets the same name with `.pub` behind it.
        name: who holds the key.
        contact: e-mail address or URL of them.
        lab: the lab whose entries are those of a key holder.
        source: of random bytes.

    Returns:
        The public key and its file.

    Raises:
        ProblemsError: a file is there already, or a text does not fit; nothing is written then.
    """
    secret = SecretKey(source(KEY_BYTES))
    public = PublicKey(secret.public, name, contact, lab)
    text = dump(check(public.document(), "public_key", "public key"))
    beside = path.with_name(path.name + ".pub")
    with interrupts_deferred():  # two files of a hundred bytes: both or none
        _write_new(path, secret.text(), 0o600)
        try:
            _write_new(beside, text, 0o666)
        except BaseException:
            path.unlink()
            raise
    return public, beside


def _write_new(path: Path, text: str, mode: int) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        expected = "no file: a key is never replaced"
        raise ProblemsError([Problem("output_exists", str(path), expected, "a file")]) from None
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())
