"""A result is recomputed from its data, and nothing that was changed in it passes."""

from __future__ import annotations

import copy
import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.io.documents import Document, read_document
from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace
from bench.leaderboard.agreement import ANOTHER_MACHINE, SAME_MACHINE, agreement, leaves
from bench.leaderboard.results import find_result
from bench.leaderboard.submission import recompute, submit
from bench.leaderboard.verifying import Verification, verify
from tests.support.workspace import DATASET, no_run

NAME = "delayed-echo"


def _claimed(place: Workspace, name: str = NAME) -> Document:
    return copy.deepcopy(find_result(place, f"{DATASET}/{name}")[1])


def _verify(place: Workspace, claimed: Document, **options: Any) -> Verification:
    return verify(place, place.dataset(DATASET), claimed, **options)


def _codes(place: Workspace, claimed: Document, **options: Any) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        _verify(place, claimed, **options)
    return [problem.code for problem in raised.value.problems]


@pytest.mark.parametrize("name", [NAME, "repeat", "repeat-shifted"])
def test_what_the_pipeline_wrote_is_recomputed_to_the_last_digit(prepared: Path, name: str) -> None:
    claimed = _claimed(Workspace(prepared), name)
    found = _verify(Workspace(prepared), claimed)
    assert found.agreement.disagreements == ()
    assert found.agreement.largest == 0.0
    assert found.agreement.numbers == found.agreement.agreeing > 500
    assert found.settings == ()
    assert found.source.is_dir()


def test_a_result_from_before_errors_is_recomputed(prepared: Path) -> None:
    claimed = _claimed(Workspace(prepared))
    errors = claimed.pop("errors")
    assert errors["fit"] > 0
    assert _verify(Workspace(prepared), claimed).agreement.disagreements == ()
    claimed["errors"] = {**errors, "fit": 0.001}
    (found,) = _verify(Workspace(prepared), claimed).agreement.disagreements
    assert (found.where, found.own, found.claimed) == ("errors/fit", errors["fit"], 0.001)


def test_nothing_is_written(prepared: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in prepared.rglob("*")}
    _verify(Workspace(prepared), _claimed(Workspace(prepared)))
    assert {p: p.stat().st_mtime_ns for p in prepared.rglob("*")} == before


@cache
def _read(path: Path) -> Document:
    return read_document(path, "result")


def _changed(document: Document, where: str, value: object) -> Document:
    changed = copy.deepcopy(document)
    place: Any = changed
    *parents, last = where.split("/")
    for parent in parents:
        place = place[int(parent)] if isinstance(place, list) else place[parent]
    if isinstance(place, list):
        place[int(last)] = value
    else:
        place[last] = value
    return changed


@given(data=st.data())
def test_one_digit_of_any_number_is_found(prepared: Path, data: st.DataObject) -> None:
    """The recomputed document is the written one, as the test above shows."""
    document = _read(prepared / "leaderboards" / DATASET / "results" / f"{NAME}.json")
    numbers = [
        (where, value)
        for where, value, _ in leaves(document, document)
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]
    where, value = data.draw(st.sampled_from(numbers))
    text = json.dumps(value)
    places = [found.start() for found in re.finditer(r"\d", text)]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from("0123456789"))
    other = f"{text[:place]}{digit}{text[place + 1 :]}"
    changed = _changed(document, where, type(value)(other))
    found = agreement(document, changed, SAME_MACHINE)
    same = type(value)(other) == value
    assert [d.where for d in found.disagreements] == ([] if same else [where])


@pytest.mark.parametrize(
    ("where", "value", "code"),
    [
        ("scorer/version", "1", "other_scorer"),
        ("dataset/version", 7, "other_data"),
        ("dataset/holdout", "0" * 64, "other_data"),
        ("robot_hash", "0" * 64, "other_data"),
        ("entry/predictions", "0" * 64, "other_entry"),
        ("scorer/resamples", 50, "schema"),
        ("scorer/resamples", 10, "schema"),
        ("scorer/resamples", 10**9, "resamples"),
        ("scorer/level", 1.5, "schema"),
        ("scorer/level", 0.9999, "resamples"),
        ("scorer/labels", {"offset": {"mean": 0.03}}, "threshold"),
        ("scorer/labels/offset/mean", -0.03, "schema"),
    ],
)
def test_what_cannot_be_recomputed_here_is_a_problem(
    prepared: Path, where: str, value: object, code: str
) -> None:
    place = Workspace(prepared)
    claimed = _changed(_claimed(place), where, value)
    if where == "scorer/level" and code == "resamples":
        claimed["scorer"]["resamples"] = 999
    codes = _codes(place, claimed)
    assert set(codes) == {code}
    assert len(codes) == 1 or code == "threshold"


