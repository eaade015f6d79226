"""An entry is held against what was scored on the same holdout by the same scorer, and no other."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from bench.io.documents import Document
from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace
from bench.publish.report import standing as module
from bench.publish.report.standing import standing
from bench.scoring.metrics.registry import HEADLINE
from tests.publish.report.made import DATASET, Case, make_case


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path, count=2, rows=40)


def _repeat(result: Document) -> Document:
    repeat = copy.deepcopy(result)
    repeat["entry"] |= {"name": "repeat", "track": "repeatability", "hash": None}
    repeat["entry"]["predictions"] = None
    repeat["status"] = "reference"
    return repeat


def _put(workspace: Workspace, name: str, document: Document) -> None:
    paths = workspace.dataset(DATASET)
    place = paths.repeat(name) if name == "repeat" else paths.board / f"{name}.json"
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps(document))


def test_without_board_and_repeat_the_entry_stands_alone(case: Case) -> None:
    found = standing(case.workspace.dataset(DATASET), case.result)
    assert [(row.name, row.own) for row in found.rows] == [("made-up", True)]
    assert found.floor is None
    assert found.repeats == {}


def test_the_repetition_is_a_row_and_gives_each_episode_its_mean_over_runs(case: Case) -> None:
    repeat = _repeat(case.result)
    repeat["metrics"][HEADLINE]["value"] = 0.001
    twice = copy.deepcopy(repeat["episodes"][0])
    repeat["episodes"][0]["metrics"][HEADLINE] = 0.25
    twice["metrics"][HEADLINE] = 0.75
    repeat["episodes"] = [repeat["episodes"][0], twice]
    _put(case.workspace, "repeat", repeat)
    found = standing(case.workspace.dataset(DATASET), case.result)
    assert [(row.name, row.robot) for row in found.rows] == [("repeat", True), ("made-up", False)]
    assert found.repeats == {case.episodes[0].id: 0.5}


@pytest.mark.parametrize("key", ["scorer", "dataset"])
def test_another_scorer_or_holdout_is_not_compared_whatever_its_form(case: Case, key: str) -> None:
    repeat = _repeat(case.result)
    if key == "scorer":
        repeat["scorer"]["version"] = "1"
    else:
        repeat["dataset"]["holdout"] = "d" * 64
    del repeat["coverage"]  # an older form
    _put(case.workspace, "repeat", repeat)
    assert len(standing(case.workspace.dataset(DATASET), case.result).rows) == 1


def test_a_comparable_document_of_a_wrong_form_is_a_problem(case: Case) -> None:
    repeat = _repeat(case.result)
    del repeat["coverage"]
    _put(case.workspace, "repeat", repeat)
    with pytest.raises(ProblemsError, match="coverage"):
        standing(case.workspace.dataset(DATASET), case.result)


def test_rank_and_skill_are_those_of_the_same_predictions_alone(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    skill = {"value": 0.5, "low": 0.4, "high": 0.6}

    def row(name: str, content: str, value: float) -> Document:
        metrics = {HEADLINE: {**case.result["metrics"][HEADLINE], "value": value}}
        return {"entry": name, "hash": content, "metrics": metrics, "rank": [1, 2], "skill": skill}

    rows = [row("better", "e" * 64, 0.0001), row("made-up", "a" * 64, 0.3)]
    board = {"rows": rows, "floor": 0.002, "dataset": case.result["dataset"], "scorer": "2"}
    _put(case.workspace, "leaderboard", board)
    monkeypatch.setattr(module, "check", lambda document, _kind, _where: document)
    found = standing(case.workspace.dataset(DATASET), case.result)
    assert [(r.name, r.own, r.rank) for r in found.rows] == [
        ("better", False, (1, 2)),
        ("made-up", True, (1, 2)),
    ]
    assert found.rows[1].value == 0.3
    assert found.rows[1].skill == skill
    assert found.floor == 0.002
    rows[1]["hash"] = "f" * 64
    _put(case.workspace, "leaderboard", board)
    own = standing(case.workspace.dataset(DATASET), case.result).rows[1]
    assert (own.rank, own.skill) == (None, None)
    assert own.value == case.result["metrics"][HEADLINE]["value"]
