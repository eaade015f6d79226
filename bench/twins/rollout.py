"""The verb `rollout`: a twin predicts the holdout from its inputs alone, as an entry."""

from __future__ import annotations

from collections.abc import Iterator

from bench.entries.entry import write_entry
from bench.io.documents import Document, read_document
from bench.io.store import load_episodes
from bench.io.workspace import Workspace
from bench.kinematics.robot import load_robot
from bench.twins.draws import drawn, executions
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
    paths, params = workspace.dataset(dataset), workspace.params()
    method, may_read = workspace.method(entry), workspace.allowed("rollout")
    folder = workspace.robot_folder(paths.document()["robot"])
    source = paths.twin(method.get("twin", entry))
    twin = read_twin(may_read(source / "twin.json"))
    inputs = load_episodes(
        may_read(paths.part("holdout_inputs")), allowed=frozenset({"holdout_inputs"})
    )
    robot = load_robot(folder / "robot.json")
    if "draws" in method:
        twins = drawn(twin, method["draws"], params["reconstruct"]["seed"])
        told = in_parts(progress, len(twins))
        prediction = executions(
            twins,
            lambda each: kind(each.kind).rollout(each, inputs, robot, folder, next(told)),
        )
    else:
        prediction = kind(twin.kind).rollout(twin, inputs, robot, folder, progress)
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
    # An entry that draws from another one's twin has that twin's papers, under its own name.
    documents = {
        name: {**read_document(may_read(source / f"{name}.json"), name), key: entry}
        for name, key in (("twin", "name"), ("provenance", "entry"))
    }
    write_entry(paths.rollout(entry), document, prediction, documents)
    return document


def in_parts(progress: Progress, parts: int) -> Iterator[Progress]:
    """A progress for each of several parts of equal length, in turn."""

    def of(part: int) -> Progress:
        return lambda done, total: progress(part * total + done, parts * total)

    return (of(part) for part in range(parts))
