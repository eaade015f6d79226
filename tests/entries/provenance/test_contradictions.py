"""A record against itself, its twin and the lock: every contradiction, in its exact words."""

from __future__ import annotations

from collections.abc import Iterable

from bench.entries.provenance.contradictions import (
    CODES,
    holdout_problems,
    inner_problems,
    twin_problems,
)
from bench.io.documents import check
from bench.io.problems import Problem
from tests.entries.provenance.records import HASHES, ROOT, lock, parameter, record, residual

LOCK = lock(("circle.run-a", "circle", HASHES[4], HASHES[5]), ("lift.run-a", "g1", HASHES[6], None))


def lines(problems: Iterable[Problem]) -> list[str]:
    found = list(problems)
    assert {problem.code for problem in found} <= set(CODES)
    return [str(problem) for problem in found]


def test_a_sound_record_has_no_problem() -> None:
    made = check(record(), "provenance", "made")
    assert not lines(holdout_problems(made, LOCK))
    assert not lines(inner_problems(made))
    assert not lines(twin_problems(made, made))


def test_another_holdout_is_named_at_every_place() -> None:
    made = record(dataset="other", holdout={"dataset": "third", "root": HASHES[0]})
    assert lines(holdout_problems(made, LOCK)) == [
        "wrong_paper: provenance.json: dataset: expected 'toy', came 'other'",
        "wrong_paper: provenance.json: holdout/dataset: expected 'toy', came 'third'",
        f"wrong_paper: provenance.json: holdout/root: expected '{ROOT}', came '{HASHES[0]}'",
    ]


def test_an_episode_of_the_holdout_is_found_by_each_of_its_signs() -> None:
    """Also under another name, as its inputs, as a further run, and by its group alone."""
    named = [
        ("circle.run-a", HASHES[4]),
        ("renamed.run-a", HASHES[4]),
        ("inputs.run-a", HASHES[5]),
        ("circle.run-c", HASHES[0]),
        ("push.run-a", HASHES[0]),
        ("wave.run-a", HASHES[0]),
    ]
    episodes = [{"id": name, "hash": content} for name, content in named]
    made = record(
        calibration={"episodes": episodes},
        validation={"episodes": episodes[:1], "evaluations": 0},
    )
    said = "expected no episode of the holdout, came"
    assert lines(holdout_problems(made, LOCK, {"push": "g1", "lift": "g1"})) == [
        f"holdout_episode: provenance.json: calibration/episodes/0: {said} 'circle.run-a', "
        "by id, hash, group",
        f"holdout_episode: provenance.json: calibration/episodes/1: {said} 'renamed.run-a', "
        "by hash",
        f"holdout_episode: provenance.json: calibration/episodes/2: {said} 'inputs.run-a', by hash",
        f"holdout_episode: provenance.json: calibration/episodes/3: {said} 'circle.run-c', "
        "by group",
        f"holdout_episode: provenance.json: calibration/episodes/4: {said} 'push.run-a', by group",
        f"holdout_episode: provenance.json: validation/episodes/0: {said} 'circle.run-a', "
        "by id, hash, group",
    ]


def test_a_repeat_without_inputs_does_not_match_an_episode_without_hash() -> None:
    assert not lines(holdout_problems(record(), lock(("b.run-b", "b", HASHES[4], None))))


def test_parameters_and_ranges_other_than_the_twin_s() -> None:
    twin = record(
        parameters=[parameter(), parameter("elbow.offset", 0.2)],
        residual_ranges=[residual("delay", 0.0, 0.2)],
    )
    made = record(
        parameters=[parameter(value=0.3, unit="ms"), parameter("lift.offset")],
        residual_ranges=[residual("delay", 0.1, 0.2), residual("lift.offset", 0, 1)],
    )
    assert lines(twin_problems(made, twin)) == [
        "papers_differ: provenance.json: parameters/delay/value: "
        "expected 0.1, as in twin.json, came 0.3",
        "papers_differ: provenance.json: parameters/delay/unit: "
        'expected "s", as in twin.json, came "ms"',
        "papers_differ: provenance.json: parameters/elbow.offset: "
        "expected as in twin.json, came none",
        "papers_differ: provenance.json: parameters/lift.offset: "
        "expected none, as in twin.json, came one",
        "papers_differ: provenance.json: residual_ranges/delay/low: "
        "expected 0.0, as in twin.json, came 0.1",
        "papers_differ: provenance.json: residual_ranges/lift.offset: "
        "expected none, as in twin.json, came one",
    ]


def test_ranges_belong_to_parameters_and_contain_them() -> None:
    made = record(
        parameters=[parameter(), parameter(), parameter("gain", 1.0)],
        residual_ranges=[
            residual("delay", 0.1, 0.1),
            residual("gain", 1.1, 2.0),
            residual("ghost", 0.0, 1.0),
            residual("gain", 2.0, 0.0),
        ],
        data=[{"name": name, "kind": "simulated", "derived_from": []} for name in "aba"],
    )
    assert lines(inner_problems(made)) == [
        "repeated_name: provenance.json: parameters/delay: expected each name once, came 2 times",
        "repeated_name: provenance.json: residual_ranges/gain: "
        "expected each name once, came 2 times",
        "repeated_name: provenance.json: data/a: expected each name once, came 2 times",
        "range_value: provenance.json: residual_ranges/gain: "
        "expected a range that contains the value 1, came 1.1 to 2",
        "range_parameter: provenance.json: residual_ranges/ghost: "
        "expected one of the record's parameters, came another",
        "range_value: provenance.json: residual_ranges/gain: "
        "expected a range that contains the value 1, came 2 to 0",
    ]
