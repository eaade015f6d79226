"""What there is to look at: datasets, episodes, entries."""

from __future__ import annotations

from bench.io.documents import Document, read_document
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.store import Store
from bench.io.workspace import DatasetPaths, Workspace

OPEN_PARTS = ("calibration", "validation", "holdout_inputs")
"""The parts that anyone may look at."""


def datasets(workspace: Workspace) -> list[Document]:
    """Every dataset with its title, kind, and whether its episodes are here."""
    found = []
    for name in workspace.datasets():
        paths = workspace.dataset(name)
        document = paths.document()
        here = paths.part("holdout_inputs").is_dir()
        keys = ("name", "title", "robot", "kind", "licence")
        found.append({**{key: document[key] for key in keys}, "here": here})
    return found


def episodes(paths: DatasetPaths) -> list[Document]:
    """Every episode of the open parts: id, part, group, role, rows, seconds.

    Raises:
        ProblemsError: the dataset's stores are not here.
    """
    found = []
    for part in OPEN_PARTS:
        store = open_part(paths, part)
        time = store.read("time")
        for number, episode in enumerate(store.info.episodes):
            first, end = int(store.start[number]), int(store.start[number + 1])
            found.append(
                {
                    "id": episode.id,
                    "part": part,
                    "group": episode.group,
                    "role": episode.role,
                    "rows": end - first,
                    "seconds": round(float(time[end - 1] - time[first]), 3),
                }
            )
    return found


def open_part(paths: DatasetPaths, part: str) -> Store:
    """One of the open parts of a dataset.

    Raises:
        UnknownNameError: `part` is none of them.
        ProblemsError: it has not been made here yet.
    """
    if part not in OPEN_PARTS:
        raise UnknownNameError("part", part, OPEN_PARTS)
    place = paths.part(part)
    if not place.is_dir():
        expected = f"a store; make it with: dvc repro split@{paths.name}"
        raise ProblemsError([Problem("not_made", str(place), expected, "none")])
    return Store(place)


def entries(paths: DatasetPaths) -> list[Document]:
    """Every row of the leaderboard, in its order.

    Raises:
        ProblemsError: the dataset has no leaderboard yet.
    """
    return [
        {
            "entry": row["entry"],
            "lab": row["lab"],
            "method": row["method"],
            "status": row["status"],
            "joint_rmse": row["metrics"]["joint_rmse"]["value"],
        }
        for row in leaderboard(paths)["rows"]
    ]


def leaderboard(paths: DatasetPaths) -> Document:
    """The leaderboard as it stands.

    Raises:
        ProblemsError: the dataset has none yet.
    """
    return read_document(paths.board / "leaderboard.json", "leaderboard")


def episode(paths: DatasetPaths, name: str) -> Document:
    """One episode of the open parts, with the extent of every signal.

    Raises:
        UnknownNameError: there is none of that name.
    """
    listed = episodes(paths)
    record = next((e for e in listed if e["id"] == name), None)
    if record is None:
        raise UnknownNameError("episode", name, [e["id"] for e in listed])
    loaded = open_part(paths, record["part"]).load()
    number = loaded.index[name]
    extents = {}
    for signal, units in loaded.info.signals.items():
        values = loaded.signal(signal, number)
        extents[signal] = {
            "units": list(dict.fromkeys(units)),
            "shape": list(values.shape),
            "lowest": float(values.min()),
            "highest": float(values.max()),
        }
    return {**record, "joints": list(loaded.info.joints), "signals": extents}


def entry(paths: DatasetPaths, name: str) -> Document:
    """One entry's result.

    Raises:
        UnknownNameError: there is none of that name.
    """
    valid = [row["entry"] for row in leaderboard(paths)["rows"]]
    if name not in valid:
        raise UnknownNameError("entry", name, valid)
    return read_document(paths.result(name), "result")
