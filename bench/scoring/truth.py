"""Opening the truth of a holdout, held against its lock."""

from __future__ import annotations

from collections.abc import Iterator

from bench.datasets.locked import truth_differences
from bench.datasets.parts import open_part
from bench.datasets.split import lock_root
from bench.io.documents import Document, file_hash, read_document
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes
from bench.io.workspace import DatasetPaths


def open_truth(paths: DatasetPaths) -> tuple[Episodes, Document]:
    """Open the holdout's truth, whose signals stay on disk, and read its lock.

    Every episode is hashed once, one after the other.

    Raises:
        ProblemsError: an episode differs from the lock, is missing or is too many.
    """
    lock = read_document(paths.lock, "holdout_lock")
    truth = open_part(paths, "holdout_truth")
    problems = list(_differences(lock, truth, str(paths.part("holdout_truth"))))
    if problems:
        raise ProblemsError(problems)
    return truth, lock


def _differences(lock: Document, truth: Episodes, place: str) -> Iterator[Problem]:
    root = lock_root(lock["episodes"])
    if root != lock["root"]:
        yield Problem("lock_broken", "holdout.lock.json: root", root, lock["root"])
    for one in truth_differences(lock, truth):
        expected = f"{one.field} {one.locked}"
        yield Problem("holdout_changed", f"{place}: {one.episode}", expected, str(one.found))


def positions(truth: Episodes, role: str) -> tuple[int, ...]:
    """Where the episodes of one role stand."""
    return tuple(i for i, episode in enumerate(truth.info.episodes) if episode.role == role)


def dataset_head(paths: DatasetPaths, lock: Document) -> Document:
    """What a result says of its dataset."""
    dataset = paths.document()
    head = {key: dataset[key] for key in ("name", "version", "robot", "kind")}
    return {**head, "holdout": lock["root"]}


def robot_hash(paths: DatasetPaths) -> str:
    """SHA-256 of the robot's compiled description."""
    return file_hash(paths.root / "robots" / paths.document()["robot"] / "robot.json")


def further_runs(truth: Episodes) -> tuple[tuple[int, ...], ...]:
    """Where the repeats of each reference episode stand, in the order of the references."""
    episodes = truth.info.episodes
    by_motion: dict[str, list[int]] = {}
    for number in positions(truth, "repeat"):
        by_motion.setdefault(episodes[number].motion, []).append(number)
    return tuple(
        tuple(by_motion.get(episodes[number].motion, ()))
        for number in positions(truth, "reference")
    )
