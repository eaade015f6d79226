"""The results of a dataset as they are ranked: read, and not believed without a look.

Results come by pull request. Whether the predictions were as they say only `recompute` can tell;
here a result must at least agree with itself, with the lock, and with the log.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.io.documents import Document, read_document
from bench.io.problems import Problem, ProblemsError
from bench.io.workspace import DatasetPaths
from bench.scoring.metrics.registry import METRICS

TOLERANCE = 1e-7
"""Largest relative difference between a mean and the mean of the episodes' values."""


def result_files(paths: DatasetPaths) -> list[Path]:
    """The results that are ranked, by name."""
    return sorted(p for p in paths.results.glob("*.json") if p.name.count(".") == 1)


def read_results(paths: DatasetPaths, attempts: Sequence[Document]) -> list[Document]:
    """Every result of a dataset, by name of the entry.

    Args:
        paths: the dataset.
        attempts: the log of attempts.

    Raises:
        ProblemsError: everything in which a result contradicts its file's name, the holdout's
            episodes, its own episodes, or the log.
    """
    lock = read_document(paths.lock, "holdout_lock")
    results: list[Document] = []
    problems: list[Problem] = []
    for path in result_files(paths):
        result = read_document(path, "result")
        problems += _problems(path, result, lock, attempts)
        results.append(result)
    if problems:
        raise ProblemsError(problems)
    return results


def _problems(
    path: Path, result: Document, lock: Document, attempts: Sequence[Document]
) -> Iterator[Problem]:
    where, name = f"results/{path.name}", result["entry"]["name"]
    if name != path.stem:
        yield Problem("result_name", where, f"the entry {path.stem}", name)
    episodes = [(e["id"], e["group"]) for e in result["episodes"]]
    locked = [(e["id"], e["group"]) for e in lock["episodes"] if e["role"] == "reference"]
    if episodes != locked:
        came = f"{len(episodes)} episodes, {len(set(locked) - set(episodes))} of the lock's missing"
        yield Problem(
            "result_episodes", where, "the reference episodes of the lock, in order", came
        )
    yield from _means(where, result)
    if result["status"] == "recomputed" and not _was_recomputed(result, attempts):
        expected = "a line `recomputed` in attempts.jsonl for these predictions"
        yield Problem("result_status", where, expected, "none")


def _means(where: str, result: Document) -> Iterator[Problem]:
    """Every mean is the mean of what the episodes say."""
    known = [metric.name for metric in METRICS]
    named = [("metrics", list(result["metrics"]))] + [
        (f"episode {e['id']}", list(e["metrics"])) for e in result["episodes"]
    ]
    wrong = [place for place, names in named if names != known]
    for place in wrong:
        yield Problem("result_metrics", f"{where}: {place}", "every metric, in order", "others")
    if wrong:
        return
    for name in known:
        values = [e["metrics"][name] for e in result["episodes"]]
        counted = [value for value in values if value is not None]
        mean = math.fsum(counted) / len(counted) if counted else None
        claimed = result["metrics"][name]["value"]
        if not _equal(mean, claimed):
            place = f"{where}: {name}"
            yield Problem("result_mean", place, f"the episodes' mean {mean!r}", repr(claimed))


def _equal(mean: float | None, claimed: float | None) -> bool:
    if mean is None or claimed is None:
        return mean is claimed
    return math.isclose(mean, claimed, rel_tol=TOLERANCE, abs_tol=1e-12)


def _was_recomputed(result: Document, attempts: Sequence[Document]) -> bool:
    entry = result["entry"]
    return any(
        a["event"] == "recomputed"
        and (a["entry"], a["predictions"]) == (entry["name"], entry["predictions"])
        for a in attempts
    )
