"""`twinbench thresholds`: what is printed, and that params.yaml takes it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result

from bench.cli.thresholds import command
from bench.io.problems import ProblemsError
from bench.io.store import load_episodes, write_store
from bench.io.workspace import Workspace
from bench.scoring.false_labels import pairs_of
from tests.support.workspace import DATASET


def _called(root: Path, *words: str) -> Result:
    return CliRunner().invoke(command, [DATASET, *words], obj=root, catch_exceptions=False)


def test_the_table_says_what_the_document_says(prepared: Path) -> None:
    document = json.loads(_called(prepared, "--json").output)
    lines = _called(prepared).output.splitlines()
    assert lines[0] == (
        f"{DATASET}: {document['runs']} further runs of calibration and validation, "
        f"{document['hours']:.3f} h: no labels"
    )
    table = {line.split()[0]: line.split() for line in lines[3 : 3 + len(document["rules"])]}
    for record in document["rules"]:
        unit = [] if record["unit"] == "1" else [record["unit"]]
        expected = [record["threshold"], f"{record['value']:g}", *unit, str(record["motions"])]
        if record["motions"]:
            expected.append(f"{record['largest']:.2g}")
            expected += [f"{record[key]:.2f}" for key in ("fitted", "averaged")]
            expected.append(f"{record['proposed']:g}")
        else:
            expected += ["–"] * 4
        assert table[record["rule"]][1:] == expected
    together = document["together"]
    assert lines[-3:] == [
        f"With these thresholds the rules have, added up: {together['fitted']:.2f} as fitted, "
        f"{together['averaged']:.2f} on average.",
        f"With those proposed the rules have, added up: {together['proposed_fitted']:.2f} as "
        f"fitted, {together['proposed_averaged']:.2f} on average.",
        f"{document['hours']:.3f} h are little: what is expected of an hour is hardly known.",
    ]
    assert "are little" not in _called(prepared, "--an-hour", "30").output


def test_params_yaml_takes_what_is_proposed(workspace: Workspace) -> None:
    """What is set there already stays, but for what is proposed."""
    params = workspace.root / "params.yaml"
    before = params.read_text()
    own = (
        "labels: {overshoot: {beyond: 0.05}, offset: {share: 0.12345678, mean: 0.1}, "
        "noise: {deviation: 0.00009}}\n"
    )
    params.write_text(before.replace("labels: {}\n", own))
    printed = _called(workspace.root, "--params").output
    proposed = yaml.safe_load(printed)["labels"]
    params.write_text(before.replace("labels: {}\n", printed))
    document = json.loads(_called(workspace.root, "--json").output)
    used = {record["rule"]: record for record in document["rules"]}
    assert proposed["offset"]["share"] == 0.12345678
    assert proposed["overshoot"] == {"beyond": 0.05}
    assert proposed["noise"] == {"deviation": 9e-05}
    del proposed["overshoot"], proposed["offset"]["share"], proposed["noise"]
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
    assert lines[0].endswith(f" h: {len(document['labels'])} labels")
    told = " ".join(" ".join(lines[1:]).split())
    size = f"{1e3 * abs(first['numbers']['mean_error']):.2f} mrad"
    assert told.startswith(
        f"offset: {first['episode']} by {first['run']}, from {begin:.2f} to {end:.2f} s, "
        f"{', '.join(first['joints'])}: the predicted angle is {size} "
    )
    assert f"; {100 * first['strength']:.0f} % of the arm's squared error" in told
    assert told.endswith("did something else, and then --without leaves its motion out.")
    assert max(map(len, lines)) <= 100
    less = _called(workspace.root, "--without", first["episode"]).output
    assert first["episode"] not in less


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


@pytest.mark.parametrize("value", ["0", "-1", "nan", "inf", "5e-324", "1e7"])
@pytest.mark.parametrize("form", [[], ["--json"], ["--params"]])
def test_labels_an_hour_are_a_number_within_reason(
    prepared: Path, value: str, form: list[str]
) -> None:
    done = _called(prepared, "--an-hour", value, *form)
    assert done.exit_code == 2
    assert "is not in the range 1e-06<=x<=1e+06" in done.output


@pytest.mark.parametrize("value", ["1e-6", "1e6"])
def test_the_ends_of_that_range_are_taken(prepared: Path, value: str) -> None:
    assert _called(prepared, "--an-hour", value).exit_code == 0


def test_where_nothing_is_seen_nothing_is_said_of_an_hour(workspace: Workspace) -> None:
    """A robot that repeats itself exactly: the further runs are the reference runs."""
    paths = workspace.dataset(DATASET)
    for part in ("calibration", "validation"):
        store = load_episodes(paths.part(part))
        q = np.array(store.signals["q"])
        for pair in pairs_of(store):
            q[store.rows(pair.repeat)] = q[store.rows(pair.reference)]
        shutil.rmtree(paths.part(part))
        write_store(paths.part(part), replace(store, signals={**store.signals, "q": q}))
    printed = _called(workspace.root).output
    assert "No rule has a label, however low its threshold: nothing is known of larger" in printed
    assert "added up" not in printed
    document = json.loads(_called(workspace.root, "--json").output)
    assert set(document["together"].values()) == {None}
    assert yaml.safe_load(_called(workspace.root, "--params").output) == {"labels": {}}
