"""The verb `compare`: two results by themselves, and which groups and episodes decide."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from bench.io.documents import Document, check, nine_digits
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.workspace import Workspace
from bench.leaderboard.comparable import check_comparable, full_name
from bench.leaderboard.episodes import by_episode, groups_of
from bench.leaderboard.results import beyond, contradictions, find_result
from bench.leaderboard.settings import sampling_problems
from bench.scoring.metrics.registry import HEADLINE, METRICS, metric
from bench.scoring.result import estimate_document
from bench.scoring.statistics import compare

OTHERWISE = "score both with one scorer on one holdout"
"""What to do with two results that do not compare, for the message."""


def compare_named(workspace: Workspace, a: str, b: str, name: str = HEADLINE) -> Document:
    """`compare_results` of two results that are read, and not believed without a look.

    Args:
        workspace: the checkout.
        a: path of a result file, or `<dataset>/<entry>`.
        b: another.
        name: the metric.

    Raises:
        UnknownNameError: no such result or metric.
        ProblemsError: also everything in which one of the two contradicts itself.
    """
    results = {each: find_result(workspace, each)[1] for each in (a, b)}
    problems: list[Problem] = []
    for each, result in results.items():
        where = f"result {each}"
        # No interval can be made again with settings that none can have.
        own = list(sampling_problems(f"{where}: scorer", result["scorer"]))
        problems += own or contradictions(where, result)
    if problems:
        raise ProblemsError(problems)
    return compare_results(results[a], results[b], name)


def compare_results(a: Document, b: Document, name: str = HEADLINE) -> Document:
    """The mean of one metric in `a` minus that in `b`, over the episodes that both have.

    Where a result holds several runs of an episode (the robot's own), their mean is taken.

    Args:
        a: a result.
        b: a result of the same holdout and scorer.
        name: the metric.

    Returns:
        A document of kind `comparison`, in the unit of results.

    Raises:
        UnknownNameError: no such metric.
        ProblemsError: results that do not compare, hold numbers that no entry can have, or share
            no episode that has the metric.
    """
    valid = [found.name for found in METRICS]
    if name not in valid:
        raise UnknownNameError("metric", name, valid)
    problems = [p for r in (a, b) for p in beyond(f"result {r['entry']['name']}", r)]
    if problems:
        raise ProblemsError(problems)
    check_comparable([a, b], lambda _: OTHERWISE)
    scorer = a["scorer"]
    problems = list(sampling_problems(f"result {full_name(a)}: scorer", scorer))
    if problems:
        raise ProblemsError(problems)
    groups = groups_of(a) | groups_of(b)
    values = by_episode(a, name), by_episode(b, name)
    shared = [episode for episode in groups if all(episode in side for side in values)]
    if not shared:
        where = f"results {full_name(a)} and {full_name(b)}"
        expected = f"an episode in which both have {name}"
        raise ProblemsError([Problem("not_comparable", where, expected, _no_value((a, b), name))])
    one, other = ([side[episode] for episode in shared] for side in values)
    found = compare(
        one,
        other,
        [groups[episode] for episode in shared],
        seed=scorer["seed"],
        resamples=scorer["resamples"],
        level=scorer["level"],
    )
    rows = sorted(
        zip(shared, one, other, found.episodes, strict=True), key=lambda row: -abs(row[3])
    )
    document = {
        "schema": "twinbench/comparison/1",
        "dataset": a["dataset"],
        "scorer": {key: scorer[key] for key in ("version", "seed", "resamples", "level")},
        "metric": name,
        "a": _side(a, one),
        "b": _side(b, other),
        "difference": estimate_document(found.estimate, metric(name).unit),
        "deciding": list(found.deciding),
        "groups": [asdict(share) for share in found.shares],
        "episodes": [
            {"id": i, "group": groups[i], "a": x, "b": y, "contribution": part}
            for i, x, y, part in rows
        ],
        "left_out": list(_left_out((a, b), groups, name)),
    }
    return check(nine_digits(document), "comparison", "comparison")


def _no_value(results: tuple[Document, Document], name: str) -> str:
    """Which of the two has the metric in no episode, and the reason that it holds."""
    estimates = [(result, result["metrics"][name]) for result in results]
    reasons = [
        f"{full_name(result)}: {estimate['reason'] or 'no reason given'}"
        for result, estimate in estimates
        if estimate["value"] is None
    ]
    return "; ".join(["none", *dict.fromkeys(reasons)])


def _side(result: Document, values: list[float]) -> Document:
    entry = result["entry"]
    return {
        "entry": entry["name"],
        "lab": entry["lab"],
        "status": result["status"],
        "hash": entry["hash"],
        "mean": math.fsum(values) / len(values),
    }


def _left_out(
    results: tuple[Document, Document], groups: Mapping[str, str], name: str
) -> Iterator[Document]:
    """The episodes in which one of the two has no value, and why."""
    values = [by_episode(result, name) for result in results]
    for episode, group in groups.items():
        without = [
            {"entry": result["entry"]["name"], "reason": _reason(result, episode, name)}
            for result, side in zip(results, values, strict=True)
            if episode not in side
        ]
        if without:
            yield {"id": episode, "group": group, "without": without}


def _reason(result: Document, episode: str, name: str) -> str:
    runs = [e for e in result["episodes"] if e["id"] == episode]
    if not runs:
        return "the result has no such episode"
    reason: str = runs[0]["reasons"].get(name, "no row is scored")
    return reason
