"""Opening the truth of a holdout, held against its lock."""

from __future__ import annotations

from bench.io.documents import Document, file_hash, read_document
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes, load_episodes
from bench.io.workspace import DatasetPaths


def open_truth(paths: DatasetPaths) -> tuple[Episodes, Document]:
    """Read the holdout's truth and its lock.

    Raises:
        ProblemsError: an episode differs from the lock, is missing or is too many.
    """
    lock = read_document(paths.lock, "holdout_lock")
    place = paths.part("holdout_truth")
    truth = load_episodes(place, allowed=frozenset({"holdout_truth"}))
    locked = {episode["id"]: episode["hash"] for episode in lock["episodes"]}
    found = dict(zip(truth.index, truth.hashes(), strict=True))
    problems = [
        Problem(
            "holdout_changed", f"{place}: {id_}", f"hash {locked.get(id_)}", f"{found.get(id_)}"
        )
        for id_ in sorted(locked.keys() | found.keys())
        if locked.get(id_) != found.get(id_)
    ]
    if problems:
        raise ProblemsError(problems)
    return truth, lock


def with_role(truth: Episodes, role: str) -> Episodes:
    """The episodes of one role."""
    keep = [i for i, episode in enumerate(truth.info.episodes) if episode.role == role]
    return truth.select(keep, "holdout_truth")


def dataset_head(paths: DatasetPaths, lock: Document) -> Document:
    """What a result says of its dataset."""
    dataset = paths.document()
    head = {key: dataset[key] for key in ("name", "version", "robot", "kind")}
    return {**head, "holdout": lock["root"]}


def robot_hash(paths: DatasetPaths) -> str:
    """SHA-256 of the robot's compiled description."""
    return file_hash(paths.root / "robots" / paths.document()["robot"] / "robot.json")
