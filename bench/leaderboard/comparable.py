"""Which results may be held against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.leaderboard.agreement import leaves, short

SAME = ("dataset", "scorer", "robot_hash", "signal")
"""What two results must have in common, down to every setting."""
LISTED = 3
"""Differences that a message names."""


def check_comparable(
    results: Sequence[Document],
    otherwise: Callable[[Document], str],
    same: Sequence[str] = SAME,
) -> None:
    """Refuse results that measure different things.

    Args:
        results: results; the first is what the others are held against.
        otherwise: gives what to do with a result that does not fit, for the message.
        same: the fields that they must have in common.

    Raises:
        ProblemsError: results of another dataset, holdout, scorer, setting, robot or signal.
    """
    problems = [
        problem
        for result in results[1:]
        for problem in _problems(results[0], result, otherwise, same)
    ]
    if problems:
        raise ProblemsError(problems)


def full_name(result: Document) -> str:
    """`<dataset>/<entry>`, which verbs take for a result."""
    return f"{result['dataset']['name']}/{result['entry']['name']}"


def _problems(
    first: Document,
    result: Document,
    otherwise: Callable[[Document], str],
    same: Sequence[str],
) -> Iterator[Problem]:
    where, name = f"result {full_name(result)}", full_name(first)
    for key in same:
        unlike = [u for u in leaves(first[key], result[key], key) if u[1] != u[2]]
        if unlike:
            expected = f"the {key} of {name}: {_listed([(at, one) for at, one, _ in unlike])}"
            came = f"{_listed([(at, other) for at, _, other in unlike])}; {otherwise(result)}"
            yield Problem("not_comparable", where, expected, came)


def _listed(values: Sequence[tuple[str, object]]) -> str:
    """The first differences, and how many more there are."""
    parts = [f"{at} {short(value)}" for at, value in values[:LISTED]]
    if len(values) > LISTED:
        parts.append(f"{len(values) - LISTED} more")
    return ", ".join(parts)
