"""Every schema holds against its valid and invalid examples.

`tests/cases/schemas/<kind>/valid/*.json` are documents; `invalid/*.json` hold a document and the
exact problems that it must give.
"""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from bench.io import documents
from bench.io.problems import ProblemsError

CASES = Path(__file__).parent.parent / "cases" / "schemas"


def _cases(sort: str) -> list[Path]:
    return sorted(CASES.glob(f"*/{sort}/*.json"))


@pytest.mark.parametrize("kind", documents.KINDS)
def test_schema_is_itself_valid_and_versioned(kind: str) -> None:
    schema = documents.schema(kind)
    jsonschema.validators.validator_for(schema).check_schema(schema)
    assert schema["$id"].startswith(f"twinbench/{kind}/")
    assert schema["properties"]["schema"]["const"] == schema["$id"]


@pytest.mark.parametrize("kind", documents.KINDS)
@pytest.mark.parametrize("sort", ["valid", "invalid"])
def test_every_kind_has_examples(kind: str, sort: str) -> None:
    assert list((CASES / kind / sort).glob("*.json"))


@pytest.mark.parametrize("path", _cases("valid"), ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_valid_example_passes(path: Path) -> None:
    documents.read_document(path, path.parts[-3])


@pytest.mark.parametrize("path", _cases("invalid"), ids=lambda p: f"{p.parts[-3]}-{p.stem}")
def test_invalid_example_gives_exactly_its_problems(path: Path) -> None:
    case = json.loads(path.read_text())
    with pytest.raises(ProblemsError) as raised:
        documents.check(case["document"], path.parts[-3], "example")
    assert [str(problem) for problem in raised.value.problems] == case["problems"]
