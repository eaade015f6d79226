"""Results of different things are not held against each other."""

from __future__ import annotations

import copy

import pytest

from bench.io.documents import Document
from bench.io.problems import ProblemsError
from bench.leaderboard.comparable import check_comparable
from tests.leaderboard.made import names, result

A = result("a", dict.fromkeys(names(3), 1.0))


def _with(path: str, value: object) -> Document:
    other = copy.deepcopy(A)
    *parents, last = path.split("/")
    place = other
    for parent in parents:
        place = place[parent]
    place[last] = value
    return other


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("dataset/holdout", "e" * 64),
        ("dataset/version", 2),
        ("scorer/version", "3"),
        ("scorer/labels", {"offset": {"mean": 0.1}}),
        ("robot_hash", "f" * 64),
        ("signal", "action"),
    ],
)
def test_what_differs_is_named(path: str, value: object) -> None:
    other = _with(path, value)
    with pytest.raises(ProblemsError) as raised:
        check_comparable([A, A, other], lambda _: "do something")
    (problem,) = raised.value.problems
    assert problem.code == "not_comparable"
    assert path in problem.expected
    assert " of so101-synth/a: " in problem.expected
    assert problem.where == "result so101-synth/a"
    assert problem.came.endswith("; do something")


def test_what_is_another_s_own_does_not_matter() -> None:
    check_comparable([A, _with("status", "recomputed"), _with("entry/lab", "B")], str)


def test_many_differences_are_counted() -> None:
    labels = {rule: {"mean": 0.1} for rule in "abcdef"}
    with pytest.raises(ProblemsError, match=r"3 more, came .*3 more; do"):
        check_comparable([A, _with("scorer/labels", labels)], lambda _: "do")
