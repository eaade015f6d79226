"""Stores that lie: about shapes, names, codecs, and what a chunk inflates to."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numcodecs
import numpy as np

from bench.io.store import fill_store
from tests.entries.toy import change, episodes_of, good_tracks

STORE = "trajectories.zarr"
Json = dict[str, Any]


def _root(entry: Path, edit: Callable[[Json], object]) -> None:
    change(entry / STORE / "zarr.json", edit)


def _q(entry: Path, edit: Callable[[Json], object]) -> None:
    change(entry / STORE / "q" / "zarr.json", edit)


def _attribute(entry: Path, **fields: Any) -> None:
    _root(entry, lambda m: m["attributes"].update(fields))


def _signal(entry: Path, name: str) -> None:
    _root(entry, lambda m: m["attributes"]["signals"].update({name: {"units": ["rad"]}}))


def array_outside_the_folder(entry: Path) -> None:
    _signal(entry, "../../outside")


def array_at_an_absolute_place(entry: Path) -> None:
    _signal(entry, "/etc")


def episode_named_like_a_folder_above(entry: Path) -> None:
    _root(entry, lambda m: m["attributes"]["episodes"][0].update(id="../../etc/passwd"))


def chunks_outside_the_folder(entry: Path) -> None:
    encoding = {"name": "default", "configuration": {"separator": "/../../"}}
    _q(entry, lambda m: m.update(chunk_key_encoding=encoding))


def pickle_as_a_codec(entry: Path) -> None:
    _q(entry, lambda m: m.update(codecs=[{"name": "numcodecs.pickle", "configuration": {}}]))


def pickle_beside_the_codecs(entry: Path) -> None:
    _q(entry, lambda m: m["codecs"].append({"name": "numcodecs.pickle", "configuration": {}}))


def codec_of_a_plugin(entry: Path) -> None:
    _q(entry, lambda m: m["codecs"][1].update(name="https://example.org/codec"))


def shards(entry: Path) -> None:
    inner = {"chunk_shape": [1, 1], "codecs": [{"name": "bytes"}], "index_codecs": []}
    _q(entry, lambda m: m.update(codecs=[{"name": "sharding_indexed", "configuration": inner}]))


def objects_as_values(entry: Path) -> None:
    _q(entry, lambda m: m.update(data_type="object", fill_value=None))


def texts_as_values(entry: Path) -> None:
    _q(entry, lambda m: m.update(data_type="string", fill_value=""))


def storage_transformer(entry: Path) -> None:
    _q(entry, lambda m: m.update(storage_transformers=[{"name": "fetch"}]))


def extension_that_must_be_understood(entry: Path) -> None:
    _q(entry, lambda m: m.update(run={"name": "os.system", "must_understand": True}))


def older_form(entry: Path) -> None:
    (entry / STORE / "zarr.json").unlink()
    (entry / STORE / ".zgroup").write_text('{"zarr_format": 2}')
    (entry / STORE / "q" / ".zarray").write_text('{"filters": [{"id": "pickle"}]}')


def terabytes(entry: Path) -> None:
    def grow(metadata: Json) -> None:
        metadata["shape"] = [2**40, 4]
        metadata["chunk_grid"]["configuration"]["chunk_shape"] = [2**40, 4]

    _q(entry, grow)


def more_rows_than_there_are_numbers(entry: Path) -> None:
    _q(entry, lambda m: m.update(shape=[10**400, 4]))


def rows_below_none(entry: Path) -> None:
    _q(entry, lambda m: m.update(shape=[-1, 4]))


def rows_that_are_no_number(entry: Path) -> None:
    _q(entry, lambda m: m.update(shape=["360", True]))


def chunks_of_no_rows(entry: Path) -> None:
    _q(entry, lambda m: m["chunk_grid"]["configuration"].update(chunk_shape=[0, 4]))


def a_million_chunks(entry: Path) -> None:
    def grow(metadata: Json) -> None:
        metadata["shape"] = [2**20, 4]
        metadata["chunk_grid"]["configuration"]["chunk_shape"] = [1, 4]

    _q(entry, grow)


def chunk_that_promises_a_thousandfold(entry: Path) -> None:
    place = entry / STORE / "q" / "c" / "0" / "0"
    data = bytearray(place.read_bytes())
    data[4:8] = (1000 * 360 * 4 * 8).to_bytes(4, "little")
    place.write_bytes(data)


def chunk_that_inflates_to_other_than_it_promises(entry: Path) -> None:
    """The header says what the array asks for; the data are those of a thousandfold chunk."""
    place = entry / STORE / "q" / "c" / "0" / "0"
    codec = numcodecs.Blosc(cname="zstd", clevel=5, shuffle=1)
    data = bytearray(codec.encode(np.zeros(1000 * 360 * 4)))
    data[4:8] = (360 * 4 * 8).to_bytes(4, "little")
    place.write_bytes(data)


def chunk_with_a_hole_of_four_gigabytes(entry: Path) -> None:
    """As long on disk as its header says, nearly all of it a hole."""
    place = entry / STORE / "q" / "c" / "0" / "0"
    data = bytearray(place.read_bytes())
    size = 2**32 - 16
    data[12:16] = size.to_bytes(4, "little")
    place.write_bytes(data)
    with place.open("r+b") as file:
        file.truncate(size)


def chunk_of_nothing(entry: Path) -> None:
    (entry / STORE / "q" / "c" / "0" / "0").write_bytes(b"")


def executions_that_inflate_to_gigabytes(entry: Path) -> None:
    """One episode of 2**15 rows with 1024 executions each: 1 GiB of zeros in few bytes on disk."""
    rows, executions = 2**15, 1024
    tracks = {n: (t, q) for n, (t, q) in good_tracks().items()}
    name = next(iter(tracks))
    time, q = tracks[name]
    clock = np.linspace(time[0], time[-1], rows)
    tracks[name] = clock, np.zeros((rows, q.shape[1]))
    shutil.rmtree(entry / STORE)
    (entry / STORE).mkdir()
    episodes = episodes_of(tracks)
    fill_store(entry / STORE, episodes)
    _root(
        entry,
        lambda m: m["attributes"]["signals"].update(samples=m["attributes"]["signals"]["q"]),
    )
    total = int(episodes.start[-1])
    metadata = json.loads((entry / STORE / "q" / "zarr.json").read_text())
    step = 4096
    metadata["shape"] = [total, executions, 4]
    metadata["chunk_grid"]["configuration"]["chunk_shape"] = [step, executions, 4]
    (entry / STORE / "samples").mkdir()
    (entry / STORE / "samples" / "zarr.json").write_text(json.dumps(metadata))
    chunk = numcodecs.Blosc(cname="zstd", clevel=1, shuffle=1).encode(
        np.zeros(step * executions * 4)
    )
    for number in range(-(-total // step)):
        place = entry / STORE / "samples" / "c" / str(number) / "0" / "0"
        place.parent.mkdir(parents=True)
        place.write_bytes(chunk)


def attributes_that_are_all_wrong(entry: Path) -> None:
    """Every one of very many episodes departs from the schema."""
    _attribute(entry, episodes=[0] * 20_000)


def kind_of_node_without_end(entry: Path) -> None:
    _root(entry, lambda m: m.update(node_type="group" * 12_000))


def format_that_is_no_whole_number(entry: Path) -> None:
    _q(entry, lambda m: m.update(zarr_format=3.0))


def attributes_twice(entry: Path) -> None:
    place = entry / STORE / "zarr.json"
    place.write_text('{"node_type": "array", ' + place.read_text().lstrip()[1:])


def attributes_with_nan(entry: Path) -> None:
    _attribute(entry, kind=float("nan"))


def attributes_nested_deep(entry: Path) -> None:
    place = entry / STORE / "zarr.json"
    place.write_text('{"attributes": ' + "[" * 30_000 + "]" * 30_000 + "}")


def consolidated_metadata(entry: Path) -> None:
    """Arrays described a second time, elsewhere and otherwise: nobody reads it."""
    inner = {"metadata": {"q": {"shape": [2**40], "codecs": [{"name": "pickle"}]}}}
    _root(entry, lambda m: m.update(consolidated_metadata={"kind": "inline", **inner}))


def signal_that_acts_on_a_terminal(entry: Path) -> None:
    _signal(entry, "\x1b[2J\u202e")
