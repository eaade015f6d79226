"""ur5-force: the reader, the masks and the parts against figures of an independent oracle."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.datasets.ingest import assembled, ingest_record, read_recordings
from bench.datasets.layout import Layout, load_layout
from bench.datasets.recording import Recording
from bench.datasets.split import FITTED, Parts, split
from bench.guard.splitting import guard_split
from bench.io.documents import read_document
from bench.io.store import Episodes
from bench.io.workspace import Workspace
from bench.kinematics.forward import forward
from bench.kinematics.robot import load_robot
from bench.kinematics.rotations import relative_angle
from tests.datasets import ur5_oracle

pytestmark = pytest.mark.recordings

FIGURES: dict[str, Any] = json.loads(Path(__file__).with_name("ur5_figures.json").read_text())[
    "recordings"
]
MOVED = [name for name, figures in FIGURES.items() if "echo" in figures]
STAMPED = {"No1", "No2", "No3_Acc", "RecordedToTrajectory"}
"""Recordings that the computer stamped; two of every four packets are lost."""


@pytest.fixture(scope="module")
def folder(repository: Path) -> Path:
    return repository / "datasets" / "ur5-force"


@pytest.fixture(scope="module")
def layout(repository: Path) -> Layout:
    return load_layout(Workspace(repository).dataset("ur5-force"))


@pytest.fixture(scope="module")
def recordings(folder: Path, mirror: Path, layout: Layout) -> list[Recording]:
    dataset = read_document(folder / "dataset.json", "dataset")
    return read_recordings(dataset, mirror, layout, lambda _done, _total: None)


@pytest.fixture(scope="module")
def episodes(folder: Path, recordings: list[Recording]) -> Episodes:
    return assembled(read_document(folder / "dataset.json", "dataset"), recordings)


@pytest.fixture(scope="module")
def parts(folder: Path, episodes: Episodes) -> Parts:
    return split(episodes, read_document(folder / "split.json", "split"))


def motions(part: Episodes | None) -> set[str]:
    assert part is not None
    return {episode.motion for episode in part.info.episodes}


def of(episodes: Episodes, signal: str) -> Iterator[tuple[str, np.ndarray]]:
    for number, episode in enumerate(episodes.info.episodes):
        yield episode.motion, episodes.signal(signal, number)


def test_rows_are_those_of_the_shortest_signal(episodes: Episodes) -> None:
    rows = {motion: len(time) for motion, time in of(episodes, "time")}
    assert rows == {name: min(figures["rows"].values()) for name, figures in FIGURES.items()}


def test_every_anomaly_is_told(folder: Path, recordings: list[Recording]) -> None:
    cut = {
        f"{name}.run-a log_{file}.csv line {figures['rows'][file] + 1}"
        for name, figures in FIGURES.items()
        for file in figures["cut"]
    }
    found: dict[str, set[str]] = {}
    for recording in recordings:
        for warning in recording.warnings:
            found.setdefault(warning.code, set()).add(warning.where)
    told = {code: {where.split(".run-a")[0] for where in places} for code, places in found.items()}
    assert {place for place in found["cut_last_line"] if "start_time" not in place} == cut
    unequal = {name for name, f in FIGURES.items() if len(set(f["rows"].values())) > 1}
    assert told["unequal_lengths"] == unequal
    assert told["pc_clock"] == STAMPED
    assert found["no_line_ends"] == {"No3_Acc.run-a start_time.csv"}
    assert told["copied_file"] == {
        "No9_Singularity_Free_ForceSensor",
        *(f"No10_Standstill_ForceSensor_{name}" for name in ("All", "All2", "Fx")),
    }
    assert told["command_is_measurement"] == set(FIGURES) - {"No1", "No2"}
    assert told["starts_in_motion"] == {"No1", "No2", "No5_Acc_slow_w_disturbance"}
    ends = ("No1", "No2", "No3_", "No5_", "No8_", "No9_", "No7_Acc_slow_Verify_Model_short_with")
    assert told["ends_in_motion"] == {name for name in FIGURES if name.startswith(ends)} - {
        name for name in FIGURES if name.startswith("No10")
    }
    jumps = ("No1", "No2", "No6_", "No7_", "No8_", "No9_")
    assert told["rotation_jumps"] == {name for name in FIGURES if name.startswith(jumps)} - {
        name for name in FIGURES if name.startswith("No10")
    }
    committed = read_document(folder / "ingest.json", "ingest")
    assert committed["counts"] == {
        code: sum(w.code == code for r in recordings for w in r.warnings) for code in sorted(told)
    }


def test_what_was_committed_is_what_is_read(
    folder: Path, episodes: Episodes, recordings: list[Recording]
) -> None:
    dataset = read_document(folder / "dataset.json", "dataset")
    record = ingest_record(dataset, episodes, recordings)
    assert record == read_document(folder / "ingest.json", "ingest")


def test_time_counts_from_the_first_row_and_keeps_the_stamps(
    episodes: Episodes, mirror: Path
) -> None:
    for motion, time in of(episodes, "time"):
        stamps = ur5_oracle.log(mirror, motion, "q_target")[: len(time), 0]
        np.testing.assert_allclose(time, stamps - stamps[0], atol=1e-12)
        steps = np.diff(time)
        if motion in STAMPED:
            share = (steps > 0.016).mean()
            assert 0.45 < share < 0.5
        else:
            np.testing.assert_allclose(steps, 0.008, atol=1e-9)


def test_the_logged_pose_is_that_of_the_logged_joints(repository: Path, episodes: Episodes) -> None:
    """Frames, order of joints, rotation vectors: to the rounding of six printed decimals."""
    (arm,) = load_robot(repository / "robots" / "ur5" / "robot.json").arms
    poses = forward(arm, episodes.signals["q"])
    logged = episodes.signals["tool_pose"]
    off = np.linalg.norm(poses.position - logged[:, :3], axis=1)
    angle = relative_angle(poses.quaternion, logged[:, 3:])
    assert off.max() < 1.5e-6
    assert angle.max() < 2.45e-6
    for number, episode in enumerate(episodes.info.episodes):
        rows = episodes.rows(number)
        found = [off[rows].max() * 1e6, angle[rows].max() * 1e6]
        np.testing.assert_allclose(found, FIGURES[episode.motion]["pose"], atol=0.006)


def test_rests_are_masked_and_moves_are_not(episodes: Episodes, mirror: Path) -> None:
    """Against the controller's set speeds, which the reader does not look at.

    A rest counts from its second row: the command of the first is where the move ended. The
    figures stand in docs/datasets.md.
    """
    for motion, valid in of(episodes, "q_command_valid"):
        speeds = ur5_oracle.log(mirror, motion, "qd_target")[: len(valid), 1:]
        masked = ~valid[: len(speeds)]
        rest, moves = ur5_oracle.resting(speeds), (speeds != 0).any(axis=1)
        if rest.any():
            recall = (masked & rest).sum() / rest.sum()
            assert recall >= (0.996 if motion in STAMPED else 1.0), motion
        assert (masked & moves).sum() <= 2, motion


def test_exact_copies_alone_miss_what_packet_loss_took(mirror: Path) -> None:
    """The shares of resting rows that repeat the row before to the last digit."""
    shares = {}
    for name in ("No3_Acc", "No4_Acc", "No6_Acc_slow_Verify_Model", "RecordedToTrajectory"):
        target, actual, speeds = ur5_oracle.logs(mirror, name, "q_target", "q_actual", "qd_target")
        rest = ur5_oracle.resting(speeds[:, 1:])
        copied = np.concatenate([[False], (target[1:, 1:] == actual[:-1, 1:]).all(axis=1)])
        shares[name] = round(float((copied & rest).sum() / rest.sum()), 3)
    assert shares == {
        "No3_Acc": 0.683,
        "No4_Acc": 1.0,
        "No6_Acc_slow_Verify_Model": 0.998,
        "RecordedToTrajectory": 0.662,
    }


@pytest.mark.parametrize("recording", MOVED)
def test_the_echo_is_as_far_off_as_known(recording: str, mirror: Path) -> None:
    """The oracle against figures that were measured before it was written."""
    for delay, figures in ((0.0, FIGURES[recording]["echo"]), (5e-4, FIGURES[recording]["late"])):
        joints, overall, tool, largest = ur5_oracle.echo(mirror, recording, delay)
        np.testing.assert_allclose(joints * 1e3, figures["joints"], atol=0.002)
        assert overall * 1e3 == pytest.approx(figures["all"], abs=0.001)
        assert tool * 1e3 == pytest.approx(figures["tool"], abs=0.0015)
        if "tool_max" in figures:
            assert largest * 1e3 == pytest.approx(figures["tool_max"], abs=0.0051)


def test_unmasked_rows_are_the_moving_ones_and_few_more(episodes: Episodes, mirror: Path) -> None:
    """The store's rows against the oracle's: all of those, and per move the four at its ends.

    The figures move by at most 0.014 mrad, where packets were lost by 0.11 mrad: there the row in
    which a fast move ends is one of overshoot.
    """
    for number, episode in enumerate(episodes.info.episodes):
        if episode.motion not in MOVED:
            continue
        speeds = ur5_oracle.log(mirror, episode.motion, "qd_target")[:, 1:]
        valid = episodes.signal("q_command_valid", number)
        rows = min(len(valid), len(speeds))
        moving, known = ur5_oracle.moving(speeds)[:rows], valid[:rows]
        assert not (moving & ~known).any()
        moves = 1 + np.count_nonzero(np.diff((speeds[:rows] != 0).any(axis=1)))
        assert (known & ~moving).sum() <= 4 * moves
        error = episodes.signal("q_command", number) - episodes.signal("q", number)
        found = np.sqrt((error[valid] ** 2).mean(axis=0)) * 1e3
        figures = FIGURES[episode.motion]["echo"]
        allowed = 0.11 if episode.motion in STAMPED else 0.016
        np.testing.assert_allclose(found, figures["joints"], atol=allowed)


def test_parts_and_groups_are_those_of_the_datasheet(parts: Parts) -> None:
    assert motions(parts.calibration) == {
        "No1",
        "No6_Acc_slow_Verify_Model",
        "No7_Acc_slow_Verify_Model_short",
    }
    assert motions(parts.validation) == {
        "No3_Acc",
        "No4_Acc",
        "No5_Acc_slow_no_disturbance",
        "RecordedToTrajectory",
    }
    assert (
        motions(parts.holdout_truth)
        == motions(parts.holdout_inputs)
        == {
            "No2",
            "No8_Singularity_Free_1",
            "No9_Singularity_Free_NoDist",
            "TEST",
        }
    )
    assert len(motions(parts.diagnostic)) == 8
    groups = {e.motion: e.group for _, part in parts.items() for e in part.info.episodes}
    assert groups["No8_Singularity_Free_1"] == groups["No9_Singularity_Free_WDist"] == "g89"
    assert groups["No3_Acc"] == groups["No5_Acc_slow_w_disturbance"] == "g345"
    assert groups["No7_Acc_slow_Verify_Model_short_with_disturbance"] == "g67"
    assert {groups[name] for name in ("No1", "No2", "TEST")} == {"No1", "No2", "TEST"}


def test_inputs_hold_commands_and_no_measurement(parts: Parts) -> None:
    inputs, truth = parts.holdout_inputs, parts.holdout_truth
    assert set(inputs.signals) == {*("time", "q_command", "q_command_valid", "q_start", "dq_start")}
    for number, episode in enumerate(inputs.info.episodes):
        command, valid = (inputs.signal(n, number) for n in ("q_command", "q_command_valid"))
        held = np.flatnonzero(~valid)
        before = np.where(held > 0, held - 1, 0)
        assert (command[held] == command[before]).all(), episode.id
        measured = truth.signal("q", truth.index[episode.id])
        assert not valid[1:][(command[1:] == measured[:-1]).all(axis=1)].any()


def test_the_guard_finds_nothing_and_would_find_the_leak(
    folder: Path, parts: Parts, layout: Layout
) -> None:
    assert guard_split(parts, layout) == read_document(folder / "guard.json", "guard")
    unmasked = {
        name: {**part.signals, "q_command_valid": np.ones(int(part.start[-1]), dtype=bool)}
        for name, part in parts.items()
    }
    truth, inputs = parts.holdout_truth, parts.holdout_inputs
    signals = {**unmasked["holdout_inputs"], "q_command": truth.signals["q_command"]}
    leaked = Parts(
        *(getattr(parts, part) for part in FITTED),
        holdout_inputs=Episodes(inputs.info, inputs.start, signals),
        holdout_truth=Episodes(truth.info, truth.start, unmasked["holdout_truth"]),
    )
    (finding,) = guard_split(leaked, layout)["findings"]
    assert finding["code"] == "inputs_reveal_truth"
    rows = finding["evidence"]["episodes"]
    assert {name.split(".")[0] for name in rows} == motions(truth) - {"No2"}
    assert 0.2 < finding["evidence"]["share"] < 0.3
