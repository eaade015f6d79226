"""The results of a dataset as they are ranked: read, and not believed without a look.

Results come by pull request. Whether the predictions were as they say only `recompute` can tell;
here a result must at least agree with itself, with the lock, and with the log.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.io.documents import Document, read_document
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.agreement import ANOTHER_MACHINE, agreement, short
from bench.leaderboard.authorship import author_problems, robot_problems
from bench.leaderboard.settings import sampling_problems
from bench.scoring.metrics.registry import METRICS
from bench.scoring.repeatability import REPEATS
from bench.scoring.result import aggregated

TOLERANCE = 1e-7
"""Largest relative difference between a mean and the mean of the episodes' values."""
LARGEST = 1e12
"""No error of a checked entry comes near; sums of a million such numbers are still finite."""


def result_files(paths: DatasetPaths) -> list[Path]:
    """The results that are ranked, by name."""
    return sorted(p for p in paths.results.glob("*.json") if p.name.count(".") == 1)


def read_results(
    workspace: Workspace,
    paths: DatasetPaths,
    attempts: Sequence[Document],
    without: str | None = None,
) -> list[Document]:
    """Every result of a dataset, by name of the entry.

    Args:
        workspace: the checkout, which says what entries the pipeline makes.
        paths: the dataset.
        attempts: the log of attempts.
        without: an entry whose result is left out, whatever it says.

    Raises:
        ProblemsError: everything in which a result contradicts its file's name, the holdout's
            episodes, its own episodes, or the log, or says that it is what it cannot be.
    """
    entries = workspace.params()["entries"]
    lock = read_document(paths.lock, "holdout_lock")
    results: list[Document] = []
    problems: list[Problem] = []
    for path in result_files(paths):
        if path.stem == without:
            continue
        result = read_document(path, "result")
        problems += _problems(path, result, lock, attempts)
        problems += author_problems(f"results/{path.name}", result, entries)
        results.append(result)
    if problems:
        raise ProblemsError(problems)
    return results


def read_repeats(paths: DatasetPaths) -> list[Document]:
    """The results of the robot's further runs, the plain one first; those that are there.

    Raises:
        ProblemsError: everything in which one contradicts the holdout's episodes or its own, or
            is not the robot's.
    """
    lock = read_document(paths.lock, "holdout_lock")
    places = [paths.repeat(name) for name in REPEATS]
    results = {p: read_document(p, "result") for p in places if p.exists()}
    locked = set(_references(lock))
    problems: list[Problem] = []
    for path, result in results.items():
        if not {(e["id"], e["group"]) for e in result["episodes"]} <= locked:
            expected, came = "reference episodes of the lock", "others"
            problems.append(Problem("result_episodes", path.name, expected, came))
        problems += _numbers(path.name, result)
        problems += robot_problems(path.name, result, path.stem)
    if problems:
        raise ProblemsError(problems)
    return list(results.values())


def contradictions(where: str, result: Document) -> list[Problem]:
    """In what a result contradicts itself; `where` names it in the problems."""
    return list(_numbers(where, result))


def find_result(workspace: Workspace, name: str) -> tuple[DatasetPaths, Document]:
    """The result that an argument of a verb names, and its dataset.

    Args:
        workspace: the checkout.
        name: path of a result file, or `<dataset>/<entry>` for the one on that board; the robot's
            further runs are entries `repeat` and `repeat-shifted`.

    Raises:
        UnknownNameError: no such file, dataset or entry.
        ProblemsError: the file is no result.
    """
    path = Path(name)
    if path.is_file() or path.suffix == ".json":
        result = read_document(path, "result")
        return workspace.dataset(result["dataset"]["name"]), result
    dataset, _, entry = name.partition("/")
    if not dataset or not entry:
        raise UnknownNameError("result", name, ["a result file", "<dataset>/<entry>"])
    paths = workspace.dataset(dataset)
    places = {place.stem: place for place in result_files(paths)}
    places |= {n: paths.repeat(n) for n in REPEATS if paths.repeat(n).exists()}
    if entry not in places:
        raise UnknownNameError("entry", entry, list(places))
    return paths, read_document(places[entry], "result")


def find_formed_result(workspace: Workspace, name: str) -> tuple[DatasetPaths, Document]:
    """`find_result`, with one problem where the file is a result of another form.

    Raises:
        UnknownNameError: no such file, dataset or entry.
        ProblemsError: the file is no result of this version's form.
    """
    try:
        return find_result(workspace, name)
    except ProblemsError as error:
        if any(problem.code != "schema" for problem in error.problems):
            raise
        # An older scorer left out what is needed; its author needs one line, not a hundred.
        came = f"{len(error.problems)} departures, such as {error.problems[0]}"
        expected = "a result of this version's form; score the entry again"
        raise ProblemsError([Problem("result_form", name, expected, came)]) from None


