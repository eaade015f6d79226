"""Settings of a board, from `params.yaml`."""

from __future__ import annotations

import pytest

from bench.io.problems import ProblemsError, UnknownNameError
from bench.leaderboard.settings import Settings, sampling_problems
from bench.scoring.result import MOST_RESAMPLES, resampling_problems
from bench.scoring.statistics import mean_interval

SCORE = {"naive": "echo", "seed": 1, "resamples": 9999, "level": 0.95}


def test_they_are_read() -> None:
    assert Settings.of({"score": SCORE, "entries": {"echo": {}}}) == Settings("echo", 1, 9999, 0.95)


def test_the_naive_entry_is_one_of_the_pipeline_s() -> None:
    with pytest.raises(UnknownNameError, match="unknown naive entry 'echo'; valid: other"):
        Settings.of({"score": SCORE, "entries": {"other": {}}})


def test_too_few_resamples_for_the_level_are_a_problem_with_the_number_needed() -> None:
    params = {"score": {**SCORE, "resamples": 198, "level": 0.99}, "entries": {"echo": {}}}
    with pytest.raises(ProblemsError) as raised:
        Settings.of(params)
    assert str(raised.value) == (
        "resamples: params.yaml: score: expected at least 199 resamples for level 0.99, came 198"
    )


def test_more_resamples_than_memory_holds_are_one_problem() -> None:
    (problem,) = sampling_problems("x", {**SCORE, "resamples": 10**9})
    assert str(problem) == "resamples: x: expected at most 100000 resamples, came 1000000000"
    assert list(sampling_problems("x", {**SCORE, "resamples": MOST_RESAMPLES})) == []


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [("level", 1.0, "x: level"), ("level", 0, "x: level"), ("seed", -1, "x: seed")],
)
def test_a_level_or_seed_that_none_can_have_is_one_problem(
    key: str, value: float, where: str
) -> None:
    (problem,) = sampling_problems("x", {**SCORE, key: value})
    assert (problem.code, problem.where) == ("schema", where)


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99, 0.999])
def test_as_many_as_are_asked_for_are_enough(level: float) -> None:
    values = [1.0, 2.0, 4.0, 3.0, 5.0, 7.0]
    (problem,) = resampling_problems("x", 0, level)
    needed = int(problem.expected.split()[2])
    assert list(resampling_problems("x", needed, level)) == []
    mean_interval(values, list("abcdef"), seed=0, resamples=needed, level=level)
    with pytest.raises(ValueError, match=f"at least {needed} resamples"):
        mean_interval(values, list("abcdef"), seed=0, resamples=needed - 1, level=level)
