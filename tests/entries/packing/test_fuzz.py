"""Whatever bytes `pack` is given, the answer is predictions or a list of problems, no traceback.

Every problem has a code that the format knows. No more numbers come than an entry may have. The
tests that are marked slow look at many more examples than the others.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.entries.checks import documents
from bench.entries.packing import hdf5_file
from bench.entries.packing.apart import read_apart
from bench.entries.packing.format import Budget, Reading
from bench.entries.packing.pack import CODES, pack
from bench.entries.packing.registry import FORMATS
from bench.io.problems import ProblemsError
from tests.entries.packing.sources import csv_folder, npz_folder, robomimic_file
from tests.entries.packing.sources import hdf5_file as write_hdf5
from tests.entries.toy import JOINTS, good_tracks, make_holdout

HOLDOUT = make_holdout()
KNOWN = {code for one in FORMATS for code in one.codes} | set(CODES)
SPOILED = "wave.run-a"
DESCRIBED = set(documents.CODES)
SLOW = (pytest.mark.slow, pytest.mark.timeout(1800))
EFFORT = pytest.mark.parametrize("examples", [60, pytest.param(1000, marks=SLOW)])
BYTES = st.binary(max_size=300)
VALUES = st.sampled_from([0, 1, 127, 128, 254, 255])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sources")


def answer(source: Path, form: str) -> None:
    try:
        packed = pack(source, form, HOLDOUT.inputs, HOLDOUT.document)
    except ProblemsError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.code in KNOWN
            assert str(problem).isprintable()
            assert len(str(problem)) < 2000
    else:
        assert len(packed.episodes) == len(HOLDOUT.inputs)
        assert packed.episodes.signals["q"].dtype == np.float64
        assert packed.episodes.signals["q"].size <= Budget.of(HOLDOUT.inputs).most


@st.composite
def changed(draw: st.DrawFn, whole: bytes) -> bytes:
    """The bytes with some of them others, moved, or gone."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)) | st.integers(0, min(len(data), 200)))
        match draw(st.sampled_from(["byte", "word", "copy", "cut"])):
            case "byte":
                data[at : at + 1] = bytes([draw(VALUES | st.integers(0, 255))])
            case "word":
                number = draw(st.sampled_from([0, 1, 2**31 - 1, 2**32 - 1, 2**40, 2**64 - 1]))
                data[at : at + 8] = number.to_bytes(8, "little")
            case "copy":
                source = draw(st.integers(0, len(data)))
                data[at : at + 16] = data[source : source + 16]
            case "cut":
                del data[at : at + draw(st.integers(1, 64))]
    return bytes(data)


def looked_at(examples: int, **given_by: st.SearchStrategy[Any]) -> Callable[[Any], Any]:
    """Run the function below at once with so many examples."""

    def run(check: Any) -> Any:
        settings(max_examples=examples)(given(**given_by)(check))()

    return run


def csv_source(place: Path) -> Path:
    source = place / "csv"
    return source if source.exists() else csv_folder(source, good_tracks())


def npz_source(place: Path) -> Path:
    source = place / "npz"
    return source if source.exists() else npz_folder(source, good_tracks())


@EFFORT
@pytest.mark.parametrize("form", ["csv", "npz"])
def test_any_bytes_as_a_file_of_a_folder(form: str, place: Path, examples: int) -> None:
    source = csv_source(place) if form == "csv" else npz_source(place)
    spoiled = source / f"{SPOILED}.{form}"
    whole = spoiled.read_bytes()

    @looked_at(examples, data=BYTES | changed(whole))
    def check(data: bytes) -> None:
        spoiled.write_bytes(data)
        answer(source, form)

    spoiled.write_bytes(whole)


@EFFORT
def test_any_fields_in_a_csv(place: Path, examples: int) -> None:
    source = csv_source(place)
    whole = (source / f"{SPOILED}.csv").read_bytes()
    field = (
        st.sampled_from(["", "nan", "-inf", "1e999", "=1+1", "1_0", "0x1p3", "\uff11", '"', "\n"])
        | st.floats().map(repr)
        | st.text(max_size=8)
    )
    header = st.lists(st.sampled_from(["time", *JOINTS]) | st.text(max_size=8), max_size=7)

    @looked_at(examples, header=header, rows=st.lists(st.lists(field, max_size=7), max_size=6))
    def check(header: list[str], rows: list[list[str]]) -> None:
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        data = text.getvalue().encode("utf-8", "surrogatepass")
        (source / f"{SPOILED}.csv").write_bytes(data)
        answer(source, "csv")

    (source / f"{SPOILED}.csv").write_bytes(whole)


def member(values: Any) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.asarray(values), allow_pickle=False)
    return file.getvalue()


