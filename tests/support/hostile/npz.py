"""Archives of predictions that run code, climb out, or inflate without end."""

from __future__ import annotations

import io
import pickle
import struct
import warnings
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from tests.entries.packing.sources import npz_folder
from tests.entries.toy import good_tracks

SPOILED = "wave.run-a.npz"
_, Q = good_tracks()["wave.run-a"]


class Runs:
    """What runs code when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        import os

        return os.system, ("touch owned",)


def npy(header: str, data: bytes = b"", version: tuple[int, int] = (1, 0)) -> bytes:
    """An array file with any header."""
    text = header.encode("latin-1") + b"\n"
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text + data


def array(values: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, values, allow_pickle=True)
    return file.getvalue()


def archive(
    source: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED
) -> zipfile.ZipFile:
    """The good archives, one of them replaced by these members."""
    if not source.exists():
        npz_folder(source, good_tracks())
    with warnings.catch_warnings(), zipfile.ZipFile(source / SPOILED, "w", method) as made:
        warnings.simplefilter("ignore")
        for name, data in members.items():
            made.writestr(name, data)
    return made


def plain(source: Path, **more: bytes) -> None:
    archive(source, {"q.npy": array(Q), **{f"{name}.npy": data for name, data in more.items()}})


def inflating(place: Path, head: bytes, zeros: int) -> None:
    """An archive of one array: a head and so many zeros, in a thousandth of the bytes on disk."""
    pressed = zlib.compressobj(1, zlib.DEFLATED, -15)
    block = bytes(2**20)
    parts = [pressed.compress(head), *(pressed.compress(block) for _ in range(zeros // 2**20))]
    data = b"".join([*parts, pressed.flush()])
    sizes = struct.pack("<III", 0, len(data), len(head) + zeros)
    kind = struct.pack("<HHHHH", 20, 0, zipfile.ZIP_DEFLATED, 0, 33)
    name = b"q.npy"
    local = b"PK\x03\x04" + kind + sizes + struct.pack("<HH", len(name), 0) + name + data
    listing = b"PK\x01\x02" + struct.pack("<H", 20) + kind + sizes
    listing += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    ending = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(listing), len(local), 0)
    place.write_bytes(local + listing + b"PK\x05\x06" + ending)


def objects(source: Path) -> None:
    archive(source, {"q.npy": array(np.array([[Runs()]], dtype=object))})


def joints_as_objects(source: Path) -> None:
    plain(source, joints=array(np.array([Runs()] * 4, dtype=object)))


def joints_beyond_unicode(source: Path) -> None:
    plain(source, joints=array(np.full(4, 0x110000, "<u4").view("<U1")))


def bare_pickle(source: Path) -> None:
    archive(source, {"q.npy": pickle.dumps(Runs())})


def pickle_for_an_archive(source: Path) -> None:
    npz_folder(source, good_tracks())
    (source / SPOILED).write_bytes(pickle.dumps(Runs()))


def header_that_is_code(source: Path) -> None:
    archive(source, {"q.npy": npy("__import__('os').system('touch owned')")})


def header_nested_deep(source: Path) -> None:
    archive(source, {"q.npy": npy("(" * 9000)})


def header_of_minus_signs(source: Path) -> None:
    archive(source, {"q.npy": npy("-" * 9000 + "1")})


def header_of_gigabytes(source: Path) -> None:
    """Its length says two gigabytes, and the archive would give them."""
    head = b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**31)
    npz_folder(source, good_tracks())
    inflating(source / SPOILED, head, 2**30)


def terabytes(source: Path) -> None:
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 4), }"
    archive(source, {"q.npy": npy(header)})


def rows_below_none(source: Path) -> None:
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 4), }"
    archive(source, {"q.npy": npy(header)})


def numbers_of_many_parts(source: Path) -> None:
    header = "{'descr': [('a', '<f8'), ('b', 'O')], 'fortran_order': False, 'shape': (360, 4), }"
    archive(source, {"q.npy": npy(header)})


def numbers_beyond_double(source: Path) -> None:
    values = np.full(Q.shape, np.finfo(np.longdouble).max, dtype=np.longdouble)
    archive(source, {"q.npy": array(values)})


def inflates_to_more(source: Path) -> None:
    """The header asks for the right number of bytes; a gigabyte follows."""
    npz_folder(source, good_tracks())
    inflating(source / SPOILED, array(Q), 2**30)


def inflates_to_what_it_may(source: Path) -> None:
    """As many rows and columns as the reader takes, in every archive: zeros."""
    npz_folder(source, good_tracks())
    for name in good_tracks():
        header = "{'descr': '<f8', 'fortran_order': False, 'shape': (131072, 256), }"
        inflating(source / f"{name}.npz", npy(header), 2**28)


def packed_with_lzma(source: Path) -> None:
    """Its reader inflates without a bound."""
    archive(source, {"q.npy": array(np.zeros((131072, 16)))}, zipfile.ZIP_LZMA)


def packed_with_bzip2(source: Path) -> None:
    archive(source, {"q.npy": array(np.zeros((131072, 16)))}, zipfile.ZIP_BZIP2)


def climbs_out(source: Path) -> None:
    archive(source, {"q.npy": array(Q), "../../owned.npy": array(Q)})


def absolute_name(source: Path) -> None:
    archive(source, {"q.npy": array(Q), "/etc/owned.npy": array(Q)})


def name_that_acts_on_a_terminal(source: Path) -> None:
    archive(source, {"q.npy": array(Q), "\x1b[2J\u202e.npy": array(Q)})


def twice_the_same_name(source: Path) -> None:
    npz_folder(source, good_tracks())
    with warnings.catch_warnings(), zipfile.ZipFile(source / SPOILED, "w") as made:
        warnings.simplefilter("ignore")
        made.writestr("q.npy", array(Q))
        made.writestr("q.npy", array(Q + 1))


def very_many_members(source: Path) -> None:
    archive(source, {f"{number}.npy": b"" for number in range(5_000)}, zipfile.ZIP_STORED)


def encrypted(source: Path) -> None:
    plain(source)
    place = source / SPOILED
    data = bytearray(place.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    place.write_bytes(data)


def cut_short(source: Path) -> None:
    plain(source)
    place = source / SPOILED
    place.write_bytes(place.read_bytes()[:-40])


def link_to_an_archive(source: Path) -> None:
    npz_folder(source, good_tracks())
    (source / SPOILED).rename(source.parent / "elsewhere.npz")
    (source / SPOILED).symlink_to(source.parent / "elsewhere.npz")


def hole_of_a_terabyte(source: Path) -> None:
    npz_folder(source, good_tracks())
    with (source / SPOILED).open("r+b") as file:
        file.truncate(2**40)
