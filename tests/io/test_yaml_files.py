"""YAML that is read: as PyYAML reads it, but for what stands twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bench.io.problems import ProblemsError
from bench.io.yaml_files import read_yaml


def read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    return read_yaml(path, "x.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: {c: [1, 2.5, x], d: null}\n",
        "- a\n- {a: 1}\n- {a: 2}\n",
        "base: &base {a: 1, b: 2}\nother: {<<: *base, b: 3}\n",
        '1: a\n"1": b\n',
        "",
    ],
)
def test_it_reads_what_pyyaml_reads(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("labels: {}\na: 1\nlabels: {offset: {mean: 1}}\n", "labels", 3),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", "b", 4),
        ("- {a: 1, a: 1}\n", "a", 1),
    ],
)
def test_a_key_that_stands_twice_is_refused(tmp_path: Path, text: str, key: str, line: int) -> None:
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path, text)
    (problem,) = raised.value.problems
    assert str(problem).startswith(f"not_yaml: x.yaml: expected YAML, came the key '{key}' twice")
    assert f"line {line}, column" in str(problem)


@pytest.mark.parametrize("text", ["a: [1", "\ta: 1", "a: !!python/object:os.system x", "&a [*a"])
def test_what_is_no_yaml_is_a_problem(tmp_path: Path, text: str) -> None:
    with pytest.raises(ProblemsError, match=r"not_yaml: x\.yaml: expected YAML, came "):
        read(tmp_path, text)
