"""`twinbench thresholds`: what is printed, and that params.yaml takes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from bench.cli.thresholds import _raised, command
from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace
from tests.support.workspace import DATASET


def _called(root: Path, *words: str) -> Result:
    return CliRunner().invoke(command, [DATASET, *words], obj=root, catch_exceptions=False)


def test_the_table_says_what_the_document_says(prepared: Path) -> None:
    document = json.loads(_called(prepared, "--json").output)
    lines = _called(prepared).output.splitlines()
    assert lines[0] == (
        f"{DATASET}: {document['pairs']} further runs of calibration and validation, "
        f"{document['hours']:.3f} h: no label"
    )
    table = {line.split()[0]: line.split() for line in lines[3 : 3 + len(document["rules"])]}
    for record in document["rules"]:
        cells = table[record["rule"]][1:]
        value = f"{record['value']:g}"
        assert cells[:4] == [record["threshold"], value, record["unit"], str(record["found"])]
        assert cells[4] == (f"{record['largest']:.2g}" if record["found"] else "–")
    together = document["together"]
    assert lines[-2:] == [
        f"All rules an hour with these thresholds: {together['fitted']:.2f} as fitted, "
        f"{together['averaged']:.2f} on average",
        f"All rules an hour with those proposed: {together['proposed_fitted']:.2f} as fitted, "
        f"{together['proposed_averaged']:.2f} on average",
    ]


def test_params_yaml_takes_what_is_proposed(workspace: Workspace) -> None:
    printed = _called(workspace.root, "--params").output
    proposed = yaml.safe_load(printed)["labels"]
    params = workspace.root / "params.yaml"
    params.write_text(params.read_text().replace("labels: {}\n", printed))
    document = json.loads(_called(workspace.root, "--json").output)
    used = {record["rule"]: record for record in document["rules"]}
    assert proposed
    for rule, settings in proposed.items():
        ((name, value),) = settings.items()
        assert (used[rule]["threshold"], used[rule]["value"]) == (name, value)
    assert document["together"]["fitted"] <= 1.0


def test_labels_are_listed_to_be_looked_at(workspace: Workspace) -> None:
    params = workspace.root / "params.yaml"
    text = params.read_text().replace("labels: {}\n", "labels: {offset: {mean: 0.005}}\n")
    params.write_text(text)
    document = json.loads(_called(workspace.root, "--json").output)
    lines = _called(workspace.root).output.splitlines()
    first = document["labels"][0]
    begin, end = first["interval"]
    assert lines[0].endswith(f"{len(document['labels'])} label(s)")
    assert lines[1] == (
        f"  offset: {first['episode']} by {first['run']}, {begin:.2f} to {end:.2f} s, "
        + ", ".join(first["joints"])
    )
    assert lines[-1].startswith("Look at every label above")


def test_a_threshold_that_is_none_is_refused(workspace: Workspace) -> None:
    params = workspace.root / "params.yaml"
    text = params.read_text().replace("labels: {}\n", "labels: {offset: {mean: much}}\n")
    params.write_text(text)
    with pytest.raises(ProblemsError, match='offset/mean: expected a number, came "much"'):
        _called(workspace.root)


def test_two_forms_at_once_are_refused(prepared: Path) -> None:
    done = _called(prepared, "--json", "--params")
    assert done.exit_code == 2
    assert "--params and --json exclude each other" in done.output


@pytest.mark.parametrize("none", ["0", "-1"])
def test_no_label_at_all_cannot_be_asked_for(prepared: Path, none: str) -> None:
    assert _called(prepared, "--an-hour", none).exit_code == 2


@pytest.mark.parametrize(
    ("value", "raised"),
    [
        (0.0441, 0.045),
        (0.044, 0.044),
        (1.0, 1.0),
        (0.00099, 0.00099),
        (0.000991, 0.001),
        (99.1, 100),
    ],
)
def test_thresholds_are_raised_to_two_digits(value: float, raised: float) -> None:
    assert _raised(value) == raised
