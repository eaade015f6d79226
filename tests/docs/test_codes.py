"""Every code that a problem can have stands in the documentation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.docs.pages import ROOT

CALLS = {"Problem", "TransferError", "_refused", "refused", "say"}
"""What takes a code as its first argument."""


def _codes(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            name = node.func.attr if isinstance(node.func, ast.Attribute) else name
            if name in CALLS:
                yield from _texts(node.args[0])
        elif isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "code" for target in node.targets
        ):
            yield from _texts(node.value)


def _texts(node: ast.expr) -> Iterator[str]:
    """The texts that an expression may be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def _raised() -> dict[str, set[Path]]:
    found: dict[str, set[Path]] = {}
    for path in sorted((ROOT / "bench").rglob("*.py")):
        for code in _codes(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(code, set()).add(path)
    return found


def test_every_code_is_documented() -> None:
    pages = [(ROOT / "docs" / name).read_text() for name in ("commands.md", "entries.md")]
    listed = {code for page in pages for code in re.findall(r"`([a-z][a-z0-9_]*)`", page)}
    missing = {code: paths for code, paths in _raised().items() if code not in listed}
    assert not missing
    assert len(_raised()) > 80


def test_no_code_is_documented_that_nothing_has() -> None:
    page = (ROOT / "docs" / "commands.md").read_text().split("The codes of entries")[1]
    rows = re.findall(r"^\| [^|]+ \| ([^|]+) \|", page, re.MULTILINE)[2:]
    listed = {code for row in rows for code in re.findall(r"`(\w+)`", row)}
    assert listed
    assert listed <= set(_raised())
