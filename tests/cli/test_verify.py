"""`twinbench verify`: what is printed, and the problems that it ends with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.cli.verify import command
from bench.io.problems import ProblemsError
from tests.support.workspace import DATASET

NAME = "delayed-echo"


def _verify(root: Path, *words: str) -> Result:
    return CliRunner().invoke(command, words, obj=root)


def _changed(root: Path, place: Path, factor: float) -> str:
    path = root / "leaderboards" / DATASET / "results" / f"{NAME}.json"
    document = json.loads(path.read_text())
    document["metrics"]["joint_rmse"]["low"] *= factor
    (place / "changed.json").write_text(json.dumps(document))
    return str(place / "changed.json")


def test_every_number_agrees(prepared: Path) -> None:
    done = _verify(prepared, f"{DATASET}/{NAME}")
    assert done.exit_code == 0, done.exception
    first, *lines = done.stdout.splitlines()
    assert first == f"{DATASET}/{NAME}: recomputed from data/rollout/{DATASET}/{NAME}"
    found = {line.split()[0]: line.split(None, 1)[1] for line in lines}
    assert list(found) == ["dataset", "robot", "entry", "scorer", "numbers", "others"]
    agreeing, _, number, rest = found["numbers"].split(None, 3)
    assert agreeing == number
    assert rest == "agree; all equal"


def test_a_number_that_was_changed_is_a_problem(prepared: Path, tmp_path: Path) -> None:
    done = _verify(prepared, _changed(prepared, tmp_path, 0.5))
    assert isinstance(done.exception, ProblemsError)
    (problem,) = done.exception.problems
    assert problem.code == "not_reproduced"
    assert problem.where == f"result {NAME}: metrics/joint_rmse/low"
    assert float(problem.came) == float(problem.expected) / 2
    assert "agree; largest relative difference 5.0e-01" in done.stdout
    assert "another machine" not in done.stdout


def test_a_last_digit_is_a_problem_unless_another_machine_is_allowed_for(
    prepared: Path, tmp_path: Path
) -> None:
    path = _changed(prepared, tmp_path, 1 + 2e-8)
    strict = _verify(prepared, path)
    assert isinstance(strict.exception, ProblemsError)
    assert "What differs is within what another machine gives: see --tolerance." in strict.stdout
    assert _verify(prepared, path, "--tolerance", "1e-6").exit_code == 0


def test_the_robot_s_own_runs_are_recomputed(prepared: Path) -> None:
    done = _verify(prepared, f"{DATASET}/repeat")
    assert done.exit_code == 0, done.exception
    assert "holdout_truth.zarr" in done.stdout.splitlines()[0]


def test_the_folder_may_be_named(prepared: Path, tmp_path: Path) -> None:
    folder = prepared / "data" / "rollout" / DATASET / NAME
    assert _verify(prepared, f"{DATASET}/{NAME}", "--entry", str(folder)).exit_code == 0
    other = folder.with_name("command-echo")
    refused = _verify(prepared, f"{DATASET}/{NAME}", "--entry", str(other)).exception
    assert isinstance(refused, ProblemsError)
    assert [problem.code for problem in refused.problems] == ["other_entry"]
    assert _verify(prepared, f"{DATASET}/{NAME}", "--entry", str(tmp_path / "none")).exit_code == 2


def test_what_only_one_has_is_not_called_equal(prepared: Path, tmp_path: Path) -> None:
    path = prepared / "leaderboards" / DATASET / "results" / f"{NAME}.json"
    document = json.loads(path.read_text())
    document["episodes"].append(document["episodes"][-1])
    (tmp_path / "doubled.json").write_text(json.dumps(document))
    done = _verify(prepared, str(tmp_path / "doubled.json"))
    assert isinstance(done.exception, ProblemsError)
    (problem,) = done.exception.problems
    assert problem.where == f"result {NAME}: episodes"
    assert (problem.expected, problem.came) == ("12 items", "13 items")
    assert "all equal" not in done.stdout
    assert "1 place where only one of the two has more, not compared" in done.stdout


@pytest.mark.parametrize("value", ["nan", "NaN", "-1", "inf", "x"])
def test_a_tolerance_that_is_none_is_wrong_usage(prepared: Path, value: str) -> None:
    assert _verify(prepared, f"{DATASET}/{NAME}", "--tolerance", value).exit_code == 2
