"""Planted records: what names the holdout, its group, or what was made from it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from bench.entries.provenance.contradictions import motion_of
from bench.guard.finding import Finding
from bench.guard.record.guarding import guard_record
from bench.guard.record.known import KnownHoldout, known_holdout, known_of
from bench.guard.record.naming import LISTED, look
from bench.io.documents import Document, check, read_document
from bench.io.workspace import Workspace
from tests.entries.provenance.records import HASHES, lock, record
from tests.support.steps import lines_run

LOCK = lock(
    ("circle.run-a", "circle", HASHES[4], HASHES[5]),
    ("pick_place.run-a", "g1", HASHES[6], None),
)
RULE: Document = {
    "assignment": {
        "calibration": ["wave", "step"],
        "validation": ["circle_of_pick_place_noise"],
        "holdout": ["circle", "pick_place"],
        "diagnostic": ["pushed"],
    },
    "groups": [{"name": "g1", "motions": ["pick_place", "pushed"]}],
}
DATASET: Document = {
    "raw": "fetched",
    "reader_settings": {
        "runs": {
            "run-a": {"folder": "owner/logs/abc/first"},
            "run-b": {"folder": "owner/logs/abc/second", "motions": {"circle": "Round_1"}},
        }
    },
}
RAW = {
    "owner/logs/abc/first/circle/state.csv": "d" * 64,
    "owner/logs/abc/first/circle/event.csv": "e" * 64,
    "owner/logs/abc/first/wave/event.csv": "e" * 64,
    "owner/logs/abc/second/Round_1/state.csv": "f" * 64,
}
KNOWN = known_holdout(LOCK, RULE, DATASET, RAW)
READ = "calibration/episodes/0"
"""The place of the first episode that a record says was read."""


def found(made: Document | None, known: KnownHoldout = KNOWN) -> list[tuple[str, str, Any]]:
    if made is not None:
        check(made, "provenance", "made")
    return [(f.code, f.certainty, f.evidence) for f in guard_record(made, known)]


def item(name: str, **fields: Any) -> Document:
    return {"name": name, "kind": "derived", "derived_from": [], **fields}


def source(name: str, method: str = "noise", **fields: Any) -> Document:
    return {"name": name, "method": method, **fields}


def reading(name: str, content: str = HASHES[0]) -> Document:
    return record(calibration={"episodes": [{"id": name, "hash": content}]})


def names(
    code: str, certainty: str, known: str, by: list[str], where: str, says: str
) -> list[tuple[str, str, Any]]:
    """The finding that something that was read is named."""
    named = {"where": where, "says": says, "is": known, "by": by}
    return [(code, certainty, {"named": [named], "number": 1})]


def test_a_record_that_says_everything_is_clean() -> None:
    own = item("own-arm", kind="recorded", sha256=HASHES[7])
    made = item("own-arm-noise", derived_from=[source("own-arm"), source("wave.run-a")])
    free = item("free-motions", kind="simulated")
    assert found(record(data=[own, made, free])) == []


@pytest.mark.parametrize(
    ("name", "content", "known", "by"),
    [
        ("circle.run-a", HASHES[0], "circle.run-a", ["id"]),
        ("circle.run-a", HASHES[4], "circle.run-a", ["hash", "id"]),
        ("renamed.run-a", HASHES[4], "circle.run-a", ["hash"]),
        ("renamed.run-a", HASHES[5], "circle.run-a", ["hash"]),
        ("renamed", "d" * 64, "owner/logs/abc/first/circle/state.csv", ["hash"]),
        ("renamed", "f" * 64, "owner/logs/abc/second/Round_1/state.csv", ["hash"]),
    ],
)
def test_an_episode_of_the_holdout_is_found_by_id_and_hash(
    name: str, content: str, known: str, by: list[str]
) -> None:
    expected = names("provenance_names_holdout", "certain", known, by, READ, name)
    assert found(reading(name, content)) == expected


def test_a_raw_file_that_also_lies_elsewhere_says_nothing() -> None:
    assert found(reading("wave.run-a", "e" * 64)) == []


@pytest.mark.parametrize(
    "path",
    [
        "owner/logs/abc/first/circle/state.csv",
        "owner/logs/abc/first/circle/",
        "data/raw/toy/owner/logs/abc/second/Round_1/state.csv",
        "https://example.org/first/circle/state.csv",
    ],
)
def test_raw_files_of_the_holdout_are_found_by_their_path(path: str) -> None:
    made = record(data=[item("x", kind="recorded", path=path, sha256=HASHES[7])])
    known = path.rstrip("/")
    expected = names("provenance_names_holdout", "certain", known, ["path"], "data/0", "x")
    assert found(made) == expected


@pytest.mark.parametrize("path", ["data/split/toy/holdout_truth.zarr", "x/all.zarr"])
def test_a_store_that_holds_the_truth_is_likely(path: str) -> None:
    made = record(data=[item("x", kind="recorded", path=path, sha256=HASHES[7])])
    (only,) = found(made)
    assert only[:2] == ("provenance_names_holdout", "likely")
    assert only[2]["named"][0]["by"] == ["path"]


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("circle.run-c", "circle"),
        ("circle.run-a-aug1", "circle"),
        ("circle.noise3", "circle"),
        ("circle", "circle"),
        ("g1", "g1"),
        ("pushed.run-a", "g1"),
        ("pick_place.run-x", "g1"),
    ],
)
def test_another_run_of_a_holdout_motion_is_found(name: str, group: str) -> None:
    expected = names("provenance_same_group", "certain", group, ["group"], READ, name)
    assert found(reading(name)) == expected


def test_raw_files_of_a_motion_of_the_group_are_found() -> None:
    path = "owner/logs/abc/first/pushed/state.csv"
    made = record(data=[item("x", kind="recorded", path=path, sha256=HASHES[7])])
    assert found(made) == names("provenance_same_group", "certain", "g1", ["path"], "data/0", "x")


@pytest.mark.parametrize("name", ["Circle_Run-A", "circle.run-a.csv", "CIRCLE-RUN-A"])
def test_ids_that_are_spelt_otherwise_are_the_holdout_s(name: str) -> None:
    expected = names("provenance_names_holdout", "certain", "circle.run-a", ["id"], READ, name)
    assert found(reading(name)) == expected


@pytest.mark.parametrize(
    ("path", "certainty"),
    [
        ("Circle.CSV", "certain"),
        ("circle_run_c", "certain"),
        ("recordings/circle.csv", "likely"),
        ("recordings/circle.run-c.csv", "likely"),
        ("recordings/circle/run-c.csv", "likely"),
        ("recordings/circle/07.npz", "likely"),
        ("recordings/pick-place/take2.tar.gz", "likely"),
    ],
)
def test_files_that_are_called_like_a_motion_of_the_holdout(path: str, certainty: str) -> None:
    made = record(data=[item("x", kind="recorded", path=path, sha256=HASHES[7])])
    known = "pick_place" if "pick" in path else "circle"
    ((code, sure, evidence),) = found(made)
    assert (code, sure) == ("provenance_same_group", certainty)
    (named,) = evidence["named"]
    assert (named["says"], named["by"]) == ("x", ["group"])
    assert named["is"] == KNOWN.motions[known]


@pytest.mark.parametrize(
    "path",
    ["circle/notes.csv", "recordings/wave.csv", "circles.csv", "circle/wave.run-a.csv", "no/7.csv"],
)
def test_files_beside_such_names_are_none(path: str) -> None:
    assert found(record(data=[item("x", kind="recorded", path=path, sha256=HASHES[7])])) == []


@pytest.mark.parametrize(
    ("name", "certainty", "known"),
    [
        ("aug.circle.run-a", "likely", "circle.run-a"),
        ("circle-resim", "hint", "circle"),
        ("circle_shifted.run-a", "hint", "circle"),
        ("pick-place-resim", "likely", "pick_place"),
        ("my-pick-place", "hint", "pick_place"),
    ],
)
def test_names_that_look_like_the_holdout_s(name: str, certainty: str, known: str) -> None:
    code = "provenance_derived_from_holdout"
    assert found(reading(name)) == names(code, certainty, known, ["name"], READ, name)


@pytest.mark.parametrize(
    "name",
    [
        "encircle-resim",
        "inner-circle",
        "wave.run-a",
        "wave.run-a-aug1",
        "step_noise",
        "circle_of_pick_place_noise.run-a",
        "circle_of_pick_place_noise-aug",
    ],
)
def test_names_that_look_like_nothing(name: str) -> None:
    assert found(reading(name)) == []


def test_declared_derivation_is_followed_to_its_origin() -> None:
    """By id, hash, group and path, and by way of other data, also backwards and in a ring."""
    data = [
        item("third", derived_from=[source("second", "cropped")]),
        item("first", kind="simulated", derived_from=[source("circle.run-a", "simulated again")]),
        item("second", derived_from=[source("first", "noise")]),
        item("by-hash", derived_from=[source("x", "shifted", sha256=HASHES[6])]),
        item("by-group", derived_from=[source("wave.run-a"), source("pushed", "shifted")]),
        item("by-path", derived_from=[source("owner/logs/abc/first/circle/state.csv", "cut")]),
        item("by-look", derived_from=[source("circle.run-a, stretched by 1.2", "stretched")]),
        item("seen", sha256=HASHES[4], derived_from=[source("x")]),
        item("after-seen", derived_from=[source("seen", "mixed")]),
        item("ring-a", derived_from=[source("ring-b"), source("ring-a")]),
        item("ring-b", derived_from=[source("ring-a"), source("wave.run-a")]),
    ]

    def says(number: int, known: str, by: str, method: str, *through: str) -> Document:
        named = {"where": f"data/{number}", "says": data[number]["name"], "is": known, "by": [by]}
        return {**named, "method": method, "through": list(through)}

    seen = {"where": "data/7", "says": "seen", "is": "circle.run-a", "by": ["hash"]}
    certain = [
        says(0, "circle.run-a", "id", "cropped", "second", "first"),
        says(1, "circle.run-a", "id", "simulated again"),
        says(2, "circle.run-a", "id", "noise", "first"),
        says(3, "pick_place.run-a", "hash", "shifted"),
        says(4, "g1", "group", "shifted"),
        says(5, "owner/logs/abc/first/circle/state.csv", "path", "cut"),
        says(8, "seen", "data", "mixed", "seen"),
    ]
    likely = [says(6, "circle.run-a", "name", "stretched")]
    code = "provenance_derived_from_holdout"
    assert found(record(data=data)) == [
        ("provenance_names_holdout", "certain", {"named": [seen], "number": 1}),
        (code, "certain", {"named": certain, "number": len(certain)}),
        (code, "likely", {"named": likely, "number": 1}),
    ]


def test_a_long_chain_and_many_names_are_told_in_bounded_evidence() -> None:
    names = ["circle.run-a", *(f"d{number}" for number in range(5000))]
    data = [item(name, derived_from=[source(before)]) for before, name in itertools.pairwise(names)]
    (only,) = found(record(data=data))
    assert only[2]["number"] == 5000
    assert len(only[2]["named"]) == LISTED
    assert len(only[2]["named"][-1]["through"]) == LISTED - 1


def test_a_name_that_stands_very_often_is_followed_once() -> None:
    """Of one name there is one visit: twice the items, twice the work."""

    def work(items: int) -> int:
        made = record(data=[item("d", derived_from=[source("d")] * 8) for _ in range(items)])
        made["data"][0]["derived_from"][0] = source("circle.run-a")
        check(made, "provenance", "made")
        told: list[Finding] = []
        lines = lines_run(lambda: told.extend(guard_record(made, KNOWN)))
        (only,) = told
        assert only.evidence["number"] == items
        return lines

    assert work(400) < 2.1 * work(200)


# The third answer.


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        (None, ["there is no provenance record"]),
        (
            {"calibration": {"episodes": [], "unnamed": "undisclosed"}},
            ["calibration: the lab does not say what was read"],
        ),
        (
            {"validation": {"episodes": [], "unnamed": "undisclosed", "evaluations": 3}},
            ["validation: the lab does not say what was read"],
        ),
        (
            {"calibration": {"episodes": [], "unnamed": "other_data"}},
            ["calibration: other data were read, and none are named"],
        ),
        (
            {"calibration": {"episodes": [], "unnamed": "nothing"}},
            ["calibration: parameters are fitted, and nothing was read"],
        ),
        (
            {"data": [item("x"), item("y", kind="recorded")]},
            [
                "data/0: made from something, and it is not said from what",
                "data/1: recorded, and without a hash that could be compared",
            ],
        ),
        (
            {"method": {**record()["method"], "settings": {"command": ["fit"], "time_limit": 9}}},
            ["the twin was made by a command, and what it read was not watched"],
        ),
    ],
)
def test_what_cannot_be_known_is_unknown(fields: Document | None, reasons: list[str]) -> None:
    made = None if fields is None else record(**fields)
    evidence = {"reasons": reasons, "number": len(reasons)}
    assert found(made) == [("provenance_unknown", "unknown", evidence)]


def test_a_method_that_fits_nothing_and_says_so_is_clean() -> None:
    nothing = {"episodes": [], "unnamed": "nothing"}
    published = {**record()["parameters"][0], "determined": "published: data sheet"}
    made = record(
        calibration=nothing, validation={**nothing, "evaluations": 0}, parameters=[published]
    )
    assert found(made) == []


# The datasets of this checkout.


@pytest.mark.parametrize("name", ["so101-synth", "so101-sage", "ur5-force"])
def test_what_may_be_read_of_the_datasets_gives_nothing(repository: Any, name: str) -> None:
    paths = Workspace(repository).dataset(name)
    known = known_of(paths)
    rule = read_document(paths.folder / "split.json", "split")["assignment"]
    free = [m for part in ("calibration", "validation") for m in rule[part]]
    assert len(free) > 5
    for motion in free:
        for text in (motion, f"{motion}.run-a", f"{motion}.run-b", f"{motion}.run-a-aug1"):
            assert found(reading(text), known) == [], text
    held = {motion_of(one) for one in known.ids}
    for motion in held:
        for run in ("run-a", "run-z", "run-a-aug1"):
            assert found(reading(f"{motion}.{run}"), known)[0][1] == "certain"
        looked = look(known, f"{motion}.run-a-aug7")
        assert looked is not None
        assert looked[1] == "likely"


def test_raw_recordings_of_the_datasets_are_known(repository: Any) -> None:
    place = Workspace(repository)
    sage, ur5, synth = (place.dataset(n) for n in ("so101-sage", "ur5-force", "so101-synth"))
    for paths, inner in ((sage, "custom/circular_motion/"), (ur5, "RecordedUR5Data/TEST/")):
        known = known_of(paths)
        files = [f for t in read_document(paths.folder / "source.json", "source")["trees"]
                 for f in t["files"] if inner in f["path"]]  # fmt: skip
        assert len(files) > 5
        for file in files:
            made = record(
                data=[item("x", kind="recorded", **{k: file[k] for k in ("path", "sha256")})]
            )
            assert found(made, known)[0][:2] == ("provenance_names_holdout", "certain")
    known = known_of(synth)
    made = record(data=[item("x", kind="recorded", path="counts.npz", sha256=HASHES[0])])
    assert found(made, known)[0][:2] == ("provenance_names_holdout", "likely")
