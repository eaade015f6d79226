"""JSON documents with a schema: read and checked whole, written in one form.

Every document names its schema and version in the field `schema` (`twinbench/entry/1`).
The schemas lie in `schemas/` of the repository and inside the installed package.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
import math
import re
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import bench
from bench.io.atomic import write_text
from bench.io.problems import Problem, ProblemsError

Document = dict[str, Any]

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 32
MAX_DEPARTURES = 500
"""Departures from a schema that are looked for; each takes time to say."""
MAX_BITS = 1023
"""Of a whole number: a larger one is beyond what a float holds."""
KINDS = (
    "robot",
    "robot_description",
    "robot_dh",
    "dataset",
    "ingest",
    "source",
    "split",
    "holdout_lock",
    "sealed",
    "public_key",
    "guard",
    "twin",
    "provenance",
    "recovery",
    "label_proof",
    "entry",
    "episodes",
    "result",
    "released",
    "traces",
    "repeats",
    "leaderboard",
    "comparison",
    "attribution",
    "sync_result",
    "sync_board",
    "attempt",
    "params",
)


def schema_folder() -> Path:
    """The folder with the JSON Schemas: beside the package's modules, or in the repository."""
    package = Path(bench.__file__).parent
    inside = package / "schemas"
    return inside if inside.is_dir() else package.parent / "schemas"


@functools.cache
def schema(kind: str) -> Document:
    """The JSON Schema of documents of this kind (one of `KINDS`)."""
    text = (schema_folder() / f"{kind}.schema.json").read_text(encoding="utf-8")
    loaded: Document = json.loads(text)
    return loaded


def read_document(path: Path, kind: str) -> Document:
    """Read the document at `path` and check it against the schema of its kind.

    Raises:
        ProblemsError: the file is missing, too large, not strict JSON, or does not fit.
    """
    return check(read_json(path), kind, str(path))


def read_json(path: Path) -> Any:
    """Read any strict JSON file (see `parse`).

    Raises:
        ProblemsError: the file is missing, too large, or not strict JSON.
    """
    return parse(_read(path), str(path))


def _read(path: Path) -> str:
    try:
        return read_plain(path, "a JSON file").decode()
    except UnicodeDecodeError as error:
        came = f"byte {error.start} is not UTF-8"
        raise ProblemsError([Problem("not_utf8", str(path), "UTF-8 text", came)]) from None


def read_plain(path: Path, what: str) -> bytes:
    """The bytes of a plain file of at most `MAX_BYTES`.

    Args:
        path: the file.
        what: is expected there, for the message.

    Raises:
        ProblemsError: the file is missing, too large, or no plain file.
    """
    try:
        state = path.stat()
        if not stat.S_ISREG(state.st_mode) and not stat.S_ISDIR(state.st_mode):
            # A pipe may never end, and a device gives bytes without end.
            came = "a pipe, socket or device"
            raise ProblemsError([Problem("not_a_file", str(path), "a plain file", came)])
        if state.st_size > MAX_BYTES:
            expected, came = f"at most {MAX_BYTES} bytes", f"{state.st_size} bytes"
            raise ProblemsError([Problem("too_large", str(path), expected, came)])
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        came = "no such file" if isinstance(error, FileNotFoundError) else "a folder"
        raise ProblemsError([Problem("missing_file", str(path), what, came)]) from None


def parse(text: str, where: str) -> Any:
    """Parse strict JSON: no duplicate keys, no NaN or infinity, at most 32 levels deep.

    Raises:
        ProblemsError: naming the line and column, the key or the constant.
    """

    def pairs(items: list[tuple[str, Any]]) -> Document:
        unique = dict(items)
        if len(unique) != len(items):
            key, _ = Counter(key for key, _ in items).most_common(1)[0]
            raise _refused("duplicate_key", where, "each key once", f"{key[:60]!r} twice")
        return unique

    def constant(name: str) -> float:
        raise _refused("not_finite", where, "finite numbers", _short(name, 60))

    def number(digits: str) -> float:
        value = float(digits)
        return value if math.isfinite(value) else constant(digits)

    try:
        value = json.loads(
            text, object_pairs_hook=pairs, parse_constant=constant, parse_float=number
        )
    except json.JSONDecodeError as error:
        came = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise _refused("not_json", where, "a JSON document", came) from None
    except RecursionError:
        raise _refused("too_deep", where, f"at most {MAX_DEPTH} levels", "more") from None
    except ValueError as error:
        if isinstance(error, ProblemsError):
            raise
        came = "one of thousands of digits"  # more than Python reads
        raise _refused("not_finite", where, "finite numbers", came) from None
    deepest, largest = _extent(value)
    if deepest > MAX_DEPTH:
        raise _refused("too_deep", where, f"at most {MAX_DEPTH} levels", "more")
    if largest.bit_length() > MAX_BITS:
        constant(str(largest))
    return value


def _refused(code: str, where: str, expected: str, came: str) -> ProblemsError:
    return ProblemsError([Problem(code, where, expected, came)])


def _extent(value: Any) -> tuple[int, int]:
    """How deep a document is nested, and its largest whole number in size."""
    deepest, largest, level = 0, 0, [value]
    while level:
        deepest += 1
        numbers = (abs(inner) for inner in level if isinstance(inner, int))
        largest = max(largest, max(numbers, default=0))
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return deepest - 1, largest


