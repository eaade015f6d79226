"""The robot held against itself: further runs of the holdout motions, row against row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.datasets.parts import open_part
from bench.io.atomic import Transaction
from bench.io.documents import Document, check, dump
from bench.io.store import Episodes
from bench.io.workspace import DatasetPaths, Workspace
from bench.scoring.blocks import Job
from bench.scoring.result import ScoreSettings
from bench.scoring.score import Computing, Heading, declared, robot_of, scored
from bench.scoring.truth import open_truth, positions

REPEATS = ("repeat", "repeat-shifted")
"""The rows: the further runs as they are, and after removing the shift of calibration."""

_METHOD = {
    "repeat": "a further run of the robot, row against row",
    "repeat-shifted": "the further run, after a shift per joint fitted on calibration",
}


@dataclass(frozen=True)
class Repeat:
    """One row of repeatability: its name, and what is added to the further runs."""

    name: str
    shift: tuple[float, ...] | None


def repeats_of(workspace: Workspace, paths: DatasetPaths) -> tuple[Repeat, ...]:
    """The rows that a dataset has.

    None where the holdout has no repeat; no shifted one where calibration has none.
    """
    truth, _ = open_truth(paths)
    if not positions(truth, "repeat"):
        return ()
    calibration = open_part(paths, "calibration")
    robot = robot_of(workspace, paths)
    endless = {joint.name for joint in robot.logged_joints if joint.type == "continuous"}
    shift = run_shift(calibration, [name in endless for name in calibration.info.joints])
    rows = [Repeat("repeat", None)]
    if shift is not None:
        rows.append(Repeat("repeat-shifted", tuple(shift.tolist())))
    return tuple(rows)


def score_repeats(
    workspace: Workspace, paths: DatasetPaths, computing: Computing | None = None
) -> list[Document]:
    """Score every row that a dataset has, and write the folder of repeats and their traces.

    Args:
        workspace: the checkout.
        paths: the dataset.
        computing: with how many processes; the traces are always kept.

    Returns:
        The results, the plain one first.
    """
    computing = computing or Computing()
    results = []
    with Transaction() as transaction:
        folder = transaction.folder(paths.repeats)
        traces = transaction.folder(paths.repeat_traces)
        for repeat in repeats_of(workspace, paths):
            rows = traces / _traces(paths, repeat).name
            rows.mkdir()
            own = replace(computing, rows=rows)
            results.append(score_repeat(workspace, paths, repeat, own))
            (folder / f"{repeat.name}.json").write_text(dump(results[-1]))
        index = check(_index(paths, results), "repeats", "repeats.json")
        (folder / "repeats.json").write_text(dump(index))
    return results


def _index(paths: DatasetPaths, results: list[Document]) -> Document:
    episodes = results[0]["episodes"] if results else []
    return {
        "schema": "twinbench/repeats/1",
        "dataset": paths.name,
        "rows": [result["entry"]["name"] for result in results],
        "motions": len({episode["id"] for episode in episodes}),
        "runs": len(episodes),
        "reason": None if results else "no motion of the holdout has a repeat",
    }


def score_repeat(
    workspace: Workspace,
    paths: DatasetPaths,
    repeat: Repeat,
    computing: Computing | None = None,
    settings: ScoreSettings | None = None,
) -> Document:
    """Score every repeat of the holdout against its reference run.

    Rows pair one to one, so a repeat takes the reference's times and its id. Several repeats of a
    motion are as many episodes of the result, told apart by `run`.
    """
    truth, lock = open_truth(paths)
    settings = settings or ScoreSettings.of(workspace.params())
    again = positions(truth, "repeat")
    by_motion = {truth.info.episodes[i].motion: i for i in positions(truth, "reference")}
    job = Job(
        reference=paths.part("holdout_truth"),
        measured=tuple(by_motion[truth.info.episodes[i].motion] for i in again),
        prediction=paths.part("holdout_truth"),
        predicted=again,
        robot=robot_of(workspace, paths),
        declared=declared(paths.document(), settings.seed),
        labels=dict(settings.labels),
        shift=repeat.shift,
        by_row=True,
        keep_rows=computing is not None and computing.rows is not None,
    )
    heading = Heading(_entry(repeat.name), "reference", lock, _traces(paths, repeat))
    return scored(workspace, paths, job, heading, settings, computing)


def _traces(paths: DatasetPaths, repeat: Repeat) -> Path:
    return paths.repeat_traces / f"{repeat.name}.zarr"


def _entry(name: str) -> Document:
    return {
        "name": name,
        "lab": "the robot itself",
        "method": _METHOD[name],
        "track": "repeatability",
        "licence": "as the recordings",
        "contact": "the recordings' authors",
        "url": None,
        "description": None,
        "hash": None,
        "predictions": None,
    }


def run_shift(
    calibration: Episodes, endless: Sequence[bool] | None = None
) -> NDArray[np.float64] | None:
    """How far the reference runs lie from their repeats on calibration, (J,) in the joints' units.

    Mean over motions of the mean difference of the rows with a known command, over the motions
    that have a repeat; None if none has.

    Args:
        calibration: its episodes.
        endless: of each joint, whether it turns without end: whole turns are then no difference.
    """
    first = {e.motion: i for i, e in enumerate(calibration.info.episodes) if e.role == "reference"}
    again = [(i, e.motion) for i, e in enumerate(calibration.info.episodes) if e.role == "repeat"]
    differences = []
    for number, motion in again:
        gap = calibration.signal("q", first[motion]) - calibration.signal("q", number)
        if "q_command_valid" in calibration.signals:
            gap = gap[calibration.signal("q_command_valid", first[motion])]
        if len(gap) and endless is not None and any(endless):
            gap = np.where(endless, np.unwrap(gap, axis=0), gap)
            turns = np.round(gap.mean(axis=0) / (2 * np.pi))
            gap = np.where(endless, gap - 2 * np.pi * turns, gap)
        if len(gap):
            differences.append(gap.mean(axis=0))
    if not differences:
        return None
    shift: NDArray[np.float64] = np.mean(differences, axis=0)
    return shift
