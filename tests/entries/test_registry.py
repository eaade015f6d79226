"""The registries and the page for labs say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench.entries.packing.hdf5_file import CLOCKS, POSITIONS
from bench.entries.packing.pack import CODES
from bench.entries.packing.registry import FORMATS
from bench.entries.registry import CHECKS
from bench.io.documents import schema

ROW = re.compile(r"^\| (\w+) \| `(\w+)` \| (.+) \|$", re.MULTILINE)


@pytest.fixture(scope="module")
def page(repository: Path) -> str:
    return (repository / "docs" / "entries.md").read_text(encoding="utf-8")


def test_the_tables_of_codes_are_those_of_the_registries(page: str) -> None:
    entry, packing = page.split("### While packing")
    listed = [(check.name, code, line) for check in CHECKS for code, line in check.codes.items()]
    assert ROW.findall(entry.split("### Of an entry")[1]) == listed
    listed = [("any", code, line) for code, line in CODES.items()]
    listed += [(one.name, code, line) for one in FORMATS for code, line in one.codes.items()]
    assert ROW.findall(packing) == listed


def test_every_field_of_entry_json_is_described(page: str) -> None:
    fields = re.findall(r"^\| `(\w+)` \| (required|optional) \|", page, re.MULTILINE)
    form = schema("entry")
    assert fields == [
        (name, "required" if name in form["required"] else "optional")
        for name in form["properties"]
    ]


def test_every_format_and_path_is_described(page: str) -> None:
    assert re.findall(r"^\| `(\w+)` \| [AO]", page, re.MULTILINE) == [one.name for one in FORMATS]
    for path in (*POSITIONS, *CLOCKS):
        assert f"`{path}`" in page


def test_names_are_unique() -> None:
    for names in ([check.name for check in CHECKS], [one.name for one in FORMATS]):
        assert len(set(names)) == len(names)


def test_every_module_of_a_check_is_registered(repository: Path) -> None:
    files = {path.stem for path in (repository / "bench/entries/checks").glob("[a-z]*.py")}
    assert files == {check.name for check in CHECKS}
