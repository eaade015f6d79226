from __future__ import annotations

import pytest

from bench.scoring.labels.proof import Truth, prove


def test_right_wrong_and_missing_are_counted_by_hand() -> None:
    late = Truth("late.1", "late", (("lag",),), frozenset({"speed_related"}))
    mass = Truth("mass.1", "mass", (("gravity_like", "posture_related"),), frozenset())
    clean = Truth("none.1", "none", (), frozenset())
    truths = [late, Truth("late.2", *list(vars(late).values())[1:]), mass, clean]
    found = {
        "late.1": frozenset({"lag", "speed_related"}),
        "late.2": frozenset({"noise"}),
        "mass.1": frozenset({"posture_related", "lag"}),
        "none.1": frozenset(),
    }
    proved = prove(truths, found)
    assert proved["confusion"] == {
        "late": {"entries": 2, "found": {"lag": 1, "noise": 1, "speed_related": 1}},
        "mass": {"entries": 1, "found": {"lag": 1, "posture_related": 1}},
        "none": {"entries": 1, "found": {}},
    }
    lag = proved["labels"]["lag"]
    assert (lag["right"], lag["wrong"], lag["missing"]) == (1, 1, 1)
    assert (lag["precision"], lag["recall"], lag["f1"]) == (0.5, 0.5, 0.5)
    assert proved["labels"]["noise"]["recall"] is None
    assert proved["labels"]["noise"]["f1"] == 0
    assert proved["labels"]["posture_related"]["f1"] == 1
    assert set(proved["labels"]) == {"lag", "noise", "posture_related"}
    assert proved["macro_f1"] == pytest.approx((0.5 + 0 + 1) / 3)


def test_of_a_tuple_without_any_the_first_is_missing() -> None:
    truth = Truth("mass.1", "mass", (("gravity_like", "posture_related"),), frozenset())
    proved = prove([truth], {"mass.1": frozenset()})
    assert list(proved["labels"]) == ["gravity_like"]
    assert proved["labels"]["gravity_like"]["precision"] is None


def test_nothing_at_all_has_no_score() -> None:
    assert prove([], {})["macro_f1"] is None
