"""What there is to look at: the open parts and nothing of the truth."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.store import load_episodes, write_store
from bench.io.workspace import DatasetPaths, Workspace
from bench.publish import listing
from tests.support.workspace import DATASET, ENTRIES


@pytest.fixture
def paths(prepared: Path) -> DatasetPaths:
    return Workspace(prepared).dataset(DATASET)


def assigned(paths: DatasetPaths) -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads((paths.folder / "split.json").read_text())[
        "assignment"
    ]
    return found


def test_every_dataset_says_whether_its_episodes_are_here(prepared: Path) -> None:
    found = {row["name"]: row for row in listing.datasets(Workspace(prepared))}
    assert list(found) == ["so101-sage", "so101-synth"]
    assert {name: row["here"] for name, row in found.items()} == {
        "so101-sage": False,
        "so101-synth": True,
    }
    for name, row in found.items():
        document = json.loads((prepared / "datasets" / name / "dataset.json").read_text())
        assert row == {
            **{key: document[key] for key in ("name", "title", "robot", "kind", "licence")},
            "here": row["here"],
        }


def test_both_runs_of_what_is_fitted_and_one_of_the_holdout(paths: DatasetPaths) -> None:
    found = listing.episodes(paths)
    motions = assigned(paths)
    expected = {
        (f"{motion}.{run}", part)
        for part, runs in (
            ("calibration", ("run-a", "run-b")),
            ("validation", ("run-a", "run-b")),
            ("holdout", ("run-a",)),
        )
        for motion in motions[part]
        for run in runs
    }
    assert {(e["id"], e["part"].removesuffix("_inputs")) for e in found} == expected
    assert len(found) == len(expected)
    assert {e["role"] for e in found if e["part"] == "holdout_inputs"} == {"reference"}


def test_rows_and_seconds_are_those_of_the_recording(paths: DatasetPaths) -> None:
    everything = load_episodes(paths.episodes)
    for episode in listing.episodes(paths):
        time = everything.signal("time", everything.index[episode["id"]])
        assert episode["rows"] == len(time)
        assert episode["seconds"] == round(time[-1] - time[0], 3)


@pytest.mark.parametrize("part", ["holdout_truth", "all", "../all", "holdout"])
def test_other_parts_are_not_open(paths: DatasetPaths, part: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        listing.part_store(paths, part)
    assert str(raised.value) == (
        f"unknown part {part!r}; valid: calibration, validation, holdout_inputs"
    )


def test_a_dataset_that_is_not_here_says_how_to_make_it(prepared: Path) -> None:
    paths = Workspace(prepared).dataset("so101-sage")
    with pytest.raises(ProblemsError) as raised:
        listing.episodes(paths)
    assert str(raised.value) == (
        f"not_made: {paths.part('calibration')}: expected a store; "
        "make it with: dvc repro split@so101-sage, came none"
    )


@pytest.mark.parametrize(
    ("part", "signals"),
    [
        ("calibration", {"time", "q", "q_command"}),
        ("holdout", {"time", "q_command", "q_start"}),
    ],
)
def test_one_episode_with_the_extent_of_its_signals(
    paths: DatasetPaths, part: str, signals: set[str]
) -> None:
    name = f"{assigned(paths)[part][0]}.run-a"
    everything = load_episodes(paths.episodes)
    number = everything.index[name]
    found: dict[str, Any] = listing.episode(paths, name)
    joints = list(everything.info.joints)
    assert found["joints"] == joints
    assert {extent["signal"] for extent in found["signals"]} == signals
    for signal in signals:
        extents = [extent for extent in found["signals"] if extent["signal"] == signal]
        values = everything.signal(signal.removesuffix("_start"), number)
        shown = values[:1] if signal == "q_start" else values
        lowest, highest = np.atleast_1d(shown.min(axis=0)), np.atleast_1d(shown.max(axis=0))
        if signal == "time":
            assert [(e["column"], e["unit"]) for e in extents] == [(None, "s")]
        else:
            assert [e["column"] for e in extents] == joints
            assert [e["unit"] for e in extents] == ["rad"] * (len(joints) - 1) + ["fraction"]
        assert [e["lowest"] for e in extents] == lowest.tolist()
        assert [e["highest"] for e in extents] == highest.tolist()


def test_one_unit_for_all_columns_and_a_pose_are_taken_apart(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    loaded = load_episodes(paths.part("calibration"))
    rows = len(loaded.signals["time"])
    units = {**loaded.info.signals, "dq": ("rad/s",), "tool_pose": (*"mmm", *"1111")}
    pose = np.tile(np.array([1.0, 2.0, 3.0, 1.0, 0.0, 0.0, 0.0]), (rows, 1))
    signals = {**loaded.signals, "dq": np.diff(loaded.signals["q"], axis=0, append=0.0)}
    write_store(
        paths.part("calibration"),
        replace(
            loaded,
            info=replace(loaded.info, signals=units),
            signals={**signals, "tool_pose": pose},
        ),
    )
    found = listing.episode(paths, loaded.info.episodes[0].id)["signals"]
    shown = [(e["column"], e["unit"]) for e in found if e["signal"] == "dq"]
    assert shown == [(joint, "rad/s") for joint in loaded.info.joints]
    shown = [(e["column"], e["unit"]) for e in found if e["signal"] == "tool_pose"]
    assert shown == list(zip(("x", "y", "z", "qw", "qx", "qy", "qz"), "mmm1111", strict=True))


def test_the_diagnostic_part_is_listed_where_there_is_one(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    before = listing.episodes(paths)
    shutil.copytree(paths.part("validation"), paths.part("diagnostic"))
    added = [e for e in listing.episodes(paths) if e not in before]
    assert [e["part"] for e in added] == ["diagnostic"] * len(assigned(paths)["validation"]) * 2
    with pytest.raises(UnknownNameError):
        listing.part_store(paths, "diagnostic")


@pytest.mark.parametrize("name", ["repeat", "repeat-shifted"])
def test_the_robot_s_further_runs_are_shown(paths: DatasetPaths, name: str) -> None:
    assert listing.entry(paths, name)["entry"]["name"] == name


def test_repeats_of_the_holdout_are_no_episodes_to_look_at(paths: DatasetPaths) -> None:
    hidden = f"{assigned(paths)['holdout'][0]}.run-b"
    with pytest.raises(UnknownNameError) as raised:
        listing.episode(paths, hidden)
    assert str(raised.value).startswith(f"unknown episode {hidden!r}; valid: ")
    assert hidden not in raised.value.valid
    assert len(raised.value.valid) == len(listing.episodes(paths))


def test_the_truth_is_not_needed(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    before = listing.episodes(paths)
    shutil.rmtree(paths.part("holdout_truth"))
    shutil.rmtree(paths.episodes)
    assert listing.episodes(paths) == before


def test_entries_are_the_rows_of_the_board_in_order(paths: DatasetPaths) -> None:
    found = listing.entries(paths)
    board = json.loads((paths.board / "leaderboard.json").read_text())
    assert [row["entry"] for row in found] == [row["entry"] for row in board["rows"]]
    assert sorted(row["entry"] for row in found) == sorted(ENTRIES)
    values = [row["joint_rmse"] for row in found]
    assert values == sorted(values)
    for row in found:
        result = json.loads((paths.board / "results" / f"{row['entry']}.json").read_text())
        assert row["joint_rmse"] == result["metrics"]["joint_rmse"]["value"]
        assert listing.entry(paths, row["entry"]) == result


def test_an_entry_that_is_not_on_the_board(paths: DatasetPaths) -> None:
    with pytest.raises(UnknownNameError) as raised:
        listing.entry(paths, "ghost")
    assert str(raised.value) == (
        "unknown entry 'ghost'; valid: "
        + ", ".join([*(row["entry"] for row in listing.entries(paths)), "repeat", "repeat-shifted"])
    )


def test_a_dataset_without_a_board(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    shutil.rmtree(paths.board)
    with pytest.raises(ProblemsError) as raised:
        listing.entries(paths)
    place = paths.board / "leaderboard.json"
    assert str(raised.value) == (
        f"missing_file: {place}: expected a leaderboard; "
        f"make it with: twinbench rank {DATASET}, came no such file"
    )