def _problems(
    path: Path, result: Document, lock: Document, attempts: Sequence[Document]
) -> Iterator[Problem]:
    where, name = f"results/{path.name}", result["entry"]["name"]
    if name != path.stem:
        yield Problem("result_name", where, f"the entry {path.stem}", name)
    episodes = [(e["id"], e["group"]) for e in result["episodes"]]
    locked = _references(lock)
    if episodes != locked:
        came = f"{len(episodes)} episodes, {len(set(locked) - set(episodes))} of the lock's missing"
        yield Problem(
            "result_episodes", where, "the reference episodes of the lock, in order", came
        )
    yield from _numbers(where, result)
    if result["status"] == "recomputed" and not was_recomputed(result, attempts):
        expected = "a line `recomputed` in attempts.jsonl for these predictions"
        yield Problem("result_status", where, expected, "none")


def _references(lock: Document) -> list[tuple[str, str]]:
    return [(e["id"], e["group"]) for e in lock["episodes"] if e["role"] == "reference"]


def _numbers(where: str, result: Document) -> Iterator[Problem]:
    """No number is beyond what sums can hold, and all follow from those of the episodes."""
    yield from _strangers(where, result)
    problems = list(beyond(where, result)) or list(_means(where, result))
    yield from problems or _follows(where, result)


def _strangers(where: str, result: Document) -> Iterator[Problem]:
    """Labels and failures of episodes that the result does not have, one problem for each sort."""
    known = {episode["id"] for episode in result["episodes"]}
    for sort in ("labels", "failures"):
        other = [item["episode"] for item in result.get(sort, ()) if item["episode"] not in known]
        if other:
            expected = "episodes of the result"
            yield Problem("result_episodes", f"{where}: {sort}", expected, short(other[0]))


def _follows(where: str, result: Document) -> Iterator[Problem]:
    """Intervals, joints, arms, coverage and verdict are those that the episodes give."""
    names = [
        (list(e["joints"]), {a: list(v) for a, v in e["arms"].items()}) for e in result["episodes"]
    ]
    if any(one != names[0] for one in names) or names[0][0] != list(result["joints"]):
        yield Problem(
            "result_metrics", where, "the same joints and arms in every episode", "others"
        )
        return
    problems = list(sampling_problems(where, result["scorer"]))
    if problems:
        yield from problems
        return
    own = aggregated(result)
    claimed = {key: result[key] for key in ("coverage", "metrics", "joints", "arms")}
    claimed["verdict"] = result["divergence"]["verdict"]
    claimed = _with_own_ends(own, claimed)
    for found in agreement(own, claimed, ANOTHER_MACHINE).disagreements[:5]:
        place = f"{where}: {found.where}"
        yield Problem(
            "result_numbers", place, f"{short(found.own)} from the episodes", short(found.claimed)
        )


def _with_own_ends(own: Any, claimed: Any) -> Any:
    """The claimed numbers, with the own ends of intervals where they differ by rounding alone.

    The episodes have nine digits. An end near 0 may differ by more than its own last digits, but
    not by more than a millionth of the interval.
    """
    if not isinstance(own, dict) or not isinstance(claimed, dict):
        return claimed
    same = {key: _with_own_ends(own.get(key), value) for key, value in claimed.items()}
    low, high = own.get("low"), own.get("high")
    if isinstance(low, float) and isinstance(high, float):
        for end in ("low", "high"):
            value = claimed.get(end)
            if isinstance(value, float) and abs(value - own[end]) <= 1e-6 * (high - low):
                same[end] = own[end]
    return same


def beyond(where: str, result: Document) -> Iterator[Problem]:
    """A number of a result that no entry can have, and that sums could not hold."""
    parts = (
        result["metrics"].values(),
        result["joints"].values(),
        *(values.values() for values in result["arms"].values()),
        (e["metrics"] for e in result["episodes"]),
        (e["joints"] for e in result["episodes"]),
        *(e["arms"].values() for e in result["episodes"]),
    )
    numbers = (v for part in parts for one in part for v in one.values())
    for value in numbers:
        if isinstance(value, (int, float)) and abs(value) > LARGEST:
            expected = f"numbers of at most {LARGEST:g}"
            yield Problem("result_metrics", where, expected, short(value))
            return


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
            yield Problem("result_mean", place, f"the episodes' mean {short(mean)}", short(claimed))


def _equal(mean: float | None, claimed: float | None) -> bool:
    if mean is None or claimed is None:
        return mean is claimed
    return math.isclose(mean, claimed, rel_tol=TOLERANCE, abs_tol=1e-12)


def was_recomputed(result: Document, attempts: Sequence[Document]) -> bool:
    """Whether the log says that the organiser scored these predictions again."""
    entry = result["entry"]
    return any(
        a["event"] == "recomputed"
        and (a["entry"], a["predictions"]) == (entry["name"], entry["predictions"])
        for a in attempts
    )
