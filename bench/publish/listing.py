"""What there is to look at: datasets, episodes, entries."""

from __future__ import annotations

from collections.abc import Iterator

from bench.datasets.parts import made_part
from bench.io.documents import Document, read_document
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.store import Episodes, Store
from bench.io.store_info import PER_JOINT, Split
from bench.io.workspace import DatasetPaths, Workspace
from bench.scoring.repeatability import REPEATS

OPEN_PARTS: tuple[Split, ...] = ("calibration", "validation", "holdout_inputs")
"""The parts that anyone may look at."""
DIAGNOSTIC = "diagnostic"
"""A part that only tests labels; few datasets have it."""
COLUMNS = {"tool_pose": ("x", "y", "z", "qw", "qx", "qy", "qz")}
"""Columns of the signals that are neither one value a row nor one a joint."""


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
    """Every episode of the open parts and the diagnostic one: id, part, group, role, rows, seconds.

    Raises:
        ProblemsError: the dataset's stores are not here.
    """
    found = []
    for part, store in _listed(paths).items():
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


def _listed(paths: DatasetPaths) -> dict[str, Store]:
    found = {str(part): part_store(paths, part) for part in OPEN_PARTS}
    place = paths.part(DIAGNOSTIC)
    return {**found, DIAGNOSTIC: Store(place)} if place.is_dir() else found


def part_store(paths: DatasetPaths, part: str) -> Store:
    """One of the open parts of a dataset.

    Raises:
        UnknownNameError: `part` is none of them.
        ProblemsError: it has not been made here yet.
    """
    for known in OPEN_PARTS:
        if part == known:
            return Store(made_part(paths, known))
    raise UnknownNameError("part", part, OPEN_PARTS)


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
    place = paths.board / "leaderboard.json"
    if not place.exists():
        expected = f"a leaderboard; make it with: twinbench rank {paths.name}"
        raise ProblemsError([Problem("missing_file", str(place), expected, "no such file")])
    return read_document(place, "leaderboard")


def episode(paths: DatasetPaths, name: str) -> Document:
    """One listed episode, with the extent of every column of its signals in the column's unit.

    Raises:
        UnknownNameError: there is none of that name.
    """
    listed = episodes(paths)
    record = next((e for e in listed if e["id"] == name), None)
    if record is None:
        raise UnknownNameError("episode", name, [e["id"] for e in listed])
    loaded = _listed(paths)[record["part"]].load()
    signals = [part for signal in loaded.info.signals for part in _extents(loaded, signal, name)]
    return {**record, "joints": list(loaded.info.joints), "signals": signals}


def _extents(loaded: Episodes, signal: str, name: str) -> Iterator[Document]:
    """Lowest and highest value of each column of a signal in one episode."""
    joints, units = loaded.info.joints, loaded.info.signals[signal]
    names = joints if signal in PER_JOINT else COLUMNS.get(signal, (signal,))
    values = loaded.signal(signal, loaded.index[name]).reshape(-1, len(names))
    for number, column in enumerate(names):
        yield {
            "signal": signal,
            "column": column if len(names) > 1 else None,
            "unit": units[number] if len(units) > 1 else units[0],
            "lowest": float(values[:, number].min()),
            "highest": float(values[:, number].max()),
        }


def entry(paths: DatasetPaths, name: str) -> Document:
    """The result of one entry or of the robot's further runs.

    Raises:
        UnknownNameError: there is none of that name.
    """
    places = {row["entry"]: paths.result(row["entry"]) for row in leaderboard(paths)["rows"]}
    places |= {repeat: paths.repeat(repeat) for repeat in REPEATS if paths.repeat(repeat).exists()}
    if name not in places:
        raise UnknownNameError("entry", name, list(places))
    return read_document(places[name], "result")
