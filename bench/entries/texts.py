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
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u2800\U00016fe4\U0001d159]"
)
"""What nobody sees: all that Unicode calls default ignorable, such as joiners, fillers and
selectors of variants; and a blank in Braille, a filler in Khitan, a note without its head."""
_EMOJI = "\ufe0f"
"""Asks for the coloured form of a symbol; keyboards put it behind one."""
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
"""Scripts with letters that look like those of another one."""
_TAKEN_FOR: Mapping[str, str] = {
    "a": "\u0430\u03b1\u0251\u13aa\ua4ee",
    "b": "\u0432\u044c\u03b2\u13f4\ua4d0",
    "c": "\u0441\u13df\ua4da",
    "d": "\u0501\u13a0\ua4d3",
    "e": "\u0435\u03b5\u13ac\ua4f0",
    "f": "\ua4dd",
    "g": "\u0261\u13c0\ua4d6",
    "h": "\u043d\u04bb\u03b7\u13bb\ua4e7",
    "j": "\u0458\u13ab\ua4d9",
    "k": "\u043a\u03ba\u13e6\ua4d7",
    "l": "i1|\u0131\u0456\u03b9\u04cf\u01c0\u05c0\u13a5\u13de\ua4e1\ua4f2\u2223\u23d0\u2502\u2758",
    "m": "\u043c\u03bc\u13b7\ua4df",
    "n": "\ua4e0",
    "o": "0\u043e\u03bf\ua4f3",
    "p": "\u0440\u03c1\u1d29\u13e2\ua4d1",
    "q": "\u051b",
    "r": "\u13a1\u13d2\ua4e3",
    "s": "\u0455\u13da\ua4e2",
    "t": "\u0442\u03c4\u13a2\ua4d4",
    "u": "\u03c5\ua4f4",
    "v": "\u03bd\u13d9\ua4e6",
    "w": "\u051d\u13b3\u13d4\ua4ea",
    "x": "\u0445\u03c7\ua4eb",
    "y": "\u0443\u13a9\u13bd\ua4ec",
    "z": "\u03b6\u13c3\ua4dc",
    "'": "\u02bc\u2018\u2019\u2032",
    "-": "\u02d7\u2043\u2212",
}
"""Small letters of other scripts (of those with one case, any), digits and signs, by what they
are taken for: a Latin letter, of `i` and `l` always `l`, an apostrophe or a hyphen."""
_LOOKALIKES = str.maketrans({one: sign for sign, many in _TAKEN_FOR.items() for one in many})
_NAMED = re.compile(r"(?:.*\bLATIN .*|REGIONAL .*)\b(?:LETTER|SMALL CAPITAL) ([A-Z])")
"""Names of small capitals and of letters in frames, which have no plain form in Unicode."""


def is_plain(text: str) -> bool:
    """Whether a text is one line without control, direction or surrogate characters."""
    return text.isprintable() or not any(unicodedata.category(c) in _UNPRINTABLE for c in text)


def misleads(text: str) -> str | None:
    """Why a text does not look like what it is; None if it does."""
    if any(map(_is_unseen, f" {text}", text)):
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


def _is_unseen(before: str, character: str) -> bool:
    """Whether nobody sees a character; what only colours the symbol before it is let through."""
    colours = character == _EMOJI and unicodedata.category(before) == "So"
    return _UNSEEN.match(character) is not None and not colours


def mixes_scripts(text: str) -> bool:
    """Whether a word has letters of several scripts that are taken for each other."""
    words = re.findall(r"[^\W\d_]+", text)
    return any(len(_ALIKE & {_script(letter) for letter in word}) > 1 for word in words)


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "")
    return name.removeprefix("FULLWIDTH ").partition(" ")[0]


def look(text: str) -> str:
    """The text as a careless reader sees it: equal for texts that are taken for each other.

    In one case, without spaces and what nobody sees, and with one form of each character and of
    those that look alike.
    """
    seen = "".join(c for c in _UNSEEN.sub("", text) if unicodedata.category(c) not in _UNPRINTABLE)
    # Case folding takes some characters out of their form again.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return "".join("".join(map(_plain, folded)).translate(_LOOKALIKES).split())


def _plain(character: str) -> str:
    """The Latin letter that a small capital or a letter in a frame is; a hyphen for a dash."""
    if character.isascii():
        return character
    if unicodedata.category(character) == "Pd":
        return "-"
    named = _NAMED.fullmatch(unicodedata.name(character, ""))
    return named[1].lower() if named else character


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
