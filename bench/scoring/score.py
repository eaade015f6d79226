"""The verb `score`: an entry held against the truth of its holdout."""

from __future__ import annotations

from bench.entries.entry import Entry, predictions_hash
from bench.io.documents import Document
from bench.io.workspace import DatasetPaths, Workspace
from bench.kinematics.robot import load_robot
from bench.scoring.alignment import traces
from bench.scoring.result import ScoreSettings, Subject, make_result
from bench.scoring.truth import dataset_head, open_truth, robot_hash, with_role


def score(workspace: Workspace, paths: DatasetPaths, entry: Entry, status: str) -> Document:
    """Score a checked entry.

    Args:
        workspace: the checkout.
        paths: the dataset.
        entry: the entry, from `checked_entry`.
        status: who computes: `pipeline`, `self-scored` or `recomputed`.

    Returns:
        The result.
    """
    truth, lock = open_truth(paths)
    reference = with_role(truth, "reference")
    robot = load_robot(workspace.robot_folder(paths.document()["robot"]) / "robot.json")
    fields = ("name", "lab", "method", "track", "licence", "contact")
    subject = Subject(
        entry={
            **{key: entry.document[key] for key in fields},
            **{key: entry.document.get(key) for key in ("url", "description")},
            "hash": entry.hash,
            "predictions": predictions_hash(entry.episodes),
        },
        status=status,
        dataset=dataset_head(paths, lock),
        robot_hash=robot_hash(paths),
    )
    compared = list(traces(entry.episodes, reference, robot))
    return make_result(subject, compared, ScoreSettings.of(workspace.params()), reference)
