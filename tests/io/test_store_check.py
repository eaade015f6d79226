"""Stores that are refused before a value of them is read, each with its exact message."""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bench.io.problems import ProblemsError
from bench.io.store import Episodes, load_episodes, write_store
from bench.io.store_check import check_start, inspect
from tests.support.episodes import make_episodes

Edit = Callable[[dict[str, Any]], object]
NO_CHUNK = {"name": "regular", "configuration": {"chunk_shape": None}}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two episodes of 40 rows and 6 joints; not to be changed."""
    store = tmp_path_factory.mktemp("made") / "a.zarr"
    write_store(store, make_episodes(("one",)))
    return store


@pytest.fixture
def store(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "a.zarr")
    return tmp_path / "a.zarr"


def problems(store: Path) -> list[str]:
    """What is wrong with the store, with places from the store on."""
    with pytest.raises(ProblemsError) as raised:
        inspect(store)
    return [str(problem).replace(str(store), "S") for problem in raised.value.problems]


def edit(store: Path, array: str, change: Edit) -> list[str]:
    """Change the metadata of an array and look at the store again."""
    file = store / array / "zarr.json"
    metadata = json.loads(file.read_text())
    change(metadata)
    file.write_text(json.dumps(metadata))
    return problems(store)


def test_a_sound_store_is_described(made: Path) -> None:
    info, shapes = inspect(made)
    assert info == make_episodes(("one",)).info
    assert shapes == {
        "start": (3,),
        "time": (80,),
        "q": (80, 6),
        "q_command": (80, 6),
        "dq": (80, 6),
    }


@pytest.mark.parametrize(
    ("array", "shape", "expected"),
    [
        ("q", [80, 5], "[rows, 6]"),
        ("q", [80], "[rows, 6]"),
        ("q", [80, 6, 1], "[rows, 6]"),
        ("q", [-1, 6], "[rows, 6]"),
        ("q", [80.0, 6], "[rows, 6]"),
        ("q", [True, 6], "[rows, 6]"),
        ("q", None, "[rows, 6]"),
        ("time", [80, 1], "[rows]"),
        ("start", [], "[rows]"),
    ],
)
def test_a_shape_must_be_rows_by_joints(
    store: Path, array: str, shape: object, expected: str
) -> None:
    assert edit(store, array, lambda m: m.update(shape=shape)) == [
        f"shape: S/{array}/zarr.json: expected shape {expected}, came {shape!r}"
    ]


@pytest.mark.parametrize(
    ("array", "chunk", "expected"),
    [
        ("q", [80, 3], "chunks along the rows alone"),
        ("q", [80], "chunks along the rows alone"),
        ("q", [0, 6], "chunks along the rows alone"),
        ("q", [80.0, 6], "chunks along the rows alone"),
        ("time", "80", "chunks along the rows alone"),
        ("q", [81, 6], "chunks no longer than the array"),
    ],
)
def test_chunks_must_divide_the_rows_alone(
    store: Path, array: str, chunk: object, expected: str
) -> None:
    def change(metadata: dict[str, Any]) -> None:
        metadata["chunk_grid"]["configuration"]["chunk_shape"] = chunk

    assert edit(store, array, change) == [
        f"store_form: S/{array}/zarr.json: expected {expected}, came {chunk!r}"
    ]


@pytest.mark.parametrize("grid", [None, "regular", {"name": "regular"}, {"configuration": [80, 6]}])
def test_a_grid_without_chunks_is_refused(store: Path, grid: object) -> None:
    assert edit(store, "q", lambda m: m.update(chunk_grid=grid)) == [
        f"store_form: S/q/zarr.json: expected chunk_grid {NO_CHUNK!r}, came {grid!r}",
        "store_form: S/q/zarr.json: expected chunks along the rows alone, came None",
    ]


@pytest.mark.parametrize(
    "grid",
    [
        {"name": "rectangular", "configuration": {"chunk_shape": [80, 6]}},
        {"name": "regular", "configuration": {"chunk_shape": [80, 6], "more": 1}},
    ],
)
def test_only_a_regular_grid_is_read(store: Path, grid: object) -> None:
    regular = {"name": "regular", "configuration": {"chunk_shape": [80, 6]}}
    assert edit(store, "q", lambda m: m.update(chunk_grid=grid)) == [
        f"store_form: S/q/zarr.json: expected chunk_grid {regular!r}, came {grid!r}"
    ]


def test_a_chunk_more_than_the_most_is_too_many(store: Path) -> None:
    def change(metadata: dict[str, Any]) -> None:
        metadata["shape"] = [65537]
        metadata["chunk_grid"]["configuration"]["chunk_shape"] = [1]

    assert edit(store, "time", change) == [
        "too_large: S/time/zarr.json: expected at most 65536 chunks, came 65537"
    ]


def test_chunks_that_are_not_full_count(store: Path) -> None:
    """Two rows a chunk: 65536 chunks hold 131072 rows, one row more needs another."""

    def change(metadata: dict[str, Any]) -> None:
        metadata["shape"] = [2 * 65536 + 1]
        metadata["chunk_grid"]["configuration"]["chunk_shape"] = [2]

    assert edit(store, "time", change) == [
        "too_large: S/time/zarr.json: expected at most 65536 chunks, came 65537"
    ]


@pytest.mark.parametrize(("array", "shape"), [("time", [2**33 + 1]), ("q", [10**100, 6])])
def test_more_values_than_any_dataset_has(store: Path, array: str, shape: list[int]) -> None:
    (line,) = edit(store, array, lambda m: m.update(shape=shape))
    assert line == (
        f"too_large: S/{array}/zarr.json: expected at most 8589934592 values, "
        f"came {repr(shape)[:60]}"
    )


def test_unknown_fields_are_named_five_at_most(store: Path) -> None:
    assert edit(store, "q", lambda m: m.update(dict.fromkeys("gfedcba"))) == [
        "store_form: S/q/zarr.json: expected only the fields of a Zarr 3 array, "
        "came also 'a', 'b', 'c', 'd', 'e'"
    ]


@pytest.mark.parametrize(
    ("array", "field", "value", "expected"),
    [
        ("q", "zarr_format", 2, "zarr_format 3"),
        ("q", "node_type", "group", "node_type 'array'"),
        ("q", "data_type", "float32", "data_type 'float64'"),
        ("start", "data_type", "float64", "data_type 'int64'"),
        ("q", "zarr_format", 3.0, "zarr_format 3"),
        ("q", "fill_value", True, "fill_value 0"),
        ("q", "fill_value", 1.0, "fill_value 0"),
        ("start", "fill_value", 0.0, "fill_value 0"),
        ("q", "storage_transformers", [{"name": "gate"}], "storage_transformers []"),
        ("q", "attributes", {"offset": 1}, "no attributes"),
        ("q", "dimension_names", ["row", "joint"], "no dimension_names"),
        (
            "q",
            "chunk_key_encoding",
            {"name": "v2"},
            "chunk_key_encoding {'name': 'default', 'configuration': {'separator': '/'}}",
        ),
    ],
)
def test_only_one_form_is_read(
    store: Path, array: str, field: str, value: object, expected: str
) -> None:
    assert edit(store, array, lambda m: m.update({field: value})) == [
        f"store_form: S/{array}/zarr.json: expected {expected}, came {value!r}"
    ]


@pytest.mark.parametrize(
    ("place", "field", "value", "expected"),
    [
        (0, "endian", "big", "little-endian bytes"),
        (1, "typesize", 0, "blosc's typesize 1 to 255"),
        (1, "typesize", True, "blosc's typesize 1 to 255"),
        (1, "clevel", 10, "blosc's clevel 0 to 9"),
        (1, "blocksize", 1, "blosc's blocksize 0"),
        (1, "cname", "snappy", "blosc's cname zstd or lz4 or lz4hc or zlib or blosclz"),
        (1, "shuffle", "auto", "blosc's shuffle noshuffle or shuffle or bitshuffle"),
        (1, "threads", 8, "blosc with typesize, cname, clevel, shuffle, blocksize"),
    ],
)
def test_other_settings_of_the_codecs(
    store: Path, place: int, field: str, value: object, expected: str
) -> None:
    (line,) = edit(store, "q", lambda m: m["codecs"][place]["configuration"].update({field: value}))
    assert line.startswith(f"store_codecs: S/q/zarr.json: expected {expected}, came ")
    assert repr(value) in line


@pytest.mark.parametrize("codecs", [[], ["bytes", "blosc"], ["blosc", "bytes"], ["bytes", "crc"]])
def test_other_codecs(store: Path, codecs: list[str]) -> None:
    assert edit(store, "q", lambda m: m.update(codecs=[{"name": n} for n in codecs])) == [
        "store_codecs: S/q/zarr.json: expected blosc with typesize, cname, clevel, shuffle, "
        "blocksize, came None"
        if codecs == ["bytes", "blosc"]
        else f"store_codecs: S/q/zarr.json: expected the codecs bytes and blosc, came {codecs!r}"
    ]


@pytest.mark.parametrize("value", [False, 0, {}, []])
def test_names_of_dimensions_that_are_no_list(store: Path, value: object) -> None:
    file = store / "q" / "zarr.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "dimension_names": value}))
    with pytest.raises(ProblemsError):
        load_episodes(store)


def test_every_problem_of_every_array_is_listed(store: Path) -> None:
    edit(store, "q", lambda m: m.update(shape=[80, 7], data_type="int8"))
    shutil.rmtree(store / "dq")
    assert edit(store, "start", lambda m: m.update(more=0)) == [
        "missing_array: S/dq: expected the array dq, came none",
        "shape: S/q/zarr.json: expected shape [rows, 6], came [80, 7]",
        "store_form: S/q/zarr.json: expected data_type 'float64', came 'int8'",
        "store_form: S/start/zarr.json: expected only the fields of a Zarr 3 array, "
        "came also 'more'",
    ]


# Arrays that are sound, each for itself.


def rewritten(store: Path, **changes: Any) -> list[str]:
    write_store(store, replace(make_episodes(("one",)), **changes))
    return problems(store)


@pytest.mark.parametrize("start", [[0, 80], [0, 40, 60, 80]])
def test_the_offsets_must_be_as_many_as_the_episodes_and_one(store: Path, start: list[int]) -> None:
    assert rewritten(store, start=np.array(start)) == [
        f"shape: S/start: expected 3 offsets, came {len(start)}"
    ]


def test_every_signal_has_the_same_rows(store: Path) -> None:
    signals = dict(make_episodes(("one",)).signals)
    signals["time"] = signals["time"][:-1]
    assert rewritten(store, signals=signals) == [
        "shape: S: expected the same number of rows in every signal, "
        "came dq 80, q 80, q_command 80, time 79"
    ]


@pytest.mark.parametrize("rows", [1, 3])
def test_signals_of_episodes_have_a_row_for_each(store: Path, rows: int) -> None:
    made = make_episodes(("one",))
    info = replace(made.info, signals={**made.info.signals, "q_start": made.info.units})
    signals = {**made.signals, "q_start": np.zeros((rows, 6))}
    assert rewritten(store, info=info, signals=signals) == [
        f"shape: S/q_start: expected 2 rows, came {rows} rows"
    ]


# Folders and files.


@pytest.mark.parametrize(
    ("change", "came"),
    [
        ({"node_type": "array"}, "node_type 'array', zarr_format 3"),
        ({"zarr_format": 2}, "node_type 'group', zarr_format 2"),
        ({"zarr_format": 3.0}, "node_type 'group', zarr_format 3.0"),
    ],
)
def test_only_a_group_is_a_store(store: Path, change: dict[str, Any], came: str) -> None:
    line = f"not_a_store: S: expected a Zarr 3 group, came {came}"
    assert edit(store, "", lambda m: m.update(change)) == [line]


def test_a_signal_that_no_store_has_is_refused_by_name(store: Path) -> None:
    """No name of an array leads out of the store."""
    (line,) = edit(
        store, "", lambda m: m["attributes"]["signals"].update({"../q": {"units": ["rad"]}})
    )
    assert line.startswith("schema: S attributes: signals: ")


@pytest.mark.parametrize("sort", ["none", "file", "link"])
def test_a_store_is_a_plain_folder(made: Path, tmp_path: Path, sort: str) -> None:
    store = tmp_path / "b.zarr"
    if sort == "file":
        store.write_text("{}")
    elif sort == "link":
        store.symlink_to(made)
    came = "a link" if sort == "link" else "none"
    assert problems(store) == [
        f"not_a_store: S: expected a folder with an episode store, came {came}"
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"[]", "not_a_store: S/q/zarr.json: expected a JSON object, came list"),
        (b"\xff{}", "not_utf8: S/q/zarr.json: expected UTF-8 text, came other bytes"),
        (b'{"a": 1, "a": 2}', "duplicate_key: S/q/zarr.json: expected each key once, came 'a' twi"),
    ],
)
def test_metadata_that_is_no_object(store: Path, content: bytes, line: str) -> None:
    (store / "q" / "zarr.json").write_bytes(content)
    (came,) = problems(store)
    assert came.startswith(line)


def test_metadata_of_endless_length_is_not_read(store: Path) -> None:
    with (store / "q" / "zarr.json").open("r+b") as file:
        file.truncate(64 * 2**20 + 1)
    assert problems(store) == [
        "too_large: S/q/zarr.json: expected at most 67108864 bytes, came 67108865 bytes"
    ]


@pytest.mark.parametrize("folder", ["c", "c/0"])
def test_chunks_are_not_read_through_linked_folders(store: Path, folder: str) -> None:
    place = store / "q" / folder
    place.rename(store.parent / "elsewhere")
    place.symlink_to(store.parent / "elsewhere", target_is_directory=True)
    assert problems(store) == ["link: S/q/c/0/0: expected plain files, came a link on the way"]


def test_missing_chunks_are_counted_in_one_line(store: Path) -> None:
    def change(metadata: dict[str, Any]) -> None:
        metadata["chunk_grid"]["configuration"]["chunk_shape"] = [1]

    shutil.rmtree(store / "time" / "c")
    assert edit(store, "time", change) == [
        "missing_chunk: S/time/c/0: expected a chunk in a plain file, came none, nor 79 more"
    ]


@pytest.mark.parametrize("length", [0, 15])
def test_a_chunk_holds_at_least_its_header(store: Path, length: int) -> None:
    (store / "time" / "c" / "0").write_bytes(bytes(length))
    assert problems(store) == [
        f"broken_chunk: S/time/c/0: expected a blosc chunk, came {length} bytes"
    ]


def test_a_chunk_has_neither_more_nor_fewer_bytes_than_it_says(store: Path) -> None:
    chunk = store / "time" / "c" / "0"
    size = chunk.stat().st_size
    chunk.write_bytes(chunk.read_bytes() + b"\0")
    assert problems(store) == [
        f"broken_chunk: S/time/c/0: expected {size} bytes in the file, came {size + 1} bytes"
    ]


@settings(max_examples=15)
@given(rows=st.integers(2, 9), chunk=st.integers(1, 12))
def test_rows_in_chunks_of_any_length_are_read(
    tmp_path_factory: pytest.TempPathFactory, rows: int, chunk: int
) -> None:
    """Other writers chunk otherwise; what is longer than the array is refused."""
    import zarr

    store = tmp_path_factory.mktemp("chunked") / "a.zarr"
    episodes = make_episodes(("one",), runs=("run-a",), rows=rows)
    write_store(store, episodes)
    shutil.rmtree(store / "time")
    array = zarr.create_array(
        store / "time",
        shape=(rows,),
        chunks=(chunk,),
        dtype="float64",
        compressors=zarr.codecs.BloscCodec(cname="lz4", clevel=1, shuffle="bitshuffle"),
        config={"write_empty_chunks": True},
    )
    array[:] = episodes.signals["time"]
    if chunk > rows:
        assert problems(store) == [
            "store_form: S/time/zarr.json: expected chunks no longer than the array, "
            f"came [{chunk}]"
        ]
    else:
        read: Episodes = load_episodes(store)
        np.testing.assert_array_equal(read.signals["time"], episodes.signals["time"])


# Offsets.


@given(st.lists(st.integers(-1, 6), min_size=1, max_size=6), st.integers(0, 5))
@example([0, 2**63 - 1, -(2**63), 5], 5)
def test_offsets_rise_from_zero_to_the_rows(offsets: list[int], rows: int) -> None:
    start, shapes = np.array(offsets, np.int64), {"start": (len(offsets),), "time": (rows,)}
    wrong = (
        offsets[0] != 0
        or offsets[-1] != rows
        or any(after <= before for before, after in itertools.pairwise(offsets))
    )
    try:
        check_start(Path("S"), start, shapes)
    except ProblemsError as error:
        assert wrong
        smallest = min((b - a for a, b in itertools.pairwise(offsets)), default=0)
        assert str(error) == (
            f"offsets: S/start: expected offsets that rise from 0 to {rows}, "
            f"came {offsets[0]} to {offsets[-1]}, smallest step {smallest}"
        )
    else:
        assert not wrong
