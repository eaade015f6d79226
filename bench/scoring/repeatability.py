"""The robot held against itself: further runs of the holdout motions, row against row."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document
from bench.io.store import Episodes, load_episodes
from bench.io.workspace import DatasetPaths, Workspace
from bench.kinematics.robot import load_robot
from bench.scoring.alignment import traces
from bench.scoring.result import ScoreSettings, Subject, make_result
from bench.scoring.truth import dataset_head, open_truth, robot_hash, with_role

REPEATS = ("repeat", "repeat-shifted")
"""The rows: the further run as it is, and after removing the shift of calibration between runs."""

_METHOD = {
    "repeat": "a further run of the robot, row against row",
    "repeat-shifted": "the further run, after a shift per joint fitted on calibration",
}


def repeatability(workspace: Workspace, paths: DatasetPaths) -> dict[str, Document]:
    """Score the repeats of the holdout against its reference runs.

    Returns:
        One result for each of `REPEATS`; none where the holdout has no repeat, and no shifted one
        where calibration has none.
    """
    truth, lock = open_truth(paths)
    repeats = with_role(truth, "repeat")
    if not len(repeats):
        return {}
    robot = load_robot(workspace.robot_folder(paths.document()["robot"]) / "robot.json")
    calibration = load_episodes(paths.part("calibration"), allowed=frozenset({"calibration"}))
    whole = with_role(truth, "reference")
    shift = run_shift(calibration)
    shifts = {"repeat": np.zeros(len(whole.info.joints))}
    if shift is not None:
        shifts["repeat-shifted"] = shift
    head = dataset_head(paths, lock)
    results = {}
    for name, shift in shifts.items():
        subject = Subject(_entry(name), "reference", head, robot_hash(paths))
        reference, prediction = paired(truth, repeats, shift)
        results[name] = make_result(
            subject,
            list(traces(prediction, reference, robot)),
            ScoreSettings.of(workspace.params()),
            whole,
        )
    return results


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


def paired(
    truth: Episodes, repeats: Episodes, shift: NDArray[np.float64]
) -> tuple[Episodes, Episodes]:
    """The reference runs that have a repeat, and the repeats as predictions on their clock.

    Rows pair one to one, so the repeat takes the reference's times and its id.

    Args:
        truth: the holdout's truth.
        repeats: its episodes of role `repeat`.
        shift: (J,) added to the repeat's positions.
    """
    by_motion = {e.motion: i for i, e in enumerate(truth.info.episodes) if e.role == "reference"}
    reference = truth.select([by_motion[e.motion] for e in repeats.info.episodes], "holdout_truth")
    units = {name: reference.info.signals[name] for name in ("time", "q")}
    info = replace(reference.info, split="entry", signals=units)
    signals = {"time": reference.signals["time"], "q": repeats.signals["q"] + shift}
    return reference, Episodes(info, reference.start, signals)


def run_shift(calibration: Episodes) -> NDArray[np.float64] | None:
    """How far the reference runs lie from their repeats on calibration, (J,) in the joints' units.

    Mean over motions of the mean row difference, over the motions that have a repeat; None if
    none has.
    """
    first = {e.motion: i for i, e in enumerate(calibration.info.episodes) if e.role == "reference"}
    again = [(i, e.motion) for i, e in enumerate(calibration.info.episodes) if e.role == "repeat"]
    differences = [
        (calibration.signal("q", first[motion]) - calibration.signal("q", i)).mean(axis=0)
        for i, motion in again
    ]
    if not differences:
        return None
    shift: NDArray[np.float64] = np.mean(differences, axis=0)
    return shift
