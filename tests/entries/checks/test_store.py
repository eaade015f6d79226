from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.entries.check import STORE, CheckInput
from bench.entries.checks import documents, files, store
from bench.entries.folder import Bounds, read_folder
from bench.io.problems import ProblemsError
from tests.entries.toy import SCORED, Holdout, change, episodes_of, good_tracks, write_raw


def no_array(entry: Path) -> None:
    shutil.rmtree(entry / STORE / "q")


def no_chunk(entry: Path) -> None:
    (entry / STORE / "time" / "c" / "0").unlink()


def other_split(entry: Path) -> None:
    change(entry / STORE / "zarr.json", lambda m: m["attributes"].update(split="all"))


def other_kind(entry: Path) -> None:
    change(entry / STORE / "zarr.json", lambda m: m.update(node_type="array"))


def damaged_values(entry: Path) -> None:
    """A chunk of the right sizes whose content does not decode."""
    chunk = entry / STORE / "q" / "c" / "0" / "0"
    content = bytearray(chunk.read_bytes())
    content[24:-4] = b"\xff" * (len(content) - 28)
    chunk.write_bytes(bytes(content))


@pytest.mark.parametrize(
    ("damage", "start"),
    [
        (no_array, f"missing_array: {STORE}/q: expected the array q, came none"),
        (no_chunk, f"missing_chunk: {STORE}/time/c/0: expected a chunk in a plain file, came none"),
        (other_split, f"not_allowed: {STORE}: expected a store of entry, came all"),
        (other_kind, f"not_a_store: {STORE}: expected a Zarr 3 group, came node_type 'array'"),
    ],
)
def test_faults_of_the_store_are_reported_here_alone(
    holdout: Holdout, entry: Path, damage: Callable[[Path], None], start: str
) -> None:
    damage(entry)
    contents = read_folder(entry, Bounds.of(holdout.inputs))
    given = CheckInput(contents, holdout.inputs, holdout.lock, SCORED)
    (problem,) = store.run(given)
    assert str(problem).startswith(start)
    assert problem.code in store.CODES
    assert [*files.run(given), *documents.run(given)] == []
    assert contents.document == holdout.document
    assert contents.episodes is None


def test_more_positions_than_the_bounds(holdout: Holdout, tmp_path: Path) -> None:
    folder = write_raw(tmp_path / "e", holdout.document, episodes_of(good_tracks()))
    rows = 120 + 90 + 150
    for values, expected in ((rows * 4, []), (rows * 4 - 1, ["too_large"])):
        contents = read_folder(folder, Bounds(values, 2**16))
        given = CheckInput(contents, holdout.inputs, holdout.lock, SCORED)
        assert [problem.code for problem in store.run(given)] == expected


def test_a_chunk_that_does_not_decode_is_found_when_it_is_read(
    holdout: Holdout, entry: Path
) -> None:
    damaged_values(entry)
    with pytest.raises(ProblemsError) as raised:
        holdout.check(entry)
    (problem,) = raised.value.problems
    start = f"broken_chunk: {STORE}/q: expected chunks that decode, came "
    assert str(problem).startswith(start)
