"""`entry.json` and the papers beside it fit their schemas."""

from __future__ import annotations

from collections.abc import Iterable

from bench.entries.check import Check, CheckInput
from bench.io.problems import Problem

CODES = {
    "not_utf8": "a document is not UTF-8 text",
    "not_json": "a document is not JSON",
    "duplicate_key": "a JSON object has the same key twice",
    "not_finite": "a number in a document is NaN, infinite, or beyond what a float holds",
    "too_deep": "a document is nested too deep",
    "schema": "a document does not fit its schema: a field is missing, unknown or of another form",
    "control_character": "a text holds control, direction or surrogate characters, or a line break",
    "misleading_text": "a text has what nobody sees or stacked marks, or a lab mixes scripts",
    "device_name": "an entry is called like a device of Windows, such as CON or COM1",
    "outer_spaces": "a text begins or ends with a space",
    "too_large": "a document has more values than any needs",
    "placeholder": "a field of entry.json still says what the template says",
    "unreadable": "a document cannot be opened",
}


def run(given: CheckInput) -> Iterable[Problem]:
    """Report what stood in the way while the documents were read."""
    return given.contents.problems.get("documents", ())


CHECK = Check("documents", "entry.json and the papers beside it fit their schemas", CODES, run)