def _fits(kind: str, document: Any) -> bool:
    """Whether a document fits; far faster than finding out why not."""
    try:
        return bool(_judge(kind).is_valid(document))
    except ValueError:  # a value that JSON does not have, as from YAML
        return False


@functools.cache
def _judge(kind: str) -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(schema(kind))


@functools.cache
def _validator(kind: str) -> Any:
    return _strict(schema(kind))


def _strict(form: Document) -> Any:
    import jsonschema

    cls = jsonschema.Draft202012Validator
    strict = jsonschema.validators.extend(cls, {"pattern": _pattern})
    return strict(form, format_checker=cls.FORMAT_CHECKER)


def _pattern(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[Any]:
    """The keyword `pattern`, whose `$` is the end of the text and not the newline before it."""
    import jsonschema

    ended = pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern
    if isinstance(instance, str) and re.search(ended, instance) is None:
        yield jsonschema.ValidationError(f"{instance!r} does not match {pattern!r}")


def check(document: Any, kind: str, where: str) -> Document:
    """Hold `document` against the schema of its kind and return it.

    Raises:
        ProblemsError: every departure from the schema, each with its place in the document.
    """
    # Nearly every document fits; only of one that does not has the slower one to say what is wrong.
    if not _fits(kind, document):
        _refuse(_validator(kind).iter_errors(document), where)
    checked: Document = document
    return checked


def check_schema(value: Any, form: Document, where: str) -> None:
    """Hold a value against a JSON Schema that is given.

    Raises:
        ProblemsError: every departure from the schema, each with its place in the value.
    """
    _refuse(_strict(form).iter_errors(value), where)


def _refuse(errors: Iterable[Any], where: str) -> None:
    found = list(itertools.islice(errors, MAX_DEPARTURES + 1))
    # One missing field among several is reported once for each of them.
    problems = {
        Problem("schema", f"{where}: {_place(error)}", _expected(error), _came(error))
        for error in found[:MAX_DEPARTURES]
    }
    if len(found) > MAX_DEPARTURES:
        problems.add(Problem("schema", where, f"at most {MAX_DEPARTURES} departures", "more"))
    if problems:
        raise ProblemsError(problems)


def _place(error: Any) -> str:
    parts = (_short(str(part), 120) for part in error.absolute_path)
    return "/".join(p if p.isprintable() else ascii(p) for p in parts) or "top level"


_TYPES = {
    "object": "an object",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "null": "null",
}
_BOUNDS = {
    "minItems": "at least {} items",
    "maxItems": "at most {} items",
    "minLength": "at least {} characters",
    "maxLength": "at most {} characters",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "uniqueItems": "every item once",
}


def _expected(error: Any) -> str:
    value = error.validator_value
    if error.validator in _BOUNDS:
        return _BOUNDS[error.validator].format(value)
    match error.validator:
        case "const":
            text = json.dumps(value)
        case "enum":
            text = "one of " + ", ".join(json.dumps(v) for v in value)
        case "required":
            text = "the fields " + ", ".join(n for n in value if n not in error.instance)
        case "additionalProperties":
            text = "only the fields " + ", ".join(sorted(error.schema.get("properties", {})))
        case "type":
            names = [value] if isinstance(value, str) else value
            text = " or ".join(_TYPES[name] for name in names)
        case "pattern":
            text = f"text that matches {value}"
        case "oneOf" | "anyOf":
            text = "one of the forms that the schema allows"
        case _:
            text = f"{error.validator} {json.dumps(value)[:200]}"
    return text


def _came(error: Any) -> str:
    if error.validator == "required":
        return "none of them"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        also = (repr(k)[:60] for k in error.instance if k not in known)
        return _short("also " + ", ".join(itertools.islice(also, 100)), 600)
    return _short(json.dumps(error.instance, default=repr), 120)


def _short(text: str, longest: int) -> str:
    """The text, or its beginning and three dots."""
    return text if len(text) <= longest else text[: longest - 3] + "..."


def nine_digits(value: Any) -> Any:
    """The same document with every float rounded to nine significant digits."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    if isinstance(value, Mapping):
        return {key: nine_digits(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [nine_digits(inner) for inner in value]
    return value


def dump(document: Mapping[str, Any]) -> str:
    """The one text form: indented by one space, keys in order of writing, newline at the end.

    Lists that hold only numbers, texts or nulls stand on one line.
    """
    return _render(document, "") + "\n"


def _render(value: Any, indent: str) -> str:
    inner = indent + " "
    if isinstance(value, Mapping) and value:
        body = (f"{inner}{json.dumps(k)}: {_render(v, inner)}" for k, v in value.items())
        return "{\n" + ",\n".join(body) + f"\n{indent}}}"
    if isinstance(value, (list, tuple)) and any(
        isinstance(v, (Mapping, list, tuple)) for v in value
    ):
        body = (inner + _render(v, inner) for v in value)
        return "[\n" + ",\n".join(body) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def write_document(path: Path, document: Document, kind: str) -> None:
    """Check `document` against its schema and write it whole."""
    write_text(path, dump(check(document, kind, str(path))))


def file_hash(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
