"""Two documents held against each other: nothing that differs is missed."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.io.documents import nine_digits
from bench.leaderboard.agreement import (
    ABSENT,
    ANOTHER_MACHINE,
    SAME_MACHINE,
    agreement,
    leaves,
    short,
)

NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(nine_digits) | st.integers()
VALUES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=5) | NUMBERS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc"), inner, max_size=3),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(st.text("abc", min_size=1), VALUES, min_size=1, max_size=4)


@given(document=DOCUMENTS)
def test_a_document_agrees_with_itself(document: dict[str, Any]) -> None:
    found = agreement(document, copy.deepcopy(document), SAME_MACHINE)
    assert found.disagreements == ()
    assert found.agreeing == found.numbers
    assert found.largest == 0
    assert found.numbers + found.others == len(list(leaves(document, document)))


@given(
    digits=st.lists(st.integers(0, 9), min_size=9, max_size=9),
    power=st.integers(-30, 12),
    sign=st.sampled_from([1, -1]),
    place=st.integers(0, 8),
    other=st.integers(0, 9),
)
def test_one_digit_of_nine_is_a_difference(
    digits: list[int], power: int, sign: int, place: int, other: int
) -> None:
    digits[0] = digits[0] or 1
    changed = [*digits]
    changed[place] = other
    true, false = (
        sign * float(f"{d[0]}.{''.join(map(str, d[1:]))}e{power}") for d in (digits, changed)
    )
    found = agreement({"a": [true]}, {"a": [false]}, SAME_MACHINE)
    assert bool(found.disagreements) == (changed != digits)


def test_another_machine_may_differ_in_the_last_digits() -> None:
    here, there = {"a": 1.0, "b": 0.0}, {"a": 1.0 + 9e-7, "b": 1e-13}
    assert agreement(here, there, ANOTHER_MACHINE).disagreements == ()
    found = agreement(here, there, SAME_MACHINE)
    assert [d.where for d in found.disagreements] == ["a", "b"]
    assert found.largest == 1.0
    assert (found.numbers, found.agreeing, found.others) == (2, 0, 0)


@pytest.mark.parametrize(
    ("own", "claimed", "where"),
    [
        ({"a": 1}, {"a": None}, "a"),
        ({"a": True}, {"a": 1}, "a"),
        ({"a": "1"}, {"a": 1}, "a"),
        ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}, "a/c"),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1}}, "a/c"),
        ({"a": [1, 2]}, {"a": [1]}, "a"),
        ({"a": [{"b": "x"}]}, {"a": [{"b": "y"}]}, "a/0/b"),
        ({"a": {}}, {"a": []}, "a"),
        ({"a": 1}, {"a": 10**400}, "a"),
    ],
)
def test_a_difference_of_form_has_a_place(
    own: dict[str, Any], claimed: dict[str, Any], where: str
) -> None:
    found = agreement(own, claimed, ANOTHER_MACHINE)
    assert [d.where for d in found.disagreements] == [where]


def test_lists_of_other_length_give_their_lengths_and_are_compared_as_far_as_they_go() -> None:
    found = agreement({"a": [1.0, 2.0, 3.0]}, {"a": [1.0, 5.0]}, SAME_MACHINE)
    assert [str(p) for p in found.problems("mine")] == [
        "not_reproduced: result mine: a: expected 3 items, came 2 items",
        "not_reproduced: result mine: a/1: expected 2.0, came 5.0",
    ]
    assert (found.numbers, found.agreeing, found.others, found.unpaired) == (2, 1, 1, 1)
    one = agreement({"a": []}, {"a": [1.0]}, SAME_MACHINE)
    assert "expected 0 items, came 1 item" in str(one.problems("mine")[0])


def test_no_value_of_a_document_is_taken_for_nothing() -> None:
    found = agreement({}, {"a": ABSENT.text}, SAME_MACHINE)
    assert [d.where for d in found.disagreements] == ["a"]
    assert found.unpaired == 1


def test_a_value_is_shown_as_json() -> None:
    assert [short(v) for v in (None, True, "a", 1.5)] == ["null", "true", '"a"', "1.5"]


def test_a_field_of_one_alone_stands_beside_a_mark() -> None:
    assert list(leaves({"a": 1}, {"b": 2})) == [("a", 1, ABSENT), ("b", ABSENT, 2)]


def test_disagreements_are_problems_that_name_both_values() -> None:
    found = agreement({"a": 1.5, "b": "x" * 200}, {"a": 2.5, "b": "y"}, SAME_MACHINE)
    first, second = map(str, found.problems("mine"))
    assert first == "not_reproduced: result mine: a: expected 1.5, came 2.5"
    assert second.endswith('..., came "y"')
    assert len(second) < 200
