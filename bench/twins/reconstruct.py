"""The verb `reconstruct`: from calibration and validation to a twin with its papers in order."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bench.guard.flow import refuse_leaks
from bench.io.atomic import Transaction
from bench.io.documents import Document, check, check_schema, dump, read_document
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.store import Episodes, load_episodes
from bench.io.workspace import Workspace
from bench.kinematics.robot import load_robot
from bench.twins.command import method as command
from bench.twins.kinds import KINDS, kind
from bench.twins.prediction import error_on
from bench.twins.provenance import after_fit, assets_of, before_fit
from bench.twins.twin import Material, Progress, Twin, parameters_document, twin_of


def reconstruct(workspace: Workspace, dataset: str, entry: str, progress: Progress) -> Document:
    """Fit the twin `entry` of `params.yaml` to a dataset; write `twin.json`, `provenance.json`.

    Returns:
        The provenance record.

    Raises:
        UnknownNameError: no such dataset or entry.
        ProblemsError: the inputs have problems, or something of the holdout was read.
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
    before = before_fit(workspace, paths, entry, method, material)
    lock = read_document(may_read(paths.lock), "holdout_lock")
    refuse_leaks(before, lock)
    if method["kind"] == command.NAME:
        task = command.Task(workspace, paths, material, before)
        twin, record = command.reconstruct_by_command(task)
        errors = _errors_of_another(twin, material, progress)
    else:
        twin, record = _fitted(workspace, entry, method, material, before, progress)
        errors = _errors(twin, material, progress)
    record = check({**record, "errors": errors}, "provenance", entry)
    refuse_leaks(record, lock)
    with Transaction() as transaction:
        place = transaction.folder(paths.twin(entry))
        (place / "twin.json").write_text(dump(check(twin_document(twin), "twin", entry)))
        (place / "provenance.json").write_text(dump(record))
    return record


def _fitted(
    workspace: Workspace,
    entry: str,
    method: dict[str, Any],
    material: Material,
    before: Document,
    progress: Progress,
) -> tuple[Twin, Document]:
    """A twin of one of the kinds here, and its record but for `errors`."""
    if method["kind"] not in KINDS:
        raise UnknownNameError("kind", method["kind"], [*sorted(KINDS), command.NAME])
    found = kind(method["kind"])
    check_schema(method["settings"], found.settings, f"params.yaml: entries/{entry}/settings")
    fit = found.fit(material, progress)
    parts = (fit.parameters, fit.settings, fit.residual_ranges)
    twin = Twin(entry, method["kind"], material.robot.name, *parts)
    assets = assets_of(workspace, found, material.robot_folder)
    return twin, after_fit(before, twin, fit, assets)


def _errors(twin: Twin, material: Material, progress: Progress) -> dict[str, float | None]:
    """How far off the twin is where it was fitted and where it was chosen, rad.

    Raises:
        ProblemsError: it predicts what is not finite.
    """

    def rollout(inputs: Episodes) -> Episodes:
        found = kind(twin.kind)
        return found.rollout(twin, inputs, material.robot, material.robot_folder, progress)

    parts = {"fit": material.calibration, "validation": material.validation}
    errors = {name: error_on(part, material.robot, rollout) for name, part in parts.items()}
    for name, value in errors.items():
        if value is not None and not math.isfinite(value):
            raise _unfit("predictions that are finite", f"an error of {value} ({name})")
    return errors


def _errors_of_another(
    twin: Twin, material: Material, progress: Progress
) -> dict[str, float | None]:
    """The same of a twin from outside, of which its kind may not know beforehand what is wrong."""
    try:
        with np.errstate(all="ignore"):
            return _errors(twin, material, progress)
    except ProblemsError:
        raise
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        came = f"{type(error).__name__}: {error}"[:200]
        raise _unfit(f"a twin that the kind {twin.kind} can roll out", came) from error


def _unfit(expected: str, came: str) -> ProblemsError:
    return ProblemsError([Problem("twin_refused", "twin.json", expected, came)])


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
    return twin_of(read_document(path, "twin"))
