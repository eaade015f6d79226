"""Errors travel between processes as they are."""

from __future__ import annotations

import pickle

from bench.io.problems import Problem, ProblemsError, UnknownNameError


def test_problems_survive_the_way_from_a_worker() -> None:
    error = ProblemsError([Problem("b", "y", "1", "2"), Problem("a", "x", "3", "4")])
    again = pickle.loads(pickle.dumps(error))
    assert again.problems == error.problems
    assert str(again) == str(error) == "a: x: expected 3, came 4\nb: y: expected 1, came 2"


def test_a_line_shows_the_beginning_of_what_is_long() -> None:
    long = Problem("a", "x" * 100_000, "e" * 400, "y" * 100_000)
    assert str(long) == f"a: {'x' * 299}…: expected {'e' * 400}, came {'y' * 299}…"
    assert (len(long.where), len(long.came)) == (100_000, 100_000)
    whole = Problem("a", "x" * 300, "", "y" * 300)
    assert str(whole) == f"a: {'x' * 300}: expected , came {'y' * 300}"


def test_an_unknown_name_survives_the_way_from_a_worker() -> None:
    again = pickle.loads(pickle.dumps(UnknownNameError("entry", "x", ["a", "b"])))
    assert (again.kind, again.name, again.valid) == ("entry", "x", ("a", "b"))
    assert str(again) == "unknown entry 'x'; valid: a, b"
