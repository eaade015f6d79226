"""Two results by themselves: the difference, what it comes from, and what is left out."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.io.problems import ProblemsError, UnknownNameError
from bench.leaderboard.comparing import compare_results
from tests.leaderboard.made import names, result

NAMES = names(9)
GROUPS = dict(zip(NAMES, "aabcdefgh", strict=True))
VALUES = st.lists(st.floats(0, 1), min_size=9, max_size=9)


@given(a=VALUES, b=VALUES)
def test_the_parts_add_up_to_the_difference_of_the_means(a: list[float], b: list[float]) -> None:
    one, other = (
        result(n, dict(zip(NAMES, v, strict=True)), groups=GROUPS) for n, v in (("a", a), ("b", b))
    )
    found = compare_results(one, other)
    gap = float(np.mean(a) - np.mean(b))
    assert found["difference"]["value"] == pytest.approx(gap, abs=1e-8)
    for parts in (found["groups"], found["episodes"]):
        sizes = [abs(part["contribution"]) for part in parts]
        assert sizes == sorted(sizes, reverse=True)
        assert sum(part["contribution"] for part in parts) == pytest.approx(gap, abs=1e-7)
    by_id = dict(zip(NAMES, zip(a, b, strict=True), strict=True))
    for episode in found["episodes"]:
        pair = (episode["a"], episode["b"])
        assert pair == pytest.approx(by_id[episode["id"]], rel=1e-8)
    assert found["left_out"] == []


@given(a=VALUES, b=VALUES)
def test_the_other_way_round_everything_has_the_other_sign(a: list[float], b: list[float]) -> None:
    one, other = (result(n, dict(zip(NAMES, v, strict=True))) for n, v in (("a", a), ("b", b)))
    here, there = compare_results(one, other), compare_results(other, one)
    assert here["difference"]["value"] == -there["difference"]["value"]
    if here["difference"]["low"] is not None:
        assert here["difference"]["low"] == -there["difference"]["high"]
    assert here["deciding"] == there["deciding"]
    assert [g["contribution"] for g in here["groups"]] == [
        -g["contribution"] for g in there["groups"]
    ]


def test_a_result_does_not_differ_from_itself() -> None:
    one = result("a", dict.fromkeys(NAMES, 0.02))
    found = compare_results(one, one)
    assert [found["difference"][end] for end in ("low", "value", "high")] == [0.0, 0.0, 0.0]
    assert {group["share"] for group in found["groups"]} == {None}


def test_episodes_that_one_lacks_are_left_out_of_both_and_named() -> None:
    whole = dict(zip(NAMES, np.linspace(0.01, 0.05, 9).tolist(), strict=True))
    one = result("a", {**whole, NAMES[0]: None})
    other = result("repeat", {n: [v, v + 0.002] for n, v in whole.items() if n != NAMES[4]})
    found = compare_results(one, other)
    assert found["left_out"] == [
        {
            "id": NAMES[0],
            "group": "m00",
            "without": [{"entry": "a", "reason": "no row is scored"}],
        },
        {
            "id": NAMES[4],
            "group": "m04",
            "without": [{"entry": "repeat", "reason": "the result has no such episode"}],
        },
    ]
    assert found["difference"]["episodes"] == 7
    assert found["difference"]["value"] == pytest.approx(-0.001)
    shared = [whole[n] for n in NAMES if n not in (NAMES[0], NAMES[4])]
    assert found["a"]["mean"] == pytest.approx(np.mean(shared))


def test_fewer_than_six_groups_give_no_interval_and_a_reason() -> None:
    one, other = (result(n, dict.fromkeys(NAMES[:5], v)) for n, v in (("a", 0.1), ("b", 0.2)))
    found = compare_results(one, other)["difference"]
    assert found["value"] == pytest.approx(-0.1)
    assert (found["low"], found["high"]) == (None, None)
    assert found["reason"] == "5 groups: an interval needs at least 6"


def test_another_metric_is_compared_in_its_unit() -> None:
    one, other = (result(n, dict.fromkeys(NAMES, v)) for n, v in (("a", 0.1), ("b", 0.2)))
    found = compare_results(one, other, "position_rmse")
    assert found["difference"]["value"] == pytest.approx(-0.2)
    assert found["difference"]["unit"] == "m"


def test_results_of_different_holdouts_or_scorers_are_refused() -> None:
    one = result("a", dict.fromkeys(NAMES, 0.1))
    for path, value in (("dataset", {**one["dataset"], "holdout": "e" * 64}), ("scorer", {})):
        other = {**copy.deepcopy(one), path: value}
        with pytest.raises(ProblemsError, match=f"not_comparable: .* the {path} of so101-synth/a"):
            compare_results(one, other)


def test_an_unknown_metric_is_refused_with_the_valid_names() -> None:
    one = result("a", dict.fromkeys(NAMES, 0.1))
    with pytest.raises(UnknownNameError, match="unknown metric 'rmse'; valid: joint_rmse, "):
        compare_results(one, one, "rmse")


def test_nothing_in_common_is_said() -> None:
    one = result("a", {NAMES[0]: 0.1, NAMES[1]: None})
    other = result("b", {NAMES[0]: None, NAMES[1]: 0.1})
    with pytest.raises(ProblemsError, match="an episode in which both have joint_rmse, came none"):
        compare_results(one, other)


def test_a_metric_that_one_lacks_is_refused_with_its_reason() -> None:
    one, other = (result(n, dict.fromkeys(NAMES, 0.1)) for n in "ab")
    for episode in other["episodes"]:
        episode["metrics"]["lag"] = None
    other["metrics"]["lag"] = {**other["metrics"]["lag"], "value": None, "reason": "nothing moves"}
    with pytest.raises(ProblemsError, match=r"came none; so101-synth/b: nothing moves$"):
        compare_results(one, other, "lag")


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [("resamples", 10**9, "resamples"), ("resamples", 10, "resamples"), ("level", 2.0, "schema")],
)
def test_a_resampling_that_cannot_be_done_is_a_problem(key: str, value: float, code: str) -> None:
    one = result("a", dict.fromkeys(NAMES, 0.1))
    one["scorer"][key] = value
    with pytest.raises(ProblemsError) as raised:
        compare_results(one, one)
    assert [problem.code for problem in raised.value.problems] == [code]


def test_a_number_that_no_entry_can_have_is_refused() -> None:
    one, wild = (
        result(n, {**dict.fromkeys(NAMES, 0.1), NAMES[0]: v}) for n, v in (("a", 0.1), ("b", 1e308))
    )
    with pytest.raises(
        ProblemsError, match="result_metrics: result b: expected numbers of at most"
    ):
        compare_results(one, wild)
