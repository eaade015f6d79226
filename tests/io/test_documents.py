"""Documents: strict JSON in, one text form out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.io import documents
from bench.io.problems import ProblemsError

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), VALUES, max_size=5))
def test_the_text_form_reads_back_the_same(document: dict[str, Any]) -> None:
    assert documents.parse(documents.dump(document), "text") == document


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": 1, "a": 2}', "duplicate_key: text: expected each key once, came 'a' twice"),
        ('{"a": NaN}', "not_finite: text: expected finite numbers, came NaN"),
        ('{"a": -Infinity}', "not_finite: text: expected finite numbers, came -Infinity"),
        ('{"a": 1e999}', "not_finite: text: expected finite numbers, came 1e999"),
        (
            '{"a": 1,}',
            "not_json: text: expected a JSON document, came Illegal trailing comma before end of "
            "object at line 1, column 8",
        ),
        ("[" * 40 + "]" * 40, "too_deep: text: expected at most 32 levels, came more"),
        (
            "[" * 100_000,
            "not_json: text: expected a JSON document, came numbers too long or nesting too deep",
        ),
    ],
)
def test_what_is_not_strict_json_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ProblemsError) as raised:
        documents.parse(text, "text")
    came = str(raised.value)
    # Older interpreters word a trailing comma differently.
    if problem.startswith("not_json") and "comma" in problem:
        assert came.startswith("not_json: text: expected a JSON document, came ")
    else:
        assert came == problem


@given(st.text(max_size=60))
def test_any_text_parses_or_is_refused(text: str) -> None:
    try:
        documents.parse(text, "text")
    except ProblemsError as error:
        assert error.problems


def test_a_missing_document_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as raised:
        documents.read_document(tmp_path / "entry.json", "entry")
    assert str(raised.value) == (
        f"missing_file: {tmp_path / 'entry.json'}: expected a JSON file, came no such file"
    )


def test_nine_digits() -> None:
    rounded = documents.nine_digits({"a": [1 / 3, 123456789.123], "b": 2, "c": None})
    assert rounded == {"a": [0.333333333, 123456789.0], "b": 2, "c": None}


def test_schemas_stand_beside_the_package_or_in_the_repository(repository: Path) -> None:
    names = {path.name for path in documents.schema_folder().glob("*.json")}
    assert names == {f"{kind}.schema.json" for kind in documents.KINDS}
    assert {path.name for path in (repository / "schemas").glob("*.json")} == names
