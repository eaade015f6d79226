"""Whatever bytes lie in an entry, the answer is an entry or a list of problems, never a traceback.

Every problem has a code that the registry knows, and nothing that a terminal might obey. The tests
that are marked slow look at many more examples than the others.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.entries.registry import CHECKS
from bench.io.problems import ProblemsError
from tests.entries.toy import Holdout, episodes_of, good_tracks, make_holdout, write_raw

HOLDOUT = make_holdout()
CODES = {code for check in CHECKS for code in check.codes}
BOUNDED = settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
STORE = "trajectories.zarr"
SAMPLES = Path(__file__).parents[1] / "cases" / "schemas"
PAPERS = {
    kind: json.loads((SAMPLES / kind / "valid" / "echo.json").read_text(encoding="utf-8"))
    for kind in ("provenance", "twin")
}
SLOW = (pytest.mark.slow, pytest.mark.timeout(1800))
EFFORT = pytest.mark.parametrize("examples", [30, pytest.param(200, marks=SLOW)])

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("good") / "entry"
    return write_raw(folder, HOLDOUT.document, episodes_of(good_tracks()))


def copies(good: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as place:
        yield Path(shutil.copytree(good, Path(place) / "entry"))


def answer(folder: Path, holdout: Holdout = HOLDOUT) -> None:
    try:
        holdout.check(folder)
    except ProblemsError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.code in CODES
            assert str(problem).isprintable()
            assert not problem.where.startswith(str(folder))


@BOUNDED
@given(data=st.binary(max_size=200))
def test_any_bytes_as_entry_json(good: Path, data: bytes) -> None:
    for folder in copies(good):
        (folder / "entry.json").write_bytes(data)
        answer(folder)


@BOUNDED
@given(field=st.sampled_from([*sorted(HOLDOUT.document), "url", "\x1b[2J"]), value=values)
def test_any_value_in_a_field_of_entry_json(good: Path, field: str, value: Any) -> None:
    for folder in copies(good):
        text = json.dumps(HOLDOUT.document | {field: value})
        (folder / "entry.json").write_text(text)
        answer(folder)


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of every value inside a JSON document."""
    yield place
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, inner in items:
        yield from _places(inner, (*place, key))


def _metadata() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        folder = write_raw(Path(place) / "e", HOLDOUT.document, episodes_of(good_tracks()))
        return {
            name: json.loads((folder / STORE / name).read_text())
            for name in ("zarr.json", "q/zarr.json", "start/zarr.json")
        }


METADATA = _metadata()
SPOTS = [(name, place) for name, loaded in METADATA.items() for place in _places(loaded)]


@settings(BOUNDED, max_examples=60)
@given(
    spot=st.sampled_from(SPOTS),
    value=values | st.sampled_from([2**33, "NaN", "bytes", "zstd", "\x1b[31m"]),
    drop=st.booleans(),
)
def test_any_value_in_the_metadata_of_the_store(
    good: Path, spot: tuple[str, tuple[Any, ...]], value: Any, drop: bool
) -> None:
    name, place = spot
    loaded = json.loads(json.dumps(METADATA[name]))
    if place:
        holder = loaded
        for key in place[:-1]:
            holder = holder[key]
        if drop:
            del holder[place[-1]]
        else:
            holder[place[-1]] = value
    else:
        loaded = value
    for folder in copies(good):
        (folder / STORE / name).write_text(json.dumps(loaded))
        answer(folder)


@BOUNDED
@given(name=st.sampled_from(sorted(METADATA)), data=st.data())
def test_any_bytes_in_the_metadata_of_the_store(good: Path, name: str, data: Any) -> None:
    whole = (good / STORE / name).read_bytes()
    place = data.draw(st.integers(0, len(whole)))
    other = data.draw(st.binary(max_size=8))
    for folder in copies(good):
        (folder / STORE / name).write_bytes(whole[:place] + other + whole[place + len(other) :])
        answer(folder)


@settings(BOUNDED, max_examples=60)
@given(name=st.sampled_from(["q/c/0/0", "time/c/0", "start/c/0"]), data=st.data())
def test_any_bytes_in_a_chunk(good: Path, name: str, data: Any) -> None:
    whole = (good / STORE / name).read_bytes()
    place = data.draw(st.integers(0, len(whole)) | st.integers(0, 40))
    other = data.draw(st.binary(min_size=1, max_size=8))
    changed = whole[:place] + other + whole[place + len(other) :]
    for folder in copies(good):
        (folder / STORE / name).write_bytes(changed[: data.draw(st.integers(0, len(changed) + 4))])
        answer(folder)


@BOUNDED
@given(
    name=st.text(
        st.characters(exclude_characters="/\x00", exclude_categories=["Cs"]),
        min_size=1,
        max_size=20,
    ).filter(lambda name: name not in {".", ".."}),
    under=st.sampled_from(["", STORE, f"{STORE}/q", f"{STORE}/q/c"]),
    sort=st.sampled_from(["file", "folder", "link"]),
)
def test_any_further_file(good: Path, name: str, under: str, sort: str) -> None:
    for folder in copies(good):
        place = folder / under / name
        if place.exists():
            continue
        if sort == "file":
            place.write_bytes(b"?")
        elif sort == "folder":
            place.mkdir()
        else:
            place.symlink_to("/dev/zero")
        answer(folder)


@EFFORT
@pytest.mark.parametrize("kind", ["events", "provenance", "twin"])
def test_any_bytes_as_a_paper(good: Path, kind: str, examples: int) -> None:
    whole = json.dumps(PAPERS.get(kind, {"grasp": [1.0, 2.5]})).encode()

    @settings(BOUNDED, max_examples=examples)
    @given(data=st.data())
    def check(data: Any) -> None:
        place = data.draw(st.integers(0, len(whole)))
        other = data.draw(st.binary(max_size=8) | st.sampled_from([b"[" * 40, b"1e999", b"NaN"]))
        for folder in copies(good):
            changed = whole[:place] + other + whole[place + len(other) :]
            (folder / f"{kind}.json").write_bytes(changed)
            answer(folder)

    check()


@EFFORT
@pytest.mark.parametrize("kind", ["events", "provenance", "twin"])
def test_any_value_in_a_paper(good: Path, kind: str, examples: int) -> None:
    whole = PAPERS.get(kind, {"grasp": [1.0, 2.5], "pour": {"start": 1, "notes": ["a"]}})
    large = st.sampled_from([10**400, -(2**1023), 1e308, "\u202e", "\u3164", "x" * 5000, []])

    @settings(BOUNDED, max_examples=examples)
    @given(spot=st.sampled_from([p for p in _places(whole) if p]), value=values | large)
    def check(spot: tuple[Any, ...], value: Any) -> None:
        loaded = json.loads(json.dumps(whole))
        holder = loaded
        for key in spot[:-1]:
            holder = holder[key]
        holder[spot[-1]] = value
        for folder in copies(good):
            (folder / f"{kind}.json").write_text(json.dumps(loaded))
            answer(folder)

    check()


@EFFORT
def test_any_text_for_a_lab(good: Path, examples: int) -> None:
    marks = st.characters(categories=["Mn", "Me", "Cf", "Co", "Cn", "Zs", "Lo", "Lu", "Ll"])

    @settings(BOUNDED, max_examples=examples)
    @given(lab=st.text(marks, max_size=12))
    def check(lab: str) -> None:
        for folder in copies(good):
            document = json.dumps(HOLDOUT.document | {"lab": lab})
            (folder / "entry.json").write_text(document)
            answer(folder)

    check()
