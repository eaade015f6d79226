"""Sentences from labels: numbers in their units, lists of names, times."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence

from bench.publish.explain.words import WORDS
from bench.publish.report.numbers import label_number
from bench.scoring.labels.registry import RULES


def what(label: str, numbers: Mapping[str, float]) -> str:
    """What a label shows; of a rule that is not known here, its name.

    Where the label lacks a number that is spoken of, it is what the rule means.
    """
    words = WORDS.get(label)
    if words is None:
        return f"the label {label}, which this version does not know"
    parts = list(string.Formatter().parse(words.what))
    if any(name is not None and name not in numbers for _, name, _, _ in parts):
        return next(rule.meaning for rule in RULES if rule.name == label)
    return "".join(
        text + ("" if name is None else _number(label, name, numbers[name], spec or ""))
        for text, name, spec, _ in parts
    )


def _number(label: str, name: str, value: float, spec: str) -> str:
    """A number in its unit; with two words for its signs, its size and one of them."""
    if not spec:
        return label_number(label, name, value)
    positive, negative = spec.split("/")
    return f"{label_number(label, name, abs(value))} {positive if value >= 0 else negative}"


def listed(names: Sequence[str]) -> str:
    """Names in a row: `a`, `a and b`, `a, b and c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def at(joints: Sequence[str], arm: str, arms: int) -> str:
    """Where: the joints, and of which arm where there are several."""
    place = f"at {listed(joints)}" if joints else "somewhere"
    return f"{place} of {arm}" if arms > 1 else place


def span(interval: Sequence[float]) -> str:
    """From when to when, or when."""
    begin, end = (f"{time:.2f}" for time in interval)
    return f"at {begin} s" if begin == end else f"from {begin} to {end} s"


def how_strong(strength: float) -> str:
    """How much of the arm's error is a label's; nothing of one that is no joint error."""
    if strength <= 0:
        return ""
    share = "less than 1" if strength < 0.01 else f"{100 * strength:.0f}"
    return f"{share} % of the arm's squared error"


def capital(text: str) -> str:
    """With a capital letter in front."""
    return text[:1].upper() + text[1:]
