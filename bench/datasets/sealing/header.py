"""The head of a sealed file: what it holds, and the data key, wrapped for each organiser.

    8 bytes    b"twb-seal"
    1 byte     version of the format, 1
    1 byte     content: 1 the truth of a holdout, 2 results
    1 byte     n, length of the dataset's name
    n bytes    the name, ASCII
    32 bytes   root of the holdout's lock
    32 bytes   SHA-256 of what sealed.json says of the organisers
    32 bytes   salt
    1 byte     r, number of organisers
    r times    32 bytes  SHA-256 of the organiser's public key
               32 bytes  ephemeral public key
               48 bytes  the data key, encrypted
    32 bytes   HMAC-SHA256 of all that stands before it

The data key is wrapped as age's X25519 recipients do it (https://age-encryption.org/v1): an
ephemeral X25519 key (RFC 7748), HKDF-SHA256 (RFC 5869) and ChaCha20-Poly1305 (RFC 8439). Keys of
the HMAC and of the chunks are drawn from the data key with HKDF-SHA256 and the salt.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from bench.datasets.sealing.keys import KEY_BYTES, RANDOM, SecretKey, Source, shared_secret
from bench.io.documents import Document, dump
from bench.io.problems import Problem, ProblemsError

MAGIC = b"twb-seal"
VERSION = 1
TRUTH, RESULTS = 1, 2
MAX_ORGANISERS = 32
MAC = 32
NOBODY = bytes(32)
"""Stands for the organisers where none is named."""
_LABEL = b"twinbench seal 1 "
_NAME = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


@dataclass(frozen=True)
class Stanza:
    """The data key, wrapped for one organiser.

    Attributes:
        recipient: SHA-256 of the organiser's public key.
        ephemeral: public half of a key made for this stanza alone.
        wrapped: the data key, encrypted and with a tag.
    """

    recipient: bytes
    ephemeral: bytes
    wrapped: bytes


@dataclass(frozen=True)
class Header:
    """What a sealed file says of itself.

    Attributes:
        content: `TRUTH` or `RESULTS`.
        dataset: its name.
        root: root of the holdout's lock, 32 bytes.
        people: `people_hash` of the organisers in `sealed.json`.
        salt: 32 random bytes.
        stanzas: one for each organiser; none where the key is known otherwise.
    """

    content: int
    dataset: str
    root: bytes
    people: bytes
    salt: bytes
    stanzas: tuple[Stanza, ...]

    def encode(self) -> bytes:
        """The bytes up to the HMAC."""
        stanzas = b"".join(s.recipient + s.ephemeral + s.wrapped for s in self.stanzas)
        count = bytes([len(self.stanzas)])
        bound = _bound(self.content, self.dataset, self.root)
        return bound + self.people + self.salt + count + stanzas

    def sealed(self, data_key: bytes) -> bytes:
        """The whole head: all that the chunks are bound to."""
        return self.encode() + self._mac(data_key)

    def payload_key(self, data_key: bytes) -> bytes:
        """The key of the chunks."""
        return derived(data_key, self.salt, b"payload")

    def authentic(self, data_key: bytes, mac: bytes) -> bool:
        """Whether a holder of the data key wrote this."""
        return hmac.compare_digest(self._mac(data_key), mac)

    def _mac(self, data_key: bytes) -> bytes:
        key = derived(data_key, self.salt, b"header")
        return hmac.new(key, self.encode(), hashlib.sha256).digest()


def _bound(content: int, dataset: str, root: bytes) -> bytes:
    """What a wrapped key is bound to."""
    name = dataset.encode("ascii")
    return MAGIC + bytes([VERSION, content, len(name)]) + name + root


def people_hash(organisers: Sequence[Document]) -> bytes:
    """SHA-256 of the organisers as `sealed.json` has them, in the one text form of documents."""
    return hashlib.sha256(dump({"organisers": list(organisers)}).encode()).digest()


def derived(key: bytes, salt: bytes, purpose: bytes) -> bytes:
    """A key of 32 bytes for one purpose, by HKDF-SHA256."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, salt, _LABEL + purpose).derive(key)


