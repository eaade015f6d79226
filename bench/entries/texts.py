"""Text from outside, made harmless and held against what an entry may say."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from bench.io.problems import Problem

PLACEHOLDERS: Mapping[str, str] = {
    "name": "name-of-your-entry",
    "lab": "<your lab>",
    "method": "<how the prediction was made>",
    "licence": "<licence of the entry, an SPDX identifier>",
    "contact": "<e-mail address or URL>",
}
"""What the template says where a lab must write something of its own."""

_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def is_plain(text: str) -> bool:
    """Whether a text is one line without control, direction or surrogate characters."""
    return text.isprintable() or not any(unicodedata.category(c) in _UNPRINTABLE for c in text)


def escaped(text: str) -> str:
    """The same text with every character escaped that a terminal might obey or not show."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def harmless(problem: Problem) -> Problem:
    """The same problem with its texts escaped."""
    return Problem(
        problem.code, escaped(problem.where), escaped(problem.expected), escaped(problem.came)
    )


def text_problems(document: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Texts of a document, keys included, that fit its schema and still will not do."""
    for place, text in _texts(document, ()):
        if not is_plain(text):
            expected = "one line of text without control characters"
            came = ascii(text)
            came = came if len(came) <= 120 else came[:117] + "..."
            yield Problem("control_character", f"{where}: {place}", expected, came)
        elif text != text.strip():
            expected = "a text without spaces around it"
            yield Problem("outer_spaces", f"{where}: {place}", expected, ascii(text)[:120])


def _texts(value: Any, place: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield "/".join(place), value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield "/".join(place) or "top level", key
            yield from _texts(inner, (*place, ascii(key)[1:-1]))
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*place, str(number)))


def placeholder_problems(document: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Fields of an `entry.json` that still say what the template says."""
    for field, text in PLACEHOLDERS.items():
        if document.get(field) == text:
            came = f"the template's {text!r}"
            yield Problem("placeholder", f"{where}: {field}", "your own text", came)
