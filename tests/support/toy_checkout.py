"""A checkout with the toy holdout alone: what `validate`, `pack` and `submit` read first."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from bench.io.documents import dump, read_document
from bench.io.store import write_store
from bench.io.workspace import Workspace
from tests.entries.toy import JOINTS, SCORED, UNITS, Holdout

NAME = "toy"


def write_checkout(repository: Path, root: Path, holdout: Holdout) -> Workspace:
    """Write documents, inputs and lock of the holdout below `root`; there is no truth."""
    root.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(repository / "params.yaml", root / "params.yaml")
    folder = root / "datasets" / NAME
    _write(folder / "holdout.lock.json", holdout.lock)
    _write(folder / "dataset.json", _dataset(repository))
    cases = repository / "tests" / "cases" / "schemas"
    _write(folder / "split.json", read_document(cases / "split/valid/groups.json", "split"))
    robot = root / "robots" / holdout.inputs.info.robot
    _write(robot / "robot.json", _robot(repository))
    _write(robot / "description.json", {})
    workspace = Workspace(root)
    write_store(workspace.dataset(NAME).part("holdout_inputs"), holdout.inputs)
    return workspace


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dump(document), encoding="utf-8")


def _dataset(repository: Path) -> dict[str, Any]:
    cases = repository / "tests" / "cases" / "schemas"
    document = read_document(cases / "dataset/valid/generated.json", "dataset")
    joints = [{"name": n, "log": n, "unit": u} for n, u in zip(JOINTS, UNITS, strict=True)]
    own = {"name": NAME, "title": "Toy", "robot": "toy-arm", "kind": "recorded", "joints": joints}
    return {**document, **own}


def _robot(repository: Path) -> dict[str, Any]:
    document = read_document(repository / "robots" / "so101" / "robot.json", "robot")
    (arm,) = document["arms"]
    turning = arm["joints"][0]
    chain = [{**turning, "name": joint, "weight": 1 / len(SCORED)} for joint in SCORED]
    gripper = {**arm["grippers"][0]}
    gripper["joint"] = {**gripper["joint"], "name": JOINTS[-1]}
    arms = [{**arm, "joints": chain, "grippers": [gripper]}]
    return {**document, "name": "toy-arm", "arms": arms}
