"""The episode store: what is written is read, the same bytes every time, damage is named."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.io.problems import ProblemsError
from bench.io.store import Store, content_hash, load_episodes, write_store
from tests.support.episodes import make_episodes


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_what_is_written_is_read(tmp_path: Path) -> None:
    episodes = make_episodes()
    write_store(tmp_path / "a.zarr", episodes)
    read = load_episodes(tmp_path / "a.zarr")
    assert read.info == episodes.info
    np.testing.assert_array_equal(read.start, episodes.start)
    for name, values in episodes.signals.items():
        np.testing.assert_array_equal(read.signals[name], values)


def test_the_same_episodes_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.zarr", "b.zarr"):
        write_store(tmp_path / name, make_episodes())
    assert _files(tmp_path / "a.zarr") == _files(tmp_path / "b.zarr")


def test_a_store_replaces_the_one_before(tmp_path: Path) -> None:
    write_store(tmp_path / "a.zarr", make_episodes(("one", "two")))
    write_store(tmp_path / "a.zarr", make_episodes(("three",)))
    read = load_episodes(tmp_path / "a.zarr")
    assert [e.motion for e in read.info.episodes] == ["three", "three"]
    assert [p.name for p in tmp_path.iterdir()] == ["a.zarr"]


def test_only_allowed_splits_are_opened(tmp_path: Path) -> None:
    write_store(tmp_path / "a.zarr", make_episodes(split="holdout_truth"))
    with pytest.raises(ProblemsError) as raised:
        load_episodes(tmp_path / "a.zarr", allowed=frozenset({"calibration", "validation"}))
    assert str(raised.value) == (
        f"not_allowed: {tmp_path / 'a.zarr'}: expected a store of calibration or validation, "
        "came holdout_truth"
    )


def test_content_hash_is_the_documented_one() -> None:
    time, q = np.array([0.0, 0.5]), np.array([[1.0, 2.0], [3.0, 4.0]])
    plain = hashlib.sha256(
        b"q:float64:(2, 2)\n" + q.tobytes() + b"time:float64:(2,)\n" + time.tobytes()
    )
    assert content_hash({"time": time, "q": q}) == plain.hexdigest()


def test_content_hash_does_not_see_memory_layout_or_byte_order() -> None:
    q = np.arange(12.0).reshape(4, 3)
    same = [np.asfortranarray(q), q.astype(">f8"), np.arange(24.0).reshape(4, 6)[:, ::2] / 2]
    np.testing.assert_array_equal(same[2], q)
    assert {content_hash({"q": values}) for values in same} == {content_hash({"q": q})}


@settings(max_examples=25)
@given(st.data())
def test_selecting_keeps_every_row_of_what_is_kept(data: st.DataObject) -> None:
    episodes = make_episodes(rows=5)
    keep = data.draw(
        st.lists(st.integers(0, len(episodes) - 1), unique=True, min_size=1, max_size=4)
    )
    part = episodes.select(keep, "calibration")
    assert part.info.split == "calibration"
    for new, old in enumerate(keep):
        assert part.info.episodes[new] == episodes.info.episodes[old]
        for name in episodes.signals:
            np.testing.assert_array_equal(part.signal(name, new), episodes.signal(name, old))


def test_rows_can_be_read_alone(tmp_path: Path) -> None:
    episodes = make_episodes()
    write_store(tmp_path / "a.zarr", episodes)
    rows = slice(7, 19)
    np.testing.assert_array_equal(
        Store(tmp_path / "a.zarr").read("q", rows), episodes.signals["q"][rows]
    )


def test_an_array_that_becomes_one_of_an_older_form_is_not_read(tmp_path: Path) -> None:
    """Between the check and the reading the files may change."""
    import zarr

    write_store(tmp_path / "a.zarr", make_episodes())
    store = Store(tmp_path / "a.zarr")
    rows, joints = store.shapes["q"]
    shutil.rmtree(tmp_path / "a.zarr" / "q")
    other = zarr.create_array(
        tmp_path / "a.zarr" / "q", shape=(rows, joints), dtype="float64", zarr_format=2
    )
    other[...] = 1.0
    with pytest.raises(ProblemsError) as raised:
        store.read("q")
    (problem,) = raised.value.problems
    assert (problem.code, problem.where) == ("broken_chunk", str(tmp_path / "a.zarr" / "q"))


def _cut_chunk(store: Path) -> str:
    chunk = store / "q" / "c" / "0" / "0"
    content = chunk.read_bytes()
    chunk.write_bytes(content[:-7])
    return (
        f"broken_chunk: {chunk}: expected {len(content)} bytes in the file, "
        f"came {len(content) - 7} bytes"
    )


def _lost_chunk(store: Path) -> str:
    (store / "q" / "c" / "0" / "0").unlink()
    return f"missing_chunk: {store / 'q/c/0/0'}: expected a chunk in a plain file, came none"


def _lost_array(store: Path) -> str:
    (store / "q" / "zarr.json").unlink()
    return (
        f"missing_file: {store / 'q/zarr.json'}: expected Zarr metadata in a plain file, came none"
    )


def _linked_chunk(store: Path) -> str:
    chunk = store / "q" / "c" / "0" / "0"
    chunk.rename(store.parent / "elsewhere")
    chunk.symlink_to(store.parent / "elsewhere")
    return f"missing_chunk: {chunk}: expected a chunk in a plain file, came none"


def _other_codec(store: Path) -> str:
    place = store / "q" / "zarr.json"
    metadata = json.loads(place.read_text())
    metadata["codecs"] = [{"name": "numcodecs.pickle", "configuration": {}}]
    place.write_text(json.dumps(metadata))
    return f"store_codecs: {place}: expected the codecs bytes and blosc, came ['numcodecs.pickle']"


def _inflating_chunk(store: Path) -> str:
    chunk = store / "q" / "c" / "0" / "0"
    content = bytearray(chunk.read_bytes())
    size = int.from_bytes(content[4:8], "little")
    content[4:8] = (10**9).to_bytes(4, "little")
    chunk.write_bytes(bytes(content))
    return f"broken_chunk: {chunk}: expected {size} bytes when inflated, came 1000000000 bytes"


@pytest.mark.parametrize(
    "damage",
    [_cut_chunk, _lost_chunk, _lost_array, _linked_chunk, _other_codec, _inflating_chunk],
)
def test_damage_is_named(tmp_path: Path, damage: Callable[[Path], str]) -> None:
    store = tmp_path / "a.zarr"
    write_store(store, make_episodes())
    message = damage(store)
    with pytest.raises(ProblemsError) as raised:
        load_episodes(store)
    assert message in str(raised.value).splitlines()


def test_offsets_must_rise_to_the_last_row(tmp_path: Path) -> None:
    import zarr

    store = tmp_path / "a.zarr"
    write_store(store, make_episodes(("one",)))
    array = zarr.open_array(store / "start", mode="r+")
    array[:] = np.array([0, 41, 40])
    with pytest.raises(ProblemsError, match="expected offsets that rise from 0 to 80"):
        load_episodes(store)


@settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_random_damage_gives_problems_or_reads(data: st.DataObject, tmp_path: Path) -> None:
    """No byte that is changed leads to anything but a problem, or to a store that reads."""
    store = tmp_path / "a.zarr"
    write_store(store, make_episodes(("one",), rows=8))
    files = sorted(p for p in store.rglob("*") if p.is_file())
    file = data.draw(st.sampled_from(files))
    content = bytearray(file.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    file.write_bytes(bytes(content))
    try:
        load_episodes(store)
    except ProblemsError as error:
        assert error.problems
