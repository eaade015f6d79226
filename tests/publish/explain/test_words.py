"""The table of words against the registry of rules."""

from __future__ import annotations

import string

import pytest

from bench.publish.explain.sentences import what
from bench.publish.explain.words import FIRST, WORDS
from bench.scoring.labels.registry import RULES
from bench.scoring.labels.saturation import RULE as SATURATION


def test_every_registered_rule_has_a_line_and_no_other_has() -> None:
    assert list(WORDS) == [rule.name for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_line_speaks_of_numbers_that_the_rule_has(rule) -> None:
    words = WORDS[rule.name]
    spoken = {name for _, name, _, _ in string.Formatter().parse(words.what) if name is not None}
    assert spoken <= set(rule.numbers)
    assert words.first in FIRST
    for value in (0.25, -0.25):
        text = what(rule.name, dict.fromkeys(rule.numbers, value))
        assert "{" not in text
        assert not spoken or any(digit in text for digit in ("0.25", "250"))


def test_every_advice_is_asked_for_and_says_where_to_look() -> None:
    asked = {words.first for words in WORDS.values()} | {"robot"}
    assert asked == set(FIRST)
    for text in FIRST.values():
        assert text.startswith(("Mend the reconstruction: ", "Look at "))
        assert text.endswith(".")


@pytest.mark.parametrize(
    ("label", "numbers", "expected"),
    [
        ("offset", {"mean_error": -0.05}, "the predicted angle is 50.00 mrad smaller than the"),
        ("offset", {"mean_error": 0.05}, "the predicted angle is 50.00 mrad larger than the"),
        ("lag", {"lag": 0.12}, "the prediction comes 0.120 s late"),
        ("lag", {"lag": -0.12}, "the prediction comes 0.120 s early"),
        ("gain", {"coefficient": -0.1}, "the prediction goes 0.100 of every radian too short"),
        ("oscillation", {"frequency": 6.0, "amplitude": 0.02}, "at 6.00 Hz by 20.00 mrad"),
        ("object_displaced", {"distance": 0.05}, "a body ends up 50.00 mm from its place"),
        ("saturation", {}, SATURATION.meaning),
        ("of_tomorrow", {}, "the label of_tomorrow, which this version does not know"),
    ],
)
def test_numbers_have_units_and_signs_are_words(label, numbers, expected: str) -> None:
    assert expected in what(label, numbers)
