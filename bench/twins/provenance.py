"""The provenance record of a reconstruction: what was handed out, and what was made of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import bench
from bench.io.documents import Document, file_hash, read_document
from bench.io.store import Episodes
from bench.io.workspace import DatasetPaths, Workspace
from bench.twins.twin import Fit, Kind, Material, Twin, parameters_document

NO_RANGES = "this method estimates no uncertainty"


def before_fit(
    workspace: Workspace,
    paths: DatasetPaths,
    entry: str,
    method: dict[str, Any],
    material: Material,
) -> Document:
    """What a record says before anything is fitted: what is handed out, holdout and guard.

    It has every field, in order; without parameters, and ranges or a reason for none, it does not
    fit its schema yet.
    """
    may_read = workspace.allowed("reconstruct")
    lock = read_document(may_read(paths.lock), "holdout_lock")
    guard = read_document(may_read(paths.guard), "guard")
    return {
        "schema": "twinbench/provenance/1",
        "entry": entry,
        "dataset": paths.name,
        "calibration": {"episodes": _read_episodes(material.calibration)},
        "validation": {"episodes": _read_episodes(material.validation), "evaluations": 0},
        "parameters": [],
        "residual_ranges": [],
        "residual_ranges_missing": None,
        "holdout": {"dataset": paths.name, "root": lock["root"]},
        "guard": {
            "hash": file_hash(paths.guard),
            "findings": guard["findings"],
            "allow_list": list(may_read.names),
        },
        "assets": asset_records(workspace, [material.robot_folder / "robot.json"]),
        "method": {
            "command": f"twinbench reconstruct {paths.name} {entry}",
            "kind": method["kind"],
            "settings": dict(method["settings"]),
            "version": bench.__version__,
            "seed": material.seed,
        },
        "errors": {"fit": None, "validation": None},
        "figures": {},
    }


def after_fit(before: Document, twin: Twin, fit: Fit, assets: list[Document]) -> Document:
    """The record with what a fit of this project gave; `errors` are still to come."""
    return {
        **before,
        "validation": {**before["validation"], "evaluations": fit.evaluations},
        "parameters": parameters_document(twin.parameters),
        "residual_ranges": [asdict(each) for each in twin.residual_ranges],
        "residual_ranges_missing": None if twin.residual_ranges else NO_RANGES,
        "assets": assets,
        "figures": dict(fit.figures),
    }


def assets_of(workspace: Workspace, kind: Kind, robot_folder: Path) -> list[Document]:
    """The files of the robot that twins of a kind read, as far as it has them."""
    robot = robot_folder / "robot.json"
    model = read_document(robot, "robot")["compiled_from"]["model"]["path"]
    names = (*([model] if kind.simulates else []), *kind.assets)
    files = (robot_folder / name for name in names)
    return asset_records(workspace, [robot, *(path for path in files if path.is_file())])


def asset_records(workspace: Workspace, paths: Iterable[Path]) -> list[Document]:
    """Files of the checkout with their hashes."""
    return [{"path": workspace.relative(path), "sha256": file_hash(path)} for path in paths]


def _read_episodes(episodes: Episodes) -> list[Document]:
    return [
        {"id": episode.id, "hash": content}
        for episode, content in zip(episodes.info.episodes, episodes.hashes(), strict=True)
    ]
