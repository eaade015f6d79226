"""YAML that is read: as PyYAML reads it, but for what stands twice."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bench.io.problems import ProblemsError
from bench.io.yaml_files import read_yaml
from tests.support.steps import lines_run


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
        "a: &a {x: 1}\ntop: {inner: {b: &b {<<: *a, x: 2}}}\nc: {<<: *b, x: 3}\n",
        "a: &a [1, 2]\nb: [*a, *a]\nc: {d: *a, e: *a}\n",
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
        ("yes: 1\ntrue: 2\n", "true", 2),
        ("1: a\n+1: b\n", "+1", 2),
        ("a: &a {b: 1, b: 2}\nc: *a\n", "b", 1),
    ],
)
def test_a_key_that_stands_twice_is_refused(tmp_path: Path, text: str, key: str, line: int) -> None:
    with pytest.raises(ProblemsError) as raised:
        read(tmp_path, text)
    (problem,) = raised.value.problems
    assert str(problem).startswith(f"not_yaml: x.yaml: expected YAML, came the key '{key}' twice")
    assert f"line {line}, column" in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        "a: [1",
        "\ta: 1",
        "a: !!python/object:os.system x",
        "&a [*a",
        "a: 2020-99-99",
        "a: !!int x",
        "a: !!bool foo",
        "a: !!timestamp x",
        "a: " + "9" * 5000,
        "a: &a {x: *a}",
        "&a [[*a]]",
        "[" * 5000,
    ],
    ids=range(12),
)
def test_what_is_no_yaml_is_a_problem(tmp_path: Path, text: str) -> None:
    with pytest.raises(ProblemsError, match=r"not_yaml: x\.yaml: expected YAML, came "):
        read(tmp_path, text)


def test_many_names_of_one_thing_are_looked_at_once(tmp_path: Path) -> None:
    """Each line holds the one before ten times: told apart, they would be 10^20."""
    lines = ["a0: &a0 {x: 1}"]
    lines += [f"a{k}: &a{k} [{', '.join([f'*a{k - 1}'] * 10)}]" for k in range(1, 21)]
    (tmp_path / "x.yaml").write_text("\n".join(lines))
    assert lines_run(lambda: read_yaml(tmp_path / "x.yaml", "x.yaml")) < 100_000