@pytest.mark.parametrize(
    ("where", "value", "found_at"),
    [
        ("scorer/seed", 2, "metrics/joint_rmse"),
        ("scorer/resamples", 9989, "metrics/joint_rmse"),
        ("scorer/level", 0.94, "metrics/joint_rmse"),
        ("entry/hash", "0" * 64, "entry/hash"),
        ("entry/lab", "somebody", "entry/lab"),
        ("status", "self-scored", "status"),
        ("labels", [], "labels"),
        ("findings", [{}], "findings"),
    ],
)
def test_what_was_changed_is_found(
    prepared: Path, where: str, value: object, found_at: str
) -> None:
    place = Workspace(prepared)
    folder = place.dataset(DATASET).rollout(NAME)
    found = _verify(place, _changed(_claimed(place), where, value), folder=folder)
    assert any(d.where.startswith(found_at) for d in found.agreement.disagreements)


def test_thresholds_are_those_of_the_result_and_others_are_said(workspace: Workspace) -> None:
    params = workspace.root / "params.yaml"
    text = params.read_text()
    claimed = _claimed(workspace)
    params.write_text(text.replace("labels: {}", "labels: {offset: {mean: 0.5}}"))
    found = _verify(workspace, claimed)
    assert found.agreement.disagreements == ()
    (other,) = found.settings
    assert (other.where, other.own, other.claimed) == ("labels/offset/mean", 0.5, 0.044)


def test_a_rolled_out_entry_that_is_gone_names_the_stage(workspace: Workspace) -> None:
    claimed = _claimed(workspace)
    shutil.rmtree(workspace.dataset(DATASET).rollout(NAME))
    with pytest.raises(ProblemsError, match=f"not_made: .* dvc repro rollout@{DATASET}-{NAME}"):
        _verify(workspace, claimed)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        (NAME, "holdout_truth"),
        (NAME, "holdout_inputs"),
        ("repeat", "holdout_truth"),
        ("repeat-shifted", "calibration"),
    ],
)
def test_without_the_data_the_stage_is_named(workspace: Workspace, name: str, part: str) -> None:
    claimed = _claimed(workspace, name)
    shutil.rmtree(workspace.dataset(DATASET).part(part))
    with pytest.raises(ProblemsError, match=f"not_made: .* dvc repro split@{DATASET}"):
        _verify(workspace, claimed)


def test_other_predictions_than_named_are_refused(prepared: Path) -> None:
    place = Workspace(prepared)
    other = place.dataset(DATASET).rollout("command-echo")
    assert _codes(place, _claimed(place), folder=other) == ["other_entry"]


def test_the_robot_s_own_runs_have_no_folder(prepared: Path) -> None:
    place = Workspace(prepared)
    assert _codes(place, _claimed(place, "repeat"), folder=prepared) == ["other_entry"]
    ghost = _changed(_claimed(place, "repeat"), "entry/name", "repeat-twice")
    assert _codes(place, ghost) == ["other_entry"]


def test_a_submitted_entry_is_found_by_its_hash_or_where_it_is_said(
    workspace: Workspace, tmp_path: Path
) -> None:
    folder = tmp_path / "entry"
    shutil.copytree(workspace.dataset(DATASET).rollout(NAME), folder)
    for paper in ("twin", "provenance"):
        (folder / f"{paper}.json").unlink()
    document = {**json.loads((folder / "entry.json").read_text()), "name": "mine", "lab": "Lab"}
    (folder / "entry.json").write_text(json.dumps(document))
    result, _ = submit(workspace, folder, no_run)
    assert _verify(workspace, _claimed(workspace, "mine")).agreement.disagreements == ()
    boasting = {**result, "status": "recomputed"}
    disagreements = _verify(workspace, boasting).agreement.disagreements
    assert [(d.where, d.own, d.claimed) for d in disagreements] == [
        ("status", "self-scored", "recomputed")
    ]
    recompute(workspace, DATASET, "mine", no_run)
    assert _verify(workspace, _claimed(workspace, "mine")).agreement.disagreements == ()
    shutil.rmtree(workspace.dataset(DATASET).submitted("mine"))
    with pytest.raises(ProblemsError, match=r"not_made: .* --entry, came none"):
        _verify(workspace, result)
    assert _verify(workspace, result, folder=folder).agreement.disagreements == ()


def test_a_tolerance_lets_the_last_digit_pass(prepared: Path) -> None:
    place = Workspace(prepared)
    claimed = _claimed(place)
    value = claimed["metrics"]["joint_rmse"]["value"]
    changed = _changed(claimed, "metrics/joint_rmse/value", value * (1 + 3e-8))
    strict = _verify(place, changed).agreement
    assert [d.where for d in strict.disagreements] == ["metrics/joint_rmse/value"]
    assert strict.largest == pytest.approx(3e-8, rel=1e-3)
    assert _verify(place, changed, tolerance=ANOTHER_MACHINE).agreement.disagreements == ()
