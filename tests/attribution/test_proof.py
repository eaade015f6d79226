"""Counting causes that are right, wrong and missing."""

from __future__ import annotations

import math

import pytest

from bench.attribution.causes import Cause, Conclusion, Member, Outside, Verdict
from bench.attribution.hypothesis import HYPOTHESES, hypothesis
from bench.attribution.proof import Answer, prove


def answer(
    truth: str, names: tuple[str, ...], probability: float, outside: Outside = "unknown"
) -> Answer:
    members = tuple(Member(hypothesis(name), (), outside, None) for name in names)
    verdict: Verdict = "set" if len(names) > 1 else "cause"
    if probability < 0.5:
        verdict = "undetermined"
    each = {h.name: (1 - probability) / (len(HYPOTHESES) - len(names)) for h in HYPOTHESES}
    own = {**each, **dict.fromkeys(names, probability / len(names))}
    return Answer(truth, Conclusion(verdict, (Cause(members, probability),)), own)


ANSWERS = [
    answer("delay", ("delay",), 0.9, "yes"),
    answer("delay", ("gain",), 0.6),
    answer("delay", ("delay",), 0.4),
    answer("gain", ("damping", "gain"), 0.95, "no"),
    answer("none", ("jam",), 0.8),
    answer("none", ("jam",), 0.3),
]


def test_counts() -> None:
    found = prove(ANSWERS)
    assert found["confusion"] == {
        "delay": {"episodes": 3, "found": {"delay": 1, "gain": 1, "undetermined": 1}},
        "gain": {"episodes": 1, "found": {"gain": 1}},
        "none": {"episodes": 2, "found": {"jam": 1, "undetermined": 1}},
    }
    assert found["causes"]["delay"] == {
        "right": 1,
        "wrong": 0,
        "missing": 2,
        "undetermined": 1,
        "sets": 0,
        "precision": 1.0,
        "recall": pytest.approx(1 / 3),
        "f1": 0.5,
    }
    gain = found["causes"]["gain"]
    assert (gain["right"], gain["wrong"], gain["sets"]) == (1, 1, 1)
    assert found["macro_f1"] == pytest.approx((0.5 + 2 / 3) / 2)


def test_the_log_score_is_of_the_true_cause_and_leaves_none_out() -> None:
    other = 16
    expected = [0.9, 0.4 / other, 0.4, 0.95 / 2]
    found = prove(ANSWERS)
    assert found["log_score"] == pytest.approx(-sum(map(math.log, expected)) / 4)
    assert found["chance"] == pytest.approx(math.log(17))


def test_reliability_counts_every_first_cause_once() -> None:
    rows = prove(ANSWERS)["reliability"]
    assert sum(row["episodes"] for row in rows) == len(ANSWERS)
    low = rows[0]
    assert (low["low"], low["high"], low["episodes"]) == (0.0, 0.5, 2)
    assert low["probability"] == pytest.approx(0.35)
    assert low["right"] == pytest.approx(0.5)


def test_ranges_count_where_the_cause_is_right() -> None:
    assert prove(ANSWERS)["outside"] == {
        "delay": {"yes": 1, "no": 0, "unknown": 0},
        "gain": {"yes": 0, "no": 1, "unknown": 0},
    }
