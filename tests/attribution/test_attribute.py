"""The verb, on the ranked checkout of the generated dataset."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.attribution.attribute import attribute, symptoms_of
from bench.attribution.hypothesis import COMPONENTS
from bench.entries.places import entry_place
from bench.io.documents import read_document
from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.workspace import Workspace
from bench.scoring.score import robot_of


def silent(_done: int, _total: int) -> None:
    """No progress."""


def result_of(workspace: Workspace, entry: str) -> dict[str, Any]:
    return read_document(workspace.dataset("so101-synth").result(entry), "result")


def run(workspace: Workspace, result: dict[str, Any], *chosen: str) -> dict[str, Any]:
    paths = workspace.dataset("so101-synth")
    return attribute(workspace, paths, result, entry_place(paths, result), chosen, silent)


def test_every_failing_episode_gets_a_verdict(workspace: Workspace) -> None:
    result = result_of(workspace, "command-echo")
    found = run(workspace, result)
    assert [each["id"] for each in found["episodes"]] == list(symptoms_of(result))
    assert found["failing"] == len(found["episodes"]) > 0
    assert sorted(found["assessed"] + found["not_assessed"]) == sorted(COMPONENTS)
    assert "physics.contact" in found["not_assessed"]
    for episode in found["episodes"]:
        total = sum(cause["probability"] for cause in episode["causes"])
        assert 0 < total <= 1 + 1e-6


def test_an_echo_s_delay_is_estimated_anew(workspace: Workspace) -> None:
    """The command itself as a prediction is early: its one number is the delay."""
    result = result_of(workspace, "command-echo")
    late = [name for name, own in symptoms_of(result).items() if {s.name for s in own} == {"lag"}]
    found = run(workspace, result, late[0])
    (episode,) = found["episodes"]
    assert found["twin"] == {"estimated": True, "reason": None}
    members = [m for cause in episode["causes"] for m in cause["members"]]
    own = next(member for member in members if member["hypothesis"] == "delay")
    (estimate,) = own["estimates"]
    assert estimate["parameter"] == "delay"
    assert estimate["value"] == 0
    assert 0.05 < estimate["estimate"] < 0.2
    assert own["outside_residual_range"] == "unknown"
    assert own["explains"] > 0.5


def test_it_is_the_same_twice(workspace: Workspace) -> None:
    result = result_of(workspace, "delayed-echo")
    assert run(workspace, result) == run(workspace, result)


def test_without_a_twin_nothing_is_estimated(workspace: Workspace) -> None:
    paths = workspace.dataset("so101-synth")
    for paper in ("twin.json", "provenance.json"):
        (paths.rollout("command-echo") / paper).unlink()
    found = run(workspace, result_of(workspace, "command-echo"))
    assert found["twin"] == {"estimated": False, "reason": "the entry has no twin.json"}
    members = [m for e in found["episodes"] for c in e["causes"] for m in c["members"]]
    assert {m["outside_residual_range"] for m in members} == {"unknown"}
    assert {m["explains"] for m in members} == {None}


def test_an_unknown_episode_is_named(workspace: Workspace) -> None:
    with pytest.raises(UnknownNameError, match="unknown episode 'nothing'"):
        run(workspace, result_of(workspace, "command-echo"), "nothing")


def test_an_episode_that_is_named_twice_is_attributed_once(workspace: Workspace) -> None:
    result = result_of(workspace, "command-echo")
    one = next(iter(symptoms_of(result)))
    assert [each["id"] for each in run(workspace, result, one, one)["episodes"]] == [one]


def test_a_robot_without_angles_is_refused(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    robot = robot_of(workspace, workspace.dataset("so101-synth"))
    monkeypatch.setattr("bench.attribution.attribute.robot_of", lambda *_: replace(robot, arms=()))
    with pytest.raises(ProblemsError) as raised:
        run(workspace, result_of(workspace, "command-echo"))
    (problem,) = raised.value.problems
    assert str(problem) == (
        "no_angle: robot so101: expected a scored turning joint: it is angles that causes are told "
        "by, came none"
    )


def test_an_episode_without_a_label_has_no_causes(workspace: Workspace) -> None:
    result = result_of(workspace, "delayed-echo")
    result["labels"] = []
    found = run(workspace, result, result["episodes"][0]["id"])
    assert found["episodes"] == []


def test_a_result_of_other_predictions_is_refused(workspace: Workspace) -> None:
    result = result_of(workspace, "command-echo")
    result["entry"]["predictions"] = "0" * 64
    with pytest.raises(ProblemsError) as raised:
        run(workspace, result)
    (problem,) = raised.value.problems
    assert problem.code == "other_entry"
    assert problem.expected == f"the predictions that the result names, {'0' * 64}"


def test_a_result_of_another_holdout_is_refused(workspace: Workspace) -> None:
    result = result_of(workspace, "command-echo")
    result["dataset"]["holdout"] = "1" * 64
    with pytest.raises(ProblemsError) as raised:
        run(workspace, result)
    (problem,) = raised.value.problems
    assert problem.code == "other_data"
    assert problem.came == f"version 1, holdout {'1' * 64}"


def test_the_robot_s_own_runs_are_refused(workspace: Workspace) -> None:
    paths = workspace.dataset("so101-synth")
    result = read_document(paths.repeat("repeat"), "result")
    with pytest.raises(ProblemsError) as raised:
        attribute(workspace, paths, result, Path(), (), silent)
    (problem,) = raised.value.problems
    assert str(problem) == (
        "other_track: result repeat: expected a result of the track rollout, came repeatability"
    )


def test_an_entry_that_is_not_here_is_named(workspace: Workspace) -> None:
    paths = workspace.dataset("so101-synth")
    result = json.loads(json.dumps(result_of(workspace, "command-echo")))
    result["entry"]["name"] = "elsewhere"
    with pytest.raises(ProblemsError) as raised:
        entry_place(paths, result)
    (problem,) = raised.value.problems
    assert problem.code == "not_made"
    assert problem.expected.endswith("make it with: dvc repro rollout@so101-synth-elsewhere")