@EFFORT
def test_any_array_in_an_archive(place: Path, examples: int) -> None:
    source = npz_source(place)
    whole = (source / f"{SPOILED}.npz").read_bytes()
    time, q = good_tracks()[SPOILED]
    arrays = st.sampled_from([member(q), member(time), member(JOINTS)])
    extent = st.integers(-1, 200) | st.sampled_from([2**31, 2**63, 2**64, 10**30])
    kind = st.sampled_from(["<f8", ">f4", "<f2", "<i8", "|u1", "|b1", "|O", "<U4", "|V8", "<M8[s]"])
    header = st.builds(
        "{{'descr': {!r}, 'fortran_order': {}, 'shape': {}, }}".format,
        kind | st.text(max_size=6),
        st.booleans(),
        st.lists(extent, max_size=4).map(tuple) | st.integers(),
    )
    made = header.map(
        lambda text: (
            b"\x93NUMPY\x01\x00"
            + len(text.encode("latin-1", "replace")).to_bytes(2, "little")
            + text.encode("latin-1", "replace")
        )
    )
    data = st.builds(bytes.__add__, made, st.binary(max_size=64))
    names = st.sampled_from(["q.npy", "time.npy", "joints.npy", "q", "../q.npy"])
    methods = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
    members = st.dictionaries(names, data | arrays.flatmap(changed) | arrays, max_size=4)

    @looked_at(examples, members=members, method=methods)
    def check(members: dict[str, bytes], method: int) -> None:
        with zipfile.ZipFile(source / f"{SPOILED}.npz", "w", method) as archive:
            for name, written in members.items():
                archive.writestr(name, written)
        answer(source, "npz")

    (source / f"{SPOILED}.npz").write_bytes(whole)


def judged(reading: Reading) -> None:
    for problem in reading.problems:
        assert problem.code in KNOWN
    assert sum(track.q.size for track in reading.tracks) <= Budget.of(HOLDOUT.inputs).most
    assert all(track.q.dtype == np.float64 for track in reading.tracks)


@pytest.mark.parametrize("examples", [8, pytest.param(200, marks=SLOW)])
def test_any_bytes_as_hdf5(place: Path, examples: int) -> None:
    """The library hangs on some of them: what then comes is a problem, too."""
    wholes = [
        write(place / "whole.h5", good_tracks()).read_bytes()
        for write in (write_hdf5, robomimic_file)
    ]

    @looked_at(examples, data=st.sampled_from(wholes).flatmap(changed))
    def check(data: bytes) -> None:
        (place / "s.h5").write_bytes(data)
        judged(read_apart(hdf5_file.read, place / "s.h5", HOLDOUT.inputs, seconds=10))


VALUES_OF_HDF5 = st.one_of(
    st.sampled_from([h5py.Empty("f8"), "text", np.bytes_(b"\xff"), 7, np.zeros((0, 4))]),
    st.builds(
        np.zeros,
        st.lists(st.integers(0, 5), max_size=3).map(tuple),
        st.sampled_from(["f8", "i4", "u1", "?", "c16", "S3", ">f4"]),
    ),
)


@EFFORT
def test_any_values_in_hdf5(place: Path, examples: int) -> None:
    """Sound files, as far as the library goes: they are read here."""
    where = st.sampled_from(["q", "time", "obs/q", "obs/time", "observations/qpos", "x"])
    named = st.sampled_from(["joints", "episode", "other"])
    names = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=5)

    attributes = VALUES_OF_HDF5 | names | st.lists(names, min_size=1)

    @looked_at(
        examples,
        group=st.sampled_from([SPOILED, "data/demo_0", "data"]),
        found=st.dictionaries(where, VALUES_OF_HDF5, max_size=3),
        said=st.dictionaries(named, attributes, max_size=2),
    )
    def check(group: str, found: dict[str, Any], said: dict[str, Any]) -> None:
        with h5py.File(place / "made.h5", "w") as file:
            holder = file.require_group(group)
            for name, values in found.items():
                holder[name] = values
            for name, values in said.items():
                holder.attrs[name] = values
        judged(hdf5_file.read(place / "made.h5", HOLDOUT.inputs))


@EFFORT
def test_any_description(place: Path, examples: int) -> None:
    source = csv_source(place)
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    fields = st.sampled_from([*sorted(HOLDOUT.document), "url", "description", "\x1b[2J"])
    values = st.recursive(scalars, st.lists, max_leaves=5)

    @looked_at(examples, changes=st.dictionaries(fields, values, max_size=3))
    def check(changes: dict[str, Any]) -> None:
        try:
            pack(source, None, HOLDOUT.inputs, {**HOLDOUT.document, **changes})
        except ProblemsError as error:
            assert all(problem.code in KNOWN | DESCRIBED for problem in error.problems)
            assert all(str(problem).isprintable() for problem in error.problems)
