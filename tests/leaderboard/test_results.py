"""Results that come by pull request are not believed without a look."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace
from bench.leaderboard.rank import rank
from tests.support.workspace import DATASET

Change = Callable[[dict[str, Any]], object]
NAME = "delayed-echo"


def _edit(workspace: Workspace, change: Change) -> dict[str, Any]:
    path = workspace.dataset(DATASET).result(NAME)
    result: dict[str, Any] = json.loads(path.read_text())
    change(result)
    path.write_text(json.dumps(result))
    return result


def _problems(workspace: Workspace) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        rank(workspace, DATASET)
    return [str(problem) for problem in raised.value.problems]


def _swap(result: dict[str, Any]) -> None:
    episodes = result["episodes"]
    episodes[0], episodes[1] = episodes[1], episodes[0]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda r: r["metrics"]["joint_rmse"].update(value=0.001),
            f"result_mean: results/{NAME}.json: joint_rmse: expected the episodes' mean ",
        ),
        (
            lambda r: r["episodes"][0]["metrics"].update(joint_rmse=0.0),
            f"result_mean: results/{NAME}.json: joint_rmse: expected the episodes' mean ",
        ),
        (
            lambda r: r.update(status="recomputed"),
            f"result_status: results/{NAME}.json: expected a line `recomputed` in attempts.jsonl "
            "for these predictions, came none",
        ),
        (
            lambda r: r["episodes"].pop(),
            f"result_episodes: results/{NAME}.json: expected the reference episodes of the lock, "
            "in order, came 11 episodes, 1 of the lock's missing",
        ),
        (
            _swap,
            f"result_episodes: results/{NAME}.json: expected the reference episodes of the lock, "
            "in order, came 12 episodes, 0 of the lock's missing",
        ),
        (
            lambda r: r["episodes"][3].update(group="other"),
            f"result_episodes: results/{NAME}.json: expected the reference episodes of the lock, ",
        ),
        (
            lambda r: r["metrics"].pop("position_end"),
            f"result_metrics: results/{NAME}.json: metrics: expected every metric, in order, ",
        ),
        (
            lambda r: r["entry"].update(name="somebody-else"),
            f"result_name: results/{NAME}.json: expected the entry {NAME}, came somebody-else",
        ),
    ],
)
def test_a_result_that_contradicts_itself_is_refused(
    workspace: Workspace, change: Change, problem: str
) -> None:
    _edit(workspace, change)
    assert any(line.startswith(problem) for line in _problems(workspace))


def test_an_untouched_board_is_written_again_the_same(workspace: Workspace) -> None:
    board = workspace.dataset(DATASET).board
    before = {p.name: p.read_bytes() for p in board.glob("leaderboard.*")}
    rank(workspace, DATASET)
    assert {p.name: p.read_bytes() for p in board.glob("leaderboard.*")} == before
    assert len(before) == 3
