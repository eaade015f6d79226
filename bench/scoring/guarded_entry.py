"""The guard's checks of an entry without a score."""

from __future__ import annotations

from bench.entries.entry import Entry
from bench.guard.finding import Finding
from bench.guard.record.guarding import guard_record
from bench.guard.record.known import known_of
from bench.io.documents import Document
from bench.io.problems import ProblemsError
from bench.io.workspace import DatasetPaths, Workspace
from bench.scoring.blocks import Progress, Stores, blocks_of, look_at_block
from bench.scoring.columns import joint_problems
from bench.scoring.guarding import Looked, judged
from bench.scoring.score import job_of
from bench.scoring.truth import open_truth


def guard_with_truth(
    workspace: Workspace, paths: DatasetPaths, entry: Entry, progress: Progress | None = None
) -> tuple[list[Document], list[Finding]]:
    """Run every check of an entry's record, and of it against the truth; nothing is written.

    Args:
        workspace: the checkout.
        paths: the dataset, with a truth that can be read.
        entry: from `checked_entry`.
        progress: told how many episodes were looked at, and of how many.

    Returns:
        The checks against the truth with how many things they compared, and all findings.

    Raises:
        ProblemsError: the truth is not that of the lock, or the robot is not the recordings'.
    """
    truth, _ = open_truth(paths)
    job = job_of(workspace, paths, entry, truth, workspace.params()["score"]["seed"])
    problems = list(joint_problems(job.robot, truth.info))
    if problems:
        raise ProblemsError(problems)
    stores = Stores.of(job)
    looks: list[Looked] = []
    for block in blocks_of(job, stores):
        looks += look_at_block(job, stores, block)
        if progress is not None:
            progress(len(looks), len(job.measured))
    checks, findings = judged(looks)
    return checks, [*guard_record(entry.documents.get("provenance"), known_of(paths)), *findings]
