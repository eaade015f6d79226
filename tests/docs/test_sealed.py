"""The page on sealed holdouts: its table of tampering, and its workflow."""

from __future__ import annotations

import re
import shlex

import click
import yaml

from bench.cli.main import cli
from tests.datasets.sealing.tampering import CASES
from tests.docs.pages import ROOT, blocks, section, tables

PAGE = (ROOT / "docs" / "sealed.md").read_text(encoding="utf-8")


def test_the_table_of_tampering_is_what_the_tests_do() -> None:
    first = next(tables(section(PAGE, "Tampering")))
    shown = {"": "not found"}
    assert [tuple(row) for row in first[1:]] == [
        (
            case.what,
            *(shown.get(code, f"`{code}`") for code in (case.alone, case.forged)),
        )
        for case in CASES
    ]


def _steps() -> list[dict[str, object]]:
    (workflow,) = [b for b in blocks(PAGE) if b.language == "yaml"]
    (job,) = yaml.safe_load(workflow.text)["jobs"].values()
    return list(job["steps"])


def _commands() -> list[tuple[list[str], dict[str, str]]]:
    """Words of every twinbench command of the workflow, and the variables that it gets."""
    found = []
    for step in _steps():
        for line in str(step.get("run", "")).splitlines():
            words = shlex.split(line)
            if words[:1] == ["twinbench"]:
                found.append((words[1:], dict(step.get("env", {}))))  # type: ignore[call-overload]
    return found


def test_the_commands_of_the_workflow_are_those_of_twinbench() -> None:
    commands = _commands()
    assert [words[0] for words, _ in commands] == ["validate", "submit"]
    for (verb, *rest), _ in commands:
        found = cli.get_command(click.Context(cli), verb)
        assert found is not None
        replaced = [word.replace("$RUNNER_TEMP/entry", str(ROOT / "docs")) for word in rest]
        assert found.make_context(verb, replaced)


def test_only_scoring_gets_the_key() -> None:
    """And nothing of what a stranger may write stands in a script."""
    with_key = [words[0] for words, variables in _commands() if "TWINBENCH_KEY" in variables]
    assert with_key == ["submit"]
    others = [step for step in _steps() if "submit" not in str(step.get("run"))]
    assert not any("secrets." in str(step) for step in others)
    assert not any(re.search(r"\$\{\{", str(step.get("run", ""))) for step in _steps())


def test_the_workflow_does_not_run_on_pull_requests() -> None:
    (workflow,) = [b for b in blocks(PAGE) if b.language == "yaml"]
    triggers = yaml.safe_load(workflow.text)[True]  # YAML 1.1 reads `on` as true
    assert list(triggers) == ["workflow_dispatch"]
