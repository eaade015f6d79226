"""Reading and checking the entry in a folder against the dataset that it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.datasets.parts import made_part
from bench.entries.entry import Entry
from bench.entries.folder import read_description
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
    place = made_part(paths, "holdout_inputs")
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


def described_dataset(workspace: Workspace, path: Path) -> DatasetPaths:
    """The dataset that the description at `path` names, whatever else is wrong with it.

    Args:
        workspace: the checkout.
        path: `entry.json` of somebody who packs predictions of their own.

    Raises:
        ProblemsError: it is not there, is not JSON, or names no dataset of the checkout.
    """
    return _named(workspace, read_json(path), str(path))


def dataset_of_entry(workspace: Workspace, folder: Path) -> DatasetPaths:
    """The dataset that the entry in `folder`, perhaps a stranger's, names.

    Raises:
        ProblemsError: `entry.json` is no plain file, is not JSON, or names no dataset of the
            checkout.
    """
    return _named(workspace, read_description(folder), "entry.json")


def _named(workspace: Workspace, document: Any, where: str) -> DatasetPaths:
    if not (isinstance(document, dict) and isinstance(document.get("dataset"), str)):
        check(document, "entry", where)  # says what there is instead
    name, valid = document["dataset"], workspace.datasets()
    if name not in valid:
        expected, came = f"one of {', '.join(valid)}", ascii(name)[:120]
        wrong = Problem("wrong_dataset", f"{where}: dataset", expected, came)
        raise ProblemsError([wrong])
    return workspace.dataset(name)
