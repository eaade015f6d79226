"""The verb `reconstruct`: from calibration and validation to a twin with its papers in order."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import bench
from bench.io.atomic import Transaction
from bench.io.documents import Document, check, check_schema, dump, file_hash, read_document
from bench.io.store import Episodes, load_episodes
from bench.io.workspace import DatasetPaths, Workspace
from bench.kinematics.robot import load_robot
from bench.twins.kinds import kind
from bench.twins.prediction import error_on
from bench.twins.twin import (
    Fit,
    Material,
    Parameter,
    Progress,
    ResidualRange,
    Twin,
    parameters_document,
)

NO_RANGES = "this method estimates no uncertainty"


def reconstruct(workspace: Workspace, dataset: str, entry: str, progress: Progress) -> Document:
    """Fit the twin `entry` of `params.yaml` to a dataset; write `twin.json`, `provenance.json`.

    Returns:
        The provenance record.

    Raises:
        UnknownNameError: no such dataset or entry.
        ProblemsError: the inputs have problems.
    """
    paths, params = workspace.dataset(dataset), workspace.params()
    method, may_read = workspace.method(entry), workspace.allowed("reconstruct")
    folder = workspace.robot_folder(paths.document()["robot"])
    material = Material(
        calibration=load_episodes(
            may_read(paths.part("calibration")), allowed=frozenset({"calibration"})
        ),
        validation=load_episodes(
            may_read(paths.part("validation")), allowed=frozenset({"validation"})
        ),
        robot=load_robot(folder / "robot.json"),
        robot_folder=folder,
        settings=method["settings"],
        seed=params["reconstruct"]["seed"],
    )
    found = kind(method["kind"])
    check_schema(method["settings"], found.settings, f"params.yaml: entries/{entry}/settings")
    fit = found.fit(material, progress)
    twin = Twin(
        entry,
        method["kind"],
        material.robot.name,
        fit.parameters,
        fit.settings,
        fit.residual_ranges,
    )
    errors = {
        part: error_on(
            episodes,
            material.robot,
            lambda inputs: found.rollout(twin, inputs, material.robot, folder, progress),
        )
        for part, episodes in (("fit", material.calibration), ("validation", material.validation))
    }
    provenance = check(
        _provenance(workspace, paths, twin, fit, material, method, errors), "provenance", entry
    )
    with Transaction() as transaction:
        place = transaction.folder(paths.twin(entry))
        (place / "twin.json").write_text(dump(check(twin_document(twin), "twin", entry)))
        (place / "provenance.json").write_text(dump(provenance))
    return provenance


def twin_document(twin: Twin) -> Document:
    """`twin.json`."""
    return {
        "schema": "twinbench/twin/1",
        "name": twin.name,
        "kind": twin.kind,
        "robot": twin.robot,
        "parameters": parameters_document(twin.parameters),
        "residual_ranges": [asdict(each) for each in twin.residual_ranges],
        "settings": dict(twin.settings),
    }


def read_twin(path: Path) -> Twin:
    """Read a `twin.json`."""
    document = read_document(path, "twin")
    parameters = tuple(map(_parameter, document["parameters"]))
    return Twin(
        document["name"],
        document["kind"],
        document["robot"],
        parameters,
        document["settings"],
        tuple(ResidualRange(**each) for each in document["residual_ranges"]),
    )


def _parameter(record: Document) -> Parameter:
    pairs = {key: tuple(value) for key, value in record.items() if isinstance(value, list)}
    fields: Document = {**record, **pairs}
    return Parameter(**fields)


def _provenance(
    workspace: Workspace,
    paths: DatasetPaths,
    twin: Twin,
    fit: Fit,
    material: Material,
    method: dict[str, Any],
    errors: dict[str, float | None],
) -> Document:
    may_read = workspace.allowed("reconstruct")
    lock = read_document(may_read(paths.lock), "holdout_lock")
    guard = read_document(may_read(paths.guard), "guard")
    names = ("robot.json", *kind(twin.kind).assets)
    assets = [material.robot_folder / name for name in names]
    return {
        "schema": "twinbench/provenance/1",
        "entry": twin.name,
        "dataset": paths.name,
        "calibration": {"episodes": _read_episodes(material.calibration)},
        "validation": {
            "episodes": _read_episodes(material.validation),
            "evaluations": fit.evaluations,
        },
        "parameters": parameters_document(twin.parameters),
        "residual_ranges": [asdict(each) for each in twin.residual_ranges],
        "residual_ranges_missing": None if twin.residual_ranges else NO_RANGES,
        "holdout": {"dataset": paths.name, "root": lock["root"]},
        "guard": {
            "hash": file_hash(paths.guard),
            "findings": guard["findings"],
            "allow_list": list(may_read.names),
        },
        "assets": [
            {"path": workspace.relative(path), "sha256": file_hash(path)} for path in assets
        ],
        "method": {
            "command": f"twinbench reconstruct {paths.name} {twin.name}",
            "kind": twin.kind,
            "settings": dict(method["settings"]),
            "version": bench.__version__,
            "seed": material.seed,
        },
        "errors": errors,
        "figures": dict(fit.figures),
    }


def _read_episodes(episodes: Episodes) -> list[Document]:
    return [
        {"id": episode.id, "hash": content}
        for episode, content in zip(episodes.info.episodes, episodes.hashes(), strict=True)
    ]
