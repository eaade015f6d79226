"""What may lie in an entry's folder beside plain files: links, pipes, sockets, too much."""

from __future__ import annotations

import os
import shutil
import socket
from pathlib import Path

STORE = "trajectories.zarr"
SPARSE = 2**40


def _instead(place: Path) -> Path:
    place.unlink()
    return place


def _hole(place: Path, size: int) -> None:
    """A file of that size without any data on disk."""
    with place.open("r+b") as file:
        file.truncate(size)


def pipe_for_the_description(entry: Path) -> None:
    os.mkfifo(_instead(entry / "entry.json"))


def pipe_for_a_chunk(entry: Path) -> None:
    os.mkfifo(_instead(entry / STORE / "q" / "c" / "0" / "0"))


def pipe_for_the_metadata(entry: Path) -> None:
    os.mkfifo(_instead(entry / STORE / "zarr.json"))


def socket_for_a_paper(entry: Path) -> None:
    here = Path.cwd()
    os.chdir(entry)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("twin.json")
    finally:
        os.chdir(here)


def link_to_an_endless_device(entry: Path) -> None:
    _instead(entry / "entry.json").symlink_to("/dev/zero")


def link_to_a_file_outside(entry: Path) -> None:
    outside = entry.parent / "outside.json"
    (entry / "entry.json").rename(outside)
    (entry / "entry.json").symlink_to("../outside.json")


def link_that_leads_nowhere(entry: Path) -> None:
    (entry / "events.json").symlink_to("nowhere")


def link_to_itself(entry: Path) -> None:
    (entry / "events.json").symlink_to("events.json")


def link_to_the_folder_above(entry: Path) -> None:
    chunks = entry / STORE / "q" / "c"
    (chunks / "0" / "0").unlink()
    (chunks / "0").rmdir()
    chunks.rmdir()
    chunks.symlink_to(entry, target_is_directory=True)


def link_to_the_store(entry: Path) -> None:
    (entry / STORE).rename(entry.parent / "store")
    (entry / STORE).symlink_to(entry.parent / "store", target_is_directory=True)


def hard_link_to_a_file_outside(entry: Path) -> None:
    secret = entry.parent / "secret"
    secret.write_text("root:x:0:0\n")
    os.link(secret, entry / "events.json")


def description_of_a_terabyte(entry: Path) -> None:
    _hole(entry / "entry.json", SPARSE)


def chunk_of_a_terabyte(entry: Path) -> None:
    _hole(entry / STORE / "q" / "c" / "0" / "0", SPARSE)


def many_files(entry: Path) -> None:
    for number in range(2**14):
        (entry / STORE / "q" / "c" / "0" / str(number + 1)).touch()


def array_that_is_not_listed(entry: Path) -> None:
    shutil.copytree(entry / STORE / "time", entry / STORE / "failed_at")


def chunk_of_a_terabyte_beside_the_others(entry: Path) -> None:
    place = entry / STORE / "q" / "c" / "999"
    place.mkdir()
    (place / "0").touch()
    _hole(place / "0", SPARSE)


def name_that_is_no_text(entry: Path) -> None:
    (entry / os.fsdecode(b"\xff\xfe")).touch()


def name_that_acts_on_a_terminal(entry: Path) -> None:
    (entry / "\x1b]0;owned\x07\x1b[2J").touch()


def name_that_reads_backwards(entry: Path) -> None:
    (entry / "nosj.\u202eyrtne").touch()


def plugin(entry: Path) -> None:
    (entry / "__init__.py").write_text("raise SystemExit('run')\n")
    (entry / "sitecustomize.py").write_text("raise SystemExit('run')\n")
