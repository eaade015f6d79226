"""No two modules of the package need each other, wherever in them the import stands."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent


def imported(tree: ast.AST, modules: frozenset[str]) -> set[str]:
    """The modules that a module names, in functions and for types too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
            if not all(f"{node.module}.{alias.name}" in modules for alias in node.names):
                found.add(node.module)
    return found & modules


def graph(root: Path) -> dict[str, set[str]]:
    """Of each module of a package those that it imports."""
    places = {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (root / "bench").rglob("*.py")
    }
    modules = frozenset(places)
    return {
        name: imported(ast.parse(path.read_text(encoding="utf-8")), modules) - {name}
        for name, path in places.items()
    }


def test_imports_run_one_way() -> None:
    found = graph(ROOT)
    assert sum(map(len, found.values())) > 1000
    TopologicalSorter(found).prepare()


def test_a_circle_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench/a.py").write_text("from bench import b\n")
    (tmp_path / "bench/b.py").write_text("def f():\n    from bench.a import x\n")
    found = graph(tmp_path)
    assert found == {"bench.a": {"bench.b"}, "bench.b": {"bench.a"}}
