"""The guard in the flow: which checks run in which verb, with what that verb may see."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from bench.datasets.layout import Layout
from bench.guard.entry_registry import ENTRY_CHECKS
from bench.guard.finding import Finding
from bench.guard.holdout.guarding import guard_holdout
from bench.guard.holdout.registry import HOLDOUT_CHECKS
from bench.guard.pipeline.guarding import guard_pipeline
from bench.guard.pipeline.registry import PIPELINE_CHECKS
from bench.guard.record.guarding import guard_record
from bench.guard.record.known import known_holdout, known_of
from bench.guard.record.registry import RECORD_CHECKS
from bench.guard.registry import split_checks
from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.io.workspace import DatasetPaths, Workspace

LONGEST = 400
"""Characters of evidence in a line for people."""


def flow() -> Mapping[str, tuple[str, ...]]:
    """By verb, the names of the checks that run in it; `docs/guard.md` has the same table."""
    import numpy as np

    record = tuple(check.name for check in RECORD_CHECKS)
    shown = tuple(check.name for check in HOLDOUT_CHECKS if not check.needs_truth)
    return {
        "split": tuple(check.name for check in split_checks(Layout((), np.zeros(0)))),
        "reconstruct": record,
        "validate": (*record, *shown, *(check.name for check in PIPELINE_CHECKS)),
        "score": (
            *record,
            *(check.name for check in HOLDOUT_CHECKS if check.needs_truth),
            *(check.name for check in ENTRY_CHECKS),
        ),
    }


def refuse_leaks(record: Document, lock: Document) -> None:
    """What `reconstruct` may see: the record, before and after the fit, and the lock alone.

    Raises:
        ProblemsError: a finding is certain; no twin is made then.
    """
    problems = [
        Problem("leak", f"provenance.json: {finding.code}", "nothing of the holdout", said(finding))
        for finding in guard_record(record, known_holdout(lock))
        if finding.certainty == "certain"
    ]
    if problems:
        raise ProblemsError(problems)


def guard_package(
    workspace: Workspace, paths: DatasetPaths, documents: Mapping[str, Document]
) -> list[Finding]:
    """What `validate` may see: an entry's record, lock, inputs and rule, and no truth.

    Of an entry that the pipeline makes also the pipeline itself.

    Args:
        workspace: the checkout.
        paths: the dataset of the entry.
        documents: the entry's documents by kind, `entry` too.
    """
    found = guard_record(documents.get("provenance"), known_of(paths))
    found += guard_holdout(paths, truth=False)
    entry = documents["entry"]
    runs: Iterable[Document] = workspace.params()["pipeline"]["runs"].values()
    if entry["lab"] == "twinbench" and any(
        (run["dataset"], run["entry"]) == (paths.name, entry["name"]) for run in runs
    ):
        found += guard_pipeline(workspace)
    return found


def said(finding: Finding) -> str:
    """A finding in a line: how sure, what, and the beginning of its evidence."""
    evidence = json.dumps(finding.evidence, ensure_ascii=True)
    shown = evidence if len(evidence) <= LONGEST else evidence[: LONGEST - 3] + "..."
    return f"{finding.certainty} finding {finding.code}: {shown}"
