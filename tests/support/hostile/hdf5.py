"""HDF5 files that lead out of themselves, run what others wrote, or promise too much."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.entries.packing.sources import hdf5_file
from tests.entries.toy import good_tracks

SPOILED = "wave.run-a"
TIME, Q = good_tracks()[SPOILED]


@contextmanager
def _spoiled(source: Path) -> Iterator[Any]:
    """The good file without the positions of one episode."""
    hdf5_file(source, good_tracks())
    with h5py.File(source, "a") as file:
        del file[SPOILED]["q"]
        yield file[SPOILED]


def external_link(source: Path) -> None:
    hdf5_file(source.parent / "other.bin", good_tracks())
    with _spoiled(source) as group:
        group["q"] = h5py.ExternalLink("other.bin", f"/{SPOILED}/q")


def external_link_to_an_absolute_place(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = h5py.ExternalLink("/etc/passwd", "/")


def external_link_for_an_episode(source: Path) -> None:
    with _spoiled(source) as group:
        file = group.file
        del file[SPOILED]
        file[SPOILED] = h5py.ExternalLink("/dev/zero", "/")


def soft_link(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = h5py.SoftLink("/circle.run-a/q")


def soft_link_that_leads_nowhere(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = h5py.SoftLink("/nowhere")


def soft_links_in_a_circle(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = h5py.SoftLink(f"/{SPOILED}/p")
        group["p"] = h5py.SoftLink(f"/{SPOILED}/q")


def soft_link_out_of_the_file(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = h5py.SoftLink("/../../../../etc/passwd")


def group_that_holds_itself(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = group


def virtual_dataset(source: Path) -> None:
    layout = h5py.VirtualLayout(Q.shape, "f8")
    layout[:] = h5py.VirtualSource("/etc/passwd", "q", Q.shape)
    with _spoiled(source) as group:
        group.create_virtual_dataset("q", layout)


def virtual_dataset_of_itself(source: Path) -> None:
    layout = h5py.VirtualLayout(Q.shape, "f8")
    layout[:] = h5py.VirtualSource(".", f"/{SPOILED}/q", Q.shape)
    with _spoiled(source) as group:
        group.create_virtual_dataset("q", layout)


def data_in_another_file(source: Path) -> None:
    with _spoiled(source) as group:
        group.create_dataset("q", Q.shape, "f8", external=[("/etc/passwd", 0, Q.nbytes)])


def data_in_an_endless_device(source: Path) -> None:
    with _spoiled(source) as group:
        group.create_dataset("q", Q.shape, "f8", external=[("/dev/zero", 0, Q.nbytes)])


def objects(source: Path) -> None:
    with _spoiled(source) as group:
        data = group.create_dataset("q", Q.shape, h5py.ref_dtype)
        data[0, 0] = group.ref


def words_as_numbers(source: Path) -> None:
    with _spoiled(source) as group:
        group.create_dataset("q", Q.shape, h5py.enum_dtype({"left": 0, "right": 1}, "i1"))


def rows_of_any_length(source: Path) -> None:
    with _spoiled(source) as group:
        data = group.create_dataset("q", (4,), h5py.vlen_dtype(np.float64))
        data[0] = np.zeros(100_000)


def texts_of_any_length(source: Path) -> None:
    with _spoiled(source) as group:
        group.create_dataset("q", data=np.full(Q.shape, "x" * 1000, dtype=object))


def records(source: Path) -> None:
    with _spoiled(source) as group:
        group.create_dataset("q", Q.shape, [("a", "f8"), ("b", h5py.string_dtype())])


def type_kept_elsewhere(source: Path) -> None:
    with _spoiled(source) as group:
        group.file["kind"] = np.dtype("V1000000")
        group.create_dataset("q", (360, 4), group.file["kind"].dtype)


def terabytes(source: Path) -> None:
    with _spoiled(source) as group:
        group.create_dataset("q", (2**40, 4), "f8", chunks=(1024, 4))


def terabytes_in_one_piece(source: Path) -> None:
    with _spoiled(source) as group:
        group.create_dataset("q", (2**36, 4), "f8")


def columns_without_end(source: Path) -> None:
    with _spoiled(source) as group:
        group.create_dataset("q", (360, 2**40), "f8", chunks=(1, 1024))


def chunks_of_gigabytes(source: Path) -> None:
    with _spoiled(source) as group:
        group.create_dataset("q", (131072, 4), "f8", chunks=(2**28, 1), maxshape=(None, 4))


def inflates_to_what_it_may(source: Path) -> None:
    """As many rows and columns as the reader takes, in every episode: zeros."""
    block = zlib.compress(bytes(8192 * 256 * 8))
    with h5py.File(source, "w") as file:
        for name in good_tracks():
            data = file.create_dataset(
                f"{name}/q", (131072, 256), "f8", chunks=(8192, 256), compression="gzip"
            )
            for start in range(0, 131072, 8192):
                data.id.write_direct_chunk((start, 0), block)


def no_data_but_a_shape(source: Path) -> None:
    """Nothing on disk: every value is the fill value."""
    with h5py.File(source, "w") as file:
        for name in good_tracks():
            file.create_dataset(f"{name}/q", (131072, 256), "f8", fillvalue=0.0)


def filter_of_a_plugin(source: Path) -> None:
    with _spoiled(source) as group:
        space = h5py.h5s.create_simple(Q.shape)
        plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        plist.set_chunk(Q.shape)
        plist.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, (3,))
        h5py.h5d.create(group.id, b"q", h5py.h5t.IEEE_F64LE, space, plist)


def numbers_beyond_double(source: Path) -> None:
    values = np.full(Q.shape, np.finfo(np.longdouble).max, dtype=np.longdouble)
    with _spoiled(source) as group:
        group["q"] = values


def numbers_that_are_none(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = np.full(Q.shape, np.nan)


def no_space(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = h5py.Empty("f8")


def thirty_axes(source: Path) -> None:
    with _spoiled(source) as group:
        group.create_dataset("q", (2,) * 20, "f8", chunks=(1,) * 20)


def very_many_groups(source: Path) -> None:
    with h5py.File(source, "w", libver="latest") as file:
        group = file.create_group("0")
        for number in range(1, 100_001):
            file[str(number)] = group


def long_names_of_joints(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = Q
        group.attrs["joints"] = ["x" * 60_000] * 4


def joints_as_objects(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = Q
        group.attrs.create("joints", np.array([group.ref] * 4, dtype=h5py.ref_dtype))


def joints_without_end(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = Q
        group.attrs["joints"] = ["pan"] * 4000


def episode_that_is_a_number(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = Q
        group.attrs["episode"] = 7


def episode_that_acts_on_a_terminal(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = Q
        group.attrs["episode"] = "\x1b[2J\u202ewave"


def name_that_acts_on_a_terminal(source: Path) -> None:
    with _spoiled(source) as group:
        group.file.create_group("\x1b[2J\u202e")
        group["q"] = Q


def name_without_end(source: Path) -> None:
    with _spoiled(source) as group:
        group.file.create_group("x" * 60_000)
        group["q"] = Q


def name_that_is_no_text(source: Path) -> None:
    with _spoiled(source) as group:
        h5py.h5g.create(group.file.id, b"\xff\xfe")
        group["q"] = Q


def joints_that_are_no_text(source: Path) -> None:
    with _spoiled(source) as group:
        group["q"] = Q
        group.attrs.create("joints", np.array([b"\xff\xfe"] * 4))


def cut_short(source: Path) -> None:
    hdf5_file(source, good_tracks())
    source.write_bytes(source.read_bytes()[:3000])


def head_alone(source: Path) -> None:
    source.write_bytes(b"\x89HDF\r\n\x1a\n")
