"""What may lie in the folder of an entry, and how much of it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.entries import folder as folder_module
from tests.entries.toy import Holdout, Tracks, change, episodes_of, write_raw

STORE = "trajectories.zarr"
ONLY = (
    "expected only entry.json, twin.json, provenance.json, events.json and trajectories.zarr "
    "with its arrays, came another file or folder"
)


def further_file(entry: Path) -> str:
    (entry / "notes.txt").write_text("hello")
    return f"unknown_file: 'notes.txt': {ONLY}"


def name_with_escape(entry: Path) -> str:
    (entry / "\x1b[2J").write_text("hello")
    return f"unknown_file: '\\x1b[2J': {ONLY}"


def further_folder(entry: Path) -> str:
    (entry / STORE / "q" / "c" / "old").mkdir()
    return f"unknown_file: 'trajectories.zarr/q/c/old': {ONLY}"


def array_that_no_entry_has(entry: Path) -> str:
    (entry / STORE / "dq").mkdir()
    (entry / STORE / "dq" / "data.bin").write_text("hello")
    return f"unknown_file: 'trajectories.zarr/dq/data.bin': {ONLY}"


def array_that_is_not_listed(entry: Path) -> str:
    shutil.copytree(entry / STORE / "q", entry / STORE / "samples")
    return (
        f"unknown_file: {STORE}/samples: expected only start and the arrays that signals of "
        f"{STORE}/zarr.json lists, came another array"
    )


def chunk_beyond_the_shape(entry: Path) -> str:
    return _further_chunk(entry, "q", "1/0")


def chunk_of_another_column(entry: Path) -> str:
    return _further_chunk(entry, "q", "0/1")


def chunk_of_more_axes(entry: Path) -> str:
    return _further_chunk(entry, "q", "1/0/0")


def chunk_of_fewer_axes(entry: Path) -> str:
    return _further_chunk(entry, "q", "999")


def chunk_with_a_nought_before(entry: Path) -> str:
    return _further_chunk(entry, "start", "00")


def _further_chunk(entry: Path, array: str, name: str) -> str:
    place = entry / STORE / array / "c" / name
    place.parent.mkdir(exist_ok=True, parents=True)
    place.write_text("hello")
    return (
        f"unknown_file: {STORE}/{array}/c/{name}: expected only the chunks that the array's "
        "shape asks for, came another chunk"
    )


def link_to_a_chunk(entry: Path) -> str:
    chunk = entry / STORE / "q" / "c" / "0" / "0"
    chunk.rename(entry.parent / "elsewhere")
    chunk.symlink_to(entry.parent / "elsewhere")
    return f"link: {STORE}/q/c/0/0: expected a plain file or folder, came a link"


def link_to_an_array(entry: Path) -> str:
    (entry / STORE / "q").rename(entry.parent / "q")
    (entry / STORE / "q").symlink_to(entry.parent / "q")
    return f"link: {STORE}/q: expected a plain file or folder, came a link"


def link_to_the_store(entry: Path) -> str:
    (entry / STORE).rename(entry.parent / "store")
    (entry / STORE).symlink_to(entry.parent / "store")
    return f"link: {STORE}: expected a plain file or folder, came a link"


def link_to_the_document(entry: Path) -> str:
    (entry / "entry.json").unlink()
    (entry / "entry.json").symlink_to("/dev/zero")
    return "link: entry.json: expected a plain file or folder, came a link"


def pipe(entry: Path) -> str:
    os.mkfifo(entry / "events.json")
    return "not_a_file: events.json: expected a plain file, came a pipe, socket or device"


def folder_for_a_file(entry: Path) -> str:
    (entry / "twin.json").mkdir()
    return "not_a_file: twin.json: expected a plain file, came a folder"


def no_document(entry: Path) -> str:
    (entry / "entry.json").unlink()
    return "missing_file: entry.json: expected a file, came none"


def no_store(entry: Path) -> str:
    (entry / STORE).rename(entry.parent / "store")
    return f"missing_file: {STORE}/zarr.json: expected a file, came none"


def long_document(entry: Path) -> str:
    (entry / "entry.json").write_text(" " * 2**16 + "{}")
    return "too_large: entry.json: expected at most 65536 bytes, came 65538 bytes"


def long_attributes(entry: Path) -> str:
    file = entry / STORE / "zarr.json"
    text = file.read_text()
    file.write_text(text + " " * 100_000)
    return (
        f"too_large: {STORE}/zarr.json: expected at most 77824 bytes, "
        f"came {len(text) + 100_000} bytes"
    )


def twice_the_same_key(entry: Path) -> str:
    text = (entry / "entry.json").read_text()
    (entry / "entry.json").write_text('{"lab": "x", ' + text[1:])
    return "duplicate_key: entry.json: expected each key once, came 'lab' twice"


def not_utf8(entry: Path) -> str:
    (entry / "entry.json").write_bytes(b'{"lab": "\xff"}')
    return "not_utf8: entry.json: expected UTF-8 text, came byte 9 is not"


def deep_events(entry: Path) -> str:
    (entry / "events.json").write_text('{"a": ' + "[" * 40 + "]" * 40 + "}")
    return "too_deep: events.json: expected at most 32 levels, came more"


def list_of_events(entry: Path) -> str:
    (entry / "events.json").write_text("[1]")
    return "schema: events.json: expected a JSON object, came list"


def other_split(entry: Path) -> str:
    change(entry / STORE / "zarr.json", lambda m: m["attributes"].update(split="holdout_truth"))
    return f"not_allowed: {STORE}: expected a store of entry, came holdout_truth"


def foreign_codec(entry: Path) -> str:
    change(entry / STORE / "q" / "zarr.json", lambda m: m["codecs"][1].update(name="pickle"))
    return (
        f"store_codecs: {STORE}/q/zarr.json: expected the codecs bytes and blosc, "
        "came ['bytes', 'pickle']"
    )


def chunk_that_inflates_to_more(entry: Path) -> str:
    chunk = entry / STORE / "time" / "c" / "0"
    data = bytearray(chunk.read_bytes())
    data[4:8] = (2**31 - 1).to_bytes(4, "little")
    chunk.write_bytes(data)
    return (
        f"broken_chunk: {STORE}/time/c/0: expected 2880 bytes when inflated, came 2147483647 bytes"
    )


def many_offsets(entry: Path) -> str:
    def grow(metadata: dict) -> None:  # type: ignore[type-arg]
        metadata["shape"] = [2**32]
        metadata["chunk_grid"]["configuration"]["chunk_shape"] = [2**12]

    change(entry / STORE / "start" / "zarr.json", grow)
    return f"too_large: {STORE}/start/zarr.json: expected at most 65536 chunks, came 1048576"


def many_chunks_missing(entry: Path) -> str:
    def grow(metadata: dict) -> None:  # type: ignore[type-arg]
        metadata["shape"][0] = 1000 * metadata["shape"][0]

    change(entry / STORE / "q" / "zarr.json", grow)
    return (
        f"missing_chunk: {STORE}/q/c/1/0: expected a chunk in a plain file, came none, nor 998 more"
    )


ONE_LINE: list[Callable[[Path], str]] = [
    *(further_file, name_with_escape, further_folder, array_that_no_entry_has),
    *(array_that_is_not_listed, chunk_beyond_the_shape, chunk_of_another_column),
    *(chunk_of_more_axes, chunk_of_fewer_axes, chunk_with_a_nought_before),
    *(link_to_the_store, link_to_the_document, pipe, folder_for_a_file, no_document, no_store),
    *(long_document, long_attributes, twice_the_same_key, not_utf8, deep_events, list_of_events),
    *(other_split, foreign_codec, chunk_that_inflates_to_more, many_offsets, many_chunks_missing),
]


@pytest.mark.parametrize("change_folder", ONE_LINE, ids=lambda f: f.__name__)
def test_one_fault_gives_one_line(
    holdout: Holdout, entry: Path, change_folder: Callable[[Path], str]
) -> None:
    line = change_folder(entry)
    assert holdout.problems(entry) == [line]


def test_what_the_store_does_not_list_is_told_beside_its_faults(
    holdout: Holdout, entry: Path
) -> None:
    chunk = _further_chunk(entry, "time", "1")
    lines = {array_that_is_not_listed(entry), chunk, foreign_codec(entry)}
    assert set(holdout.problems(entry)) == lines


@pytest.mark.parametrize("change_folder", [link_to_a_chunk, link_to_an_array])
def test_a_link_is_not_followed(
    holdout: Holdout, entry: Path, change_folder: Callable[[Path], str]
) -> None:
    line = change_folder(entry)
    lines = holdout.problems(entry)
    assert line in lines
    assert len(lines) == 2  # the link, and what is missing without it


def test_events_are_kept(holdout: Holdout, entry: Path) -> None:
    (entry / "events.json").write_text(json.dumps({"grasp": [1.0]}))
    assert holdout.check(entry).documents == {"events": {"grasp": [1.0]}}


def test_no_folder(holdout: Holdout, entry: Path, tmp_path: Path) -> None:
    assert holdout.problems(tmp_path / "none") == [
        f"not_a_folder: {tmp_path / 'none'}: expected an entry's folder, came no such folder"
    ]
    assert holdout.problems(entry / "entry.json") == [
        f"not_a_folder: {entry / 'entry.json'}: expected an entry's folder, came a file"
    ]


def test_more_files_than_an_entry_can_need(
    holdout: Holdout, entry: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "MAX_FILES", 4)
    lines = holdout.problems(entry)
    assert "too_many_files: .: expected at most 4, came more" in lines


def test_more_rows_than_an_entry_can_need(
    tmp_path: Path, holdout: Holdout, tracks: Tracks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_module, "MIN_ROWS", 300)
    monkeypatch.setattr(folder_module, "MAX_ROWS_PER_ROW", 0.5)
    folder = write_raw(tmp_path / "e", holdout.document, episodes_of(tracks))
    assert holdout.problems(folder) == [
        f"too_large: {STORE}: expected at most 1200 positions, came 1440"
    ]


@pytest.mark.parametrize("kind", ["twin", "provenance"])
def test_papers_are_held_against_their_schemas(holdout: Holdout, entry: Path, kind: str) -> None:
    (entry / f"{kind}.json").write_text("{}")
    lines = holdout.problems(entry)
    assert lines
    assert all(line.startswith(f"schema: {kind}.json: top level: ") for line in lines)
