from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.entries.packing.pack import Packed, pack
from bench.entries.template import template
from bench.entries.validation import check_entry
from bench.io.problems import ProblemsError, UnknownNameError
from tests.entries.packing import sources
from tests.entries.toy import JOINTS, SCORED, Holdout, Tracks, episodes_of

MAKERS: dict[Callable[[Path, Tracks], Path], str] = {
    sources.csv_folder: "csv",
    sources.npz_folder: "npz",
    sources.hdf5_file: "hdf5",
    sources.robomimic_file: "hdf5",
    sources.aloha_file: "hdf5",
}


def packed(holdout: Holdout, source: Path, name: str | None = None) -> Packed:
    return pack(source, name, holdout.inputs, holdout.document, scored=SCORED)


def problems(holdout: Holdout, source: Path, name: str | None = None) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        packed(holdout, source, name)
    return [str(problem) for problem in raised.value.problems]


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
@pytest.mark.parametrize("named", [True, False], ids=["named", "detected"])
def test_every_format_gives_the_same_entry(
    tmp_path: Path,
    holdout: Holdout,
    tracks: Tracks,
    make: Callable[[Path, Tracks], Path],
    named: bool,
) -> None:
    source = make(tmp_path / "source", dict(reversed(tracks.items())))
    found = packed(holdout, source, MAKERS[make] if named else None)
    assert found.format == MAKERS[make]
    expected = episodes_of(tracks)
    assert found.episodes.info == expected.info
    np.testing.assert_array_equal(found.episodes.start, expected.start)
    for name, values in expected.signals.items():
        np.testing.assert_array_equal(found.episodes.signals[name], values)
    held = {"inputs": holdout.inputs, "lock": holdout.lock, "scored": SCORED}
    check_entry(holdout.document, found.episodes, {}, **held)


def test_columns_come_by_name(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> None:
    turned = {name: (time, q[:, [2, 0, 1]]) for name, (time, q) in tracks.items()}
    source = sources.csv_folder(tmp_path / "s", turned, ("elbow", "pan", "lift"))
    found = packed(holdout, source)
    assert found.episodes.info.joints == SCORED
    assert found.notes == ()
    np.testing.assert_array_equal(found.episodes.signal("q", 0), tracks["circle.run-a"][1][:, :3])


@pytest.mark.parametrize(("width", "joints"), [(4, JOINTS), (3, SCORED)])
def test_without_names_and_time_the_inputs_are_followed(
    tmp_path: Path, holdout: Holdout, tracks: Tracks, width: int, joints: tuple[str, ...]
) -> None:
    source = tmp_path / "s"
    source.mkdir()
    for name, (_, q) in tracks.items():
        np.savez(source / f"{name}.npz", q=q[:, :width])
    found = packed(holdout, source)
    assert found.episodes.info.joints == joints
    np.testing.assert_array_equal(found.episodes.signals["time"], holdout.inputs.signals["time"])
    assert found.notes == (
        "3 episodes have no time: row by row, the clock of the inputs was taken",
        f"3 episodes name no joints: the columns were taken as {', '.join(joints)}",
    )


def test_all_faults_are_listed_at_once(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> None:
    source = tmp_path / "s"
    source.mkdir()
    circle, wave = tracks["circle.run-a"], tracks["wave.run-a"]
    np.savez(source / "circle.run-a.npz", time=circle[0][1:], q=circle[1], joints=list("abcd"))
    np.savez(source / "wave.run-a.npz", q=wave[1][:-1, :2])
    np.savez(source / "wave.run-b.npz", q=wave[1])
    with pytest.raises(ProblemsError) as raised:
        pack(source, None, holdout.inputs, template(holdout.inputs, holdout.lock) | {"lab": "L"})
    assert [str(problem) for problem in raised.value.problems if problem.code != "placeholder"] == [
        "missing_episode: 'square.run-a': expected its prediction, came none",
        "unknown_episode: 'wave.run-b': expected an episode of the holdout's inputs, came another",
        "joints: circle.run-a.npz: expected joints of the dataset, once each: 'pan', 'lift', "
        "'elbow', 'gripper', came 'a', 'b', 'c', 'd'",
        "shape: circle.run-a.npz: expected as many rows of time as of positions, at least one, "
        "came 120 of positions, 119 of time",
        "joints: wave.run-a.npz: expected names for the columns, or the columns 'pan', 'lift', "
        "'elbow', 'gripper', came 2 columns without names",
        "no_clock: wave.run-a.npz: expected a time for each row, or the 150 rows of the inputs, "
        "came 149 rows without",
    ]
    assert {
        problem.where for problem in raised.value.problems if problem.code == "placeholder"
    } == {f"entry.json: {field}" for field in ("contact", "licence", "method", "name")}


def test_other_joints_than_the_other_episodes(
    tmp_path: Path, holdout: Holdout, tracks: Tracks
) -> None:
    source = sources.csv_folder(tmp_path / "s", tracks)
    time, q = tracks["wave.run-a"]
    fewer = sources.csv_folder(tmp_path / "t", {"wave.run-a": (time, q[:, :3])}, SCORED)
    (fewer / "wave.run-a.csv").replace(source / "wave.run-a.csv")
    assert problems(holdout, source) == [
        "joints: wave.run-a.csv: expected the joints of the other episodes, 'elbow', 'gripper', "
        "'lift', 'pan', came 'pan', 'lift', 'elbow'"
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            None,
            "a folder of <episode id>.csv with the header time,<joint>,... in s and rad or "
            "a folder of <episode id>.npz with the arrays q, time and joints, in rad and s or one "
            "HDF5 file with a group for each episode, plain or as robomimic or ALOHA have it",
        ),
        ("npz", "a folder of <episode id>.npz with the arrays q, time and joints, in rad and s"),
    ],
)
def test_no_format_fits(tmp_path: Path, holdout: Holdout, name: str | None, expected: str) -> None:
    (tmp_path / "s").mkdir()
    lines = problems(holdout, tmp_path / "s", name)
    assert lines == [f"unknown_format: s: expected {expected}, came another folder"]


def test_two_formats_fit(tmp_path: Path, holdout: Holdout, tracks: Tracks) -> None:
    source = sources.csv_folder(tmp_path / "s", tracks)
    np.savez(source / "circle.run-a.npz", q=tracks["circle.run-a"][1])
    (line,) = problems(holdout, source)
    assert line.endswith("came csv and npz")
    assert problems(holdout, source, "csv") == [
        "unknown_file: 'circle.run-a.npz': expected a folder with files <episode id>.csv alone, "
        "came another"
    ]


def test_unknown_name_lists_the_valid_ones(tmp_path: Path, holdout: Holdout) -> None:
    with pytest.raises(UnknownNameError, match=r"unknown format 'pickle'; valid: csv, npz, hdf5"):
        packed(holdout, tmp_path, "pickle")


@pytest.mark.parametrize("make", [sources.csv_folder, sources.npz_folder])
def test_an_episode_through_a_link_is_not_read(
    tmp_path: Path, holdout: Holdout, tracks: Tracks, make: Callable[[Path, Tracks], Path]
) -> None:
    source = make(tmp_path / "s", tracks)
    (file,) = source.glob("wave*")
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert problems(holdout, source)[-1] == (
        f"link: {file.name!r}: expected a plain file, came a link"
    )
