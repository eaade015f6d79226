"""Reading and checking the entry in a folder against the dataset that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.entries.entry import Entry
from bench.entries.provenance.checking import groups_of
from bench.entries.validation import validate
from bench.io.documents import Document, check, read_document, read_json
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes, open_episodes
from bench.io.workspace import DatasetPaths, Workspace
from bench.kinematics.robot import load_robot


@dataclass(frozen=True)
class Holdout:
    """What an entry is checked against.

    Attributes:
        inputs: what participants see of the holdout.
        lock: what the holdout is.
        scored: joints that must be predicted: the scored ones, and all that move a tool.
        continuous: joints that turn without end.
        groups: group by motion, of the motions that share one.
    """

    inputs: Episodes
    lock: Document
    scored: tuple[str, ...]
    continuous: tuple[str, ...]
    groups: Mapping[str, str]


def holdout_of(workspace: Workspace, paths: DatasetPaths) -> Holdout:
    """Read the inputs and the lock of a dataset's holdout; the truth is not needed.

    Raises:
        ProblemsError: they have not been made here yet.
    """
    place = paths.part("holdout_inputs")
    if not place.is_dir():
        expected = f"a store; make it with: dvc repro split@{paths.name}"
        raise ProblemsError([Problem("not_made", str(place), expected, "none")])
    robot = load_robot(workspace.robot_folder(paths.document()["robot"]) / "robot.json")
    return Holdout(
        inputs=open_episodes(place, allowed=frozenset({"holdout_inputs"})),
        lock=read_document(paths.lock, "holdout_lock"),
        scored=tuple(
            joint.name
            for arm in robot.arms
            for joint in arm.logged_joints
            if joint.scored or joint in arm.chain_joints
        ),
        continuous=tuple(j.name for j in robot.logged_joints if j.type == "continuous"),
        groups=groups_of(paths),
    )


def checked_entry(workspace: Workspace, paths: DatasetPaths, folder: Path) -> Entry:
    """Read the entry in `folder` and check it completely.

    Raises:
        ProblemsError: every problem that it has.
    """
    holdout = holdout_of(workspace, paths)
    return validate(
        folder,
        inputs=holdout.inputs,
        lock=holdout.lock,
        scored=holdout.scored,
        continuous=holdout.continuous,
        groups=holdout.groups,
    )


def dataset_of(path: Path) -> str:
    """The dataset that the `entry.json` at `path` names, whatever else is wrong with it.

    Raises:
        ProblemsError: it is not there, is not JSON, or names no dataset.
    """
    document = read_json(path)
    if isinstance(document, dict) and isinstance(document.get("dataset"), str):
        return str(document["dataset"])
    return str(check(document, "entry", str(path))["dataset"])
