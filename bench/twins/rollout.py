"""The verb `rollout`: a twin predicts the holdout from its inputs alone, as an entry."""

from __future__ import annotations

from bench.entries.entry import write_entry
from bench.io.documents import Document, read_document
from bench.io.store import load_episodes
from bench.io.workspace import Workspace
from bench.kinematics.robot import load_robot
from bench.twins.kinds import kind
from bench.twins.reconstruct import read_twin
from bench.twins.twin import Progress


def rollout(workspace: Workspace, dataset: str, entry: str, progress: Progress) -> Document:
    """Roll the twin `entry` out over the holdout inputs and write its entry folder.

    Returns:
        The entry's document.

    Raises:
        UnknownNameError: no such dataset or entry.
        ProblemsError: the inputs have problems.
    """
    paths = workspace.dataset(dataset)
    method, may_read = workspace.method(entry), workspace.allowed("rollout")
    folder = workspace.robot_folder(paths.document()["robot"])
    twin = read_twin(may_read(paths.twin(entry) / "twin.json"))
    inputs = load_episodes(
        may_read(paths.part("holdout_inputs")), allowed=frozenset({"holdout_inputs"})
    )
    prediction = kind(twin.kind).rollout(
        twin, inputs, load_robot(folder / "robot.json"), folder, progress
    )
    document = {
        "schema": "twinbench/entry/1",
        "name": entry,
        "lab": "twinbench",
        "method": method["method"],
        "dataset": paths.name,
        "holdout": read_document(may_read(paths.lock), "holdout_lock")["root"],
        "track": "rollout",
        "licence": "Apache-2.0",
        "contact": "the maintainers of twinbench",
    }
    documents = {
        name: read_document(may_read(paths.twin(entry) / f"{name}.json"), name)
        for name in ("twin", "provenance")
    }
    write_entry(paths.rollout(entry), document, prediction, documents)
    return document
