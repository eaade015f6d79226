from __future__ import annotations

import pytest

from bench.io.documents import Document
from bench.leaderboard.shared_failures import shared_failures
from bench.scoring.labels.failures import FAILURES
from tests.leaderboard.made import names, result


def made(robot: dict[str, list[int]], entry: dict[str, list[int]], episodes: int = 12) -> Document:
    """A result in which either side has failures in these episodes, by name."""
    ids = names(episodes)
    failures = [
        {
            "failure": name,
            "side": side,
            "episode": ids[number],
            "arm": "arm",
            "joints": ["elbow"],
            "interval": [1.0, 2.0],
        }
        for side, shown in (("reference", robot), ("entry", entry))
        for name, numbers in shown.items()
        for number in numbers
    ]
    return result("a", dict.fromkeys(ids, 0.1), failures=failures)


def test_the_same_failures_agree_wholly() -> None:
    both = {"stall": [0, 1, 2, 3, 4, 5]}
    found = shared_failures(made(both, both))
    assert found is not None
    assert list(found["failures"]) == list(FAILURES)
    stall = found["failures"]["stall"]
    assert (stall["reference"], stall["entry"], stall["both"]) == (6, 6, 6)
    assert stall["kappa"]["value"] == stall["kappa"]["low"] == 1
    assert found["distribution"]["value"] == 1
    rest = found["failures"]["overshoot"]
    assert (rest["reference"], rest["entry"], rest["both"]) == (0, 0, 0)
    assert rest["kappa"]["value"] is None
    assert rest["kappa"]["reason"] == "in no episode on either side"


def test_numbers_are_those_of_a_worked_example() -> None:
    robot = {"stall": [0, 1, 2], "overshoot": [7]}
    entry = {"stall": [0, 1, 5], "oscillation": [8]}
    found = shared_failures(made(robot, entry, 10))
    assert found is not None
    stall = found["failures"]["stall"]
    assert (stall["reference"], stall["entry"], stall["both"]) == (3, 3, 2)
    # Observed 0.8; by chance 0.09 + 0.49.
    assert stall["kappa"]["value"] == pytest.approx((0.8 - 0.58) / 0.42)
    # Three of four failures are shared: 1 − 1/4.
    assert found["distribution"]["value"] == pytest.approx(0.75)


def test_one_run_of_several_that_fails_is_enough() -> None:
    twice = {"stall": [0, 0, 1]}
    document = made(twice, {"stall": [0]})
    document["episodes"].append({**document["episodes"][0], "run": "run-1"})
    found = shared_failures(document)
    assert found is not None
    assert (found["failures"]["stall"]["reference"], found["failures"]["stall"]["both"]) == (2, 1)
    assert found["distribution"]["episodes"] == 12


def test_episodes_that_are_not_scored_do_not_count() -> None:
    document = made({"stall": [0]}, {"stall": [0]})
    document["episodes"][3]["rows_scored"] = 0
    found = shared_failures(document)
    assert found is not None
    assert found["distribution"]["episodes"] == 11


def test_neither_side_fails() -> None:
    found = shared_failures(made({}, {}))
    assert found is not None
    assert found["distribution"]["value"] is None
    assert found["distribution"]["reason"] == "in no episode on either side"
    assert all(each["kappa"]["value"] is None for each in found["failures"].values())


def test_a_result_that_does_not_say_what_fails_has_none() -> None:
    assert shared_failures(result("a", {"m00.run-a": 0.1})) is None


def test_nothing_scored_has_no_value() -> None:
    document = made({}, {}, 1)
    document["episodes"][0]["rows_scored"] = 0
    found = shared_failures(document)
    assert found is not None
    assert found["distribution"]["reason"] == "no episodes"
