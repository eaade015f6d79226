"""Documents: strict JSON in, one text form out."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.io import documents
from bench.io.problems import ProblemsError

CASES = [
    (path.parent.parent.name, path)
    for path in sorted((Path(__file__).parent.parent / "cases/schemas").glob("*/valid/*.json"))
]
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
        ("[" * 100_000, "too_deep: text: expected at most 32 levels, came more"),
        (
            "9" * 5_000,
            "not_finite: text: expected finite numbers, came one of thousands of digits",
        ),
        (
            f"[-1{'0' * 400}]",
            f"not_finite: text: expected finite numbers, came 1{'0' * 56}...",
        ),
        (f"{'9' * 400}.0", f"not_finite: text: expected finite numbers, came {'9' * 57}..."),
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


@settings(max_examples=1500)
@given(
    st.sampled_from(CASES),
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10)), min_size=1, max_size=3),
)
def test_no_document_passes_that_jsonschema_refuses(
    case: tuple[str, Path], changes: list[tuple[int, int]]
) -> None:
    """The fast judge and the one that explains agree, on documents changed at random."""
    kind, path = case
    document = json.loads(path.read_text(encoding="utf-8"))
    for where, what in changes:
        document = _changed(document, where, what)
    refused = any(documents._validator(kind).iter_errors(document))
    try:
        documents.check(document, kind, "example")
    except ProblemsError:
        assert refused
    else:
        assert not refused


def _changed(value: Any, where: int, what: int) -> Any:
    """The document with one value replaced by another kind of thing."""
    others = [None, True, 0, -1, 1.0, 1e300, "", "x\n", [], {}, [1, "a"]]
    if isinstance(value, dict) and value and where % 7:
        key = sorted(value)[where % len(value)]
        return {**value, key: _changed(value[key], where // 7, what)}
    if isinstance(value, list) and value and where % 5:
        place = where % len(value)
        return [*value[:place], _changed(value[place], where // 5, what), *value[place + 1 :]]
    return others[what]


def test_the_largest_whole_number_is_one_that_a_float_holds() -> None:
    assert documents.parse(str(2**1023 - 1), "text") == 2**1023 - 1
    with pytest.raises(ProblemsError, match="not_finite"):
        documents.parse(str(2**1023), "text")


@pytest.mark.parametrize("place", ["pipe", "/dev/zero"])
def test_what_may_not_end_is_not_read(tmp_path: Path, place: str) -> None:
    path = tmp_path / place
    if place == "pipe":
        os.mkfifo(path)
    with pytest.raises(ProblemsError) as raised:
        documents.read_json(path)
    expected = f"not_a_file: {path}: expected a plain file, came a pipe, socket or device"
    assert str(raised.value) == expected


def test_departures_are_told_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MAX_DEPARTURES", 3)
    form = {"items": {"type": "object"}}
    documents.check_schema([{}] * 9, form, "x")
    for count, more in ((3, []), (4, ["schema: x: expected at most 3 departures, came more"])):
        with pytest.raises(ProblemsError) as raised:
            documents.check_schema([0] * count, form, "x")
        told = [f"schema: x: {n}: expected an object, came 0" for n in range(3)]
        assert [str(problem) for problem in raised.value.problems] == [*more, *told]


def test_what_is_told_of_a_departure_is_short() -> None:
    form = {"additionalProperties": {"type": "number"}}
    with pytest.raises(ProblemsError) as raised:
        documents.check_schema({"k" * 2**20: "v" * 2**20}, form, "x")
    assert len(str(raised.value)) < 500
    with pytest.raises(ProblemsError) as raised:
        many = {str(number): 0 for number in range(10_000)}
        documents.check_schema(many, {"additionalProperties": False}, "x")
    assert len(str(raised.value)) < 1000
