"""Opening a sealed file with nothing but hashes and whole numbers: no code of the package or of
its cryptographic library. From RFC 7748, RFC 8439, RFC 5869, and the page on the format.
"""

from __future__ import annotations

import hashlib
import hmac
import struct

P = 2**255 - 19


def x25519(scalar: bytes, point: bytes) -> bytes:
    """RFC 7748, section 5."""
    k = bytearray(scalar)
    k[0] &= 248
    k[31] = k[31] & 127 | 64
    number, x1 = int.from_bytes(k, "little"), int.from_bytes(point, "little") % 2**255
    x2, z2, x3, z3, swap = 1, 0, x1, 1, 0
    for t in reversed(range(255)):
        bit = number >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b = x2 + z2, x2 - z2
        c, d = x3 + z3, x3 - z3
        e = a * a - b * b
        x3, z3 = (d * a + c * b) ** 2 % P, x1 * (d * a - c * b) ** 2 % P
        x2, z2 = a * a * b * b % P, e * (a * a + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def hkdf(key: bytes, salt: bytes, info: bytes) -> bytes:
    """RFC 5869, one block of 32 bytes."""
    extracted = hmac.digest(salt, key, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def _chacha(key: bytes, nonce: bytes, counter: int) -> bytes:
    words = (0x61707865, 0x3320646E, 0x79622D32, 0x6B206574)
    state = [*words, *struct.unpack("<8I", key), counter, *struct.unpack("<3I", nonce)]
    s = list(state)

    def turn(a: int, b: int, c: int, d: int) -> None:
        for x, y, z, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) % 2**32
            s[z] ^= s[x]
            s[z] = (s[z] << by | s[z] >> (32 - by)) % 2**32

    for _ in range(10):
        for i in range(4):
            turn(i, 4 + i, 8 + i, 12 + i)
        for i in range(4):
            turn(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
    return struct.pack("<16I", *((x + y) % 2**32 for x, y in zip(s, state, strict=True)))


def aead(key: bytes, nonce: bytes, data: bytes, associated: bytes) -> bytes:
    """ChaCha20-Poly1305, RFC 8439, section 2.8: what is in `data`, whose tag must be right."""
    cipher, tag = data[:-16], data[-16:]
    one_time = _chacha(key, nonce, 0)
    r = int.from_bytes(one_time[:16], "little") & 0x0FFFFFFC0FFFFFFC0FFFFFFC0FFFFFFF
    padded = b"".join(part + bytes(-len(part) % 16) for part in (associated, cipher))
    padded += struct.pack("<QQ", len(associated), len(cipher))
    total = 0
    for i in range(0, len(padded), 16):
        total = (total + int.from_bytes(padded[i : i + 16] + b"\x01", "little")) * r % (2**130 - 5)
    total += int.from_bytes(one_time[16:32], "little")
    assert (total % 2**128).to_bytes(16, "little") == tag
    blocks = (_chacha(key, nonce, 1 + i) for i in range(-(-len(cipher) // 64)))
    stream = b"".join(blocks)
    return bytes(x ^ y for x, y in zip(cipher, stream, strict=False))


def open_sealed(data: bytes, secret: bytes) -> dict[str, bytes]:
    """The files of a sealed truth, by path."""
    assert data[:10] == b"twb-seal\x01\x01"
    after_root = 11 + data[10] + 32
    bound, salt = data[:after_root], data[after_root + 32 : after_root + 64]
    count, first = data[after_root + 64], after_root + 65
    end = first + 112 * count
    public = x25519(secret, (9).to_bytes(32, "little"))
    wanted = hashlib.sha256(public).digest()
    stanzas = [data[first + 112 * i : first + 112 * (i + 1)] for i in range(count)]
    (own,) = [stanza for stanza in stanzas if stanza[:32] == wanted]
    shared = x25519(secret, own[32:64])
    wrap = hkdf(shared, own[32:64] + public, b"twinbench seal 1 X25519")
    data_key = aead(wrap, bytes(12), own[64:], bound)
    mac_key = hkdf(data_key, salt, b"twinbench seal 1 header")
    assert hmac.digest(mac_key, data[:end], "sha256") == data[end : end + 32]
    head, payload = data[: end + 32], data[end + 32 :]
    key, plain = hkdf(data_key, salt, b"twinbench seal 1 payload"), b""
    chunks = [payload[i : i + 65552] for i in range(0, len(payload), 65552)]
    for number, chunk in enumerate(chunks):
        nonce = number.to_bytes(11, "big") + bytes([number == len(chunks) - 1])
        plain += aead(key, nonce, chunk, head)
    return _files(plain)


def _files(plain: bytes) -> dict[str, bytes]:
    found, at = {}, 0
    while length := int.from_bytes(plain[at : at + 2], "big"):
        name = plain[at + 2 : at + 2 + length].decode()
        at += 2 + length
        size = int.from_bytes(plain[at : at + 8], "big")
        found[name] = plain[at + 8 : at + 8 + size]
        at += 8 + size
    assert at + 2 == len(plain)
    return found
