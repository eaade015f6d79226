"""Text from outside, made harmless and held against what an entry may say."""

from __future__ import annotations

import itertools
import re
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

MAX_SAID = 1000
"""Texts that will not do, of one document, that are told one by one."""
MOST_MARKS = 3
"""Marks on one letter; no orthography needs more."""

_DEVICE = re.compile(r"con|prn|aux|nul|(?:com|lpt)[0-9]", re.ASCII | re.IGNORECASE)
_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_MARKS = frozenset({"Mn", "Me"})
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters, marks and symbols that nobody sees: joiners, fillers, a blank in Braille."""
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
"""Scripts with letters that look like those of another one."""
_LOOKALIKES = str.maketrans(
    "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u044c\u0455\u0456\u0458"
    "\u04bb\u0501\u051b\u051d\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u0131"
    "\u0261\u0251\u04cf01",
    "abekmhopctyxbsijhdqwaikvoptuxigalol",
)
"""Small letters of other scripts, and digits, by the Latin letter that they are taken for."""


def is_plain(text: str) -> bool:
    """Whether a text is one line without control, direction or surrogate characters."""
    return text.isprintable() or not any(unicodedata.category(c) in _UNPRINTABLE for c in text)


def misleads(text: str) -> str | None:
    """Why a text does not look like what it is; None if it does."""
    if any(c in _UNSEEN for c in text):
        return "a letter or sign that nobody sees"
    if any(unicodedata.category(c) in ("Co", "Cn") for c in text):
        return "a character that no standard gives a shape"
    marks = 0
    for before, character in itertools.pairwise(f" {text}"):
        marks = marks + 1 if unicodedata.category(character) in _MARKS else 0
        if marks > MOST_MARKS:
            return f"more than {MOST_MARKS} marks on one letter"
        if marks == 1 and before.isspace():
            return "a mark without a letter"
    return None


def mixes_scripts(text: str) -> bool:
    """Whether a word has letters of several scripts that are taken for each other."""
    words = re.findall(r"[^\W\d_]+", text)
    return any(len(_ALIKE & {_script(letter) for letter in word}) > 1 for word in words)


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return name.removeprefix("FULLWIDTH ").partition(" ")[0]


def look(text: str) -> str:
    """The text as a careless reader sees it: equal for texts that are taken for each other.

    In one case, without spaces, and with one form of each character and of those that look alike.
    """
    # Case folding takes some characters out of their form again.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(folded.translate(_LOOKALIKES).split())


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
    found = _unfit(document, where)
    yield from itertools.islice(found, MAX_SAID)
    if next(found, None) is not None:
        yield Problem(
            "control_character", where, f"at most {MAX_SAID} texts that will not do", "more"
        )


def _unfit(document: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for place, text in _texts(document, ()):
        at = f"{where}: {place}"
        if not is_plain(text):
            expected = "one line of text without control characters"
            yield Problem("control_character", at, expected, _short(ascii(text)))
        elif text != text.strip():
            expected = "a text without spaces around it"
            yield Problem("outer_spaces", at, expected, _short(ascii(text)))
        elif not text.isascii() and (why := misleads(text)) is not None:
            expected = "a text that looks like what it is"
            yield Problem("misleading_text", at, expected, f"{why} in {_short(ascii(text))}")


def identity_problems(document: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Names in `entry.json` that can be taken for another lab's, or that no file can have."""
    lab = document.get("lab")
    if isinstance(lab, str) and mixes_scripts(lab):
        expected = "letters of one script in each word"
        yield Problem("misleading_text", f"{where}: lab", expected, _short(ascii(lab)))
    name = document.get("name")
    if isinstance(name, str) and is_device(name):
        expected = "a name that a file can have everywhere, not that of a device of Windows"
        yield Problem("device_name", f"{where}: name", expected, ascii(name))


def is_device(name: str) -> bool:
    """Whether Windows keeps a name for a device, so that no file there can be called so."""
    return _DEVICE.fullmatch(name) is not None


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:117] + "..."


def _texts(value: Any, place: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield "/".join(place), value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield "/".join(place) or "top level", key
            yield from _texts(inner, (*place, _short(ascii(key)[1:-1])))
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from _texts(inner, (*place, str(number)))


def placeholder_problems(document: Mapping[str, Any], where: str) -> Iterator[Problem]:
    """Fields of an `entry.json` that still say what the template says."""
    for field, text in PLACEHOLDERS.items():
        if document.get(field) == text:
            came = f"the template's {text!r}"
            yield Problem("placeholder", f"{where}: {field}", "your own text", came)