def make_header(
    dataset: str,
    root: bytes,
    recipients: Sequence[bytes],
    data_key: bytes,
    source: Source = RANDOM,
    people: bytes = NOBODY,
    content: int = TRUTH,
) -> Header:
    """The head of a new sealed file.

    Args:
        dataset: its name.
        root: root of the holdout's lock.
        recipients: public keys of those who shall open it.
        data_key: 32 bytes, fresh.
        source: of random bytes.
        people: `people_hash` of the organisers.
        content: what is sealed.
    """
    bound = _bound(content, dataset, root)
    stanzas = tuple(_wrap(data_key, public, bound, source) for public in recipients)
    return Header(content, dataset, root, people, source(32), stanzas)


def _wrap(data_key: bytes, public: bytes, bound: bytes, source: Source) -> Stanza:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    ephemeral = SecretKey(source(KEY_BYTES))
    shared = shared_secret(ephemeral, public)
    if shared is None:
        raise ValueError("a public key of low order; read_public_key refuses it")
    key = derived(shared, ephemeral.public + public, b"X25519")
    # The key encrypts this alone, so that the nonce need not vary.
    wrapped = ChaCha20Poly1305(key).encrypt(bytes(12), data_key, bound)
    return Stanza(hashlib.sha256(public).digest(), ephemeral.public, wrapped)


def unwrap(header: Header, secret: SecretKey, where: str) -> bytes:
    """The data key, with the secret key of an organiser.

    Raises:
        ProblemsError: the key is none of those that the head names (`wrong_key`), or what is
            wrapped for it was changed (`sealed_wrap`).
    """
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    public, recipient = secret.public, bytes.fromhex(secret.id)
    own = [stanza for stanza in header.stanzas if stanza.recipient == recipient]
    if not own:
        expected = "one of the keys " + ", ".join(s.recipient.hex()[:16] for s in header.stanzas)
        raise ProblemsError([Problem("wrong_key", where, expected, secret.id[:16])])
    shared = shared_secret(secret, own[0].ephemeral)
    if shared is not None:
        key = derived(shared, own[0].ephemeral + public, b"X25519")
        bound = _bound(header.content, header.dataset, header.root)
        try:
            return ChaCha20Poly1305(key).decrypt(bytes(12), own[0].wrapped, bound)
        except InvalidTag:
            pass
    expected = "a data key as it was wrapped for this holdout"
    raise ProblemsError([Problem("sealed_wrap", where, expected, "another")])


def read_header(file: BinaryIO, where: str) -> tuple[Header, bytes]:
    """Read the head of a sealed file; nothing in it is believed yet.

    Args:
        file: stands at its beginning, afterwards at the first chunk.
        where: what the file is called in problems.

    Returns:
        The head, and the HMAC behind it.

    Raises:
        ProblemsError: it is not in the form (`sealed_form`).
    """

    def take(length: int) -> bytes:
        data = file.read(length)
        if len(data) < length:
            raise malformed("a whole head", "the end of the file")
        return data

    def malformed(expected: str, came: str) -> ProblemsError:
        return ProblemsError([Problem("sealed_form", where, expected, came)])

    if take(len(MAGIC)) != MAGIC:
        raise malformed("a sealed file", "something else")
    version, content, length = take(3)
    if version != VERSION:
        raise malformed(f"version {VERSION} of the format", f"version {version}")
    if content not in (TRUTH, RESULTS):
        raise malformed("a truth or results", f"content {content}")
    name = take(length)
    if not _NAME.fullmatch(name):
        raise malformed("the name of a dataset", ascii(name)[1:][:80])
    root, people, salt = take(32), take(32), take(32)
    (count,) = take(1)
    if count > MAX_ORGANISERS:
        raise malformed(f"at most {MAX_ORGANISERS} organisers", str(count))
    stanzas = tuple(Stanza(take(32), take(32), take(KEY_BYTES + 16)) for _ in range(count))
    return Header(content, name.decode("ascii"), root, people, salt, stanzas), take(MAC)
