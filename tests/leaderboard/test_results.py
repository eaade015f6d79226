"""Results that come by pull request are not believed without a look."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.workspace import Workspace
from bench.leaderboard.rank import rank
from bench.leaderboard.results import find_result
from bench.leaderboard.submission import withdraw
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
            lambda r: r["labels"][0].update(episode="elsewhere"),
            f"result_episodes: results/{NAME}.json: labels: expected episodes of the result, "
            'came "elsewhere"',
        ),
        (
            lambda r: r["failures"].append(
                {
                    "failure": "stall",
                    "side": "entry",
                    "episode": "elsewhere",
                    "arm": "arm",
                    "joints": [],
                    "interval": [0.0, 1.0],
                }
            ),
            f"result_episodes: results/{NAME}.json: failures: expected episodes of the result, "
            'came "elsewhere"',
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


def _pulled(workspace: Workspace, **fields: Any) -> None:
    """The result of a lab beside the others, as it comes by pull request."""
    paths = workspace.dataset(DATASET)
    result = json.loads(paths.result(NAME).read_text())
    result["entry"].update(name="pulled", lab="A Lab")
    result["entry"].update(fields.pop("entry", {}))
    place = paths.result(result["entry"]["name"])
    place.write_text(json.dumps({**result, "status": "self-scored", **fields}))


PULLED = "results/pulled.json"


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (
            {"status": "pipeline"},
            f"result_status: {PULLED}: expected `pipeline` for entries of params.yaml alone, of "
            "the lab 'twinbench', came 'pulled' of 'A Lab'",
        ),
        (
            {"status": "pipeline", "entry": {"lab": "twinbench"}},
            f"result_status: {PULLED}: expected `pipeline` for entries of params.yaml alone, of "
            "the lab 'twinbench', came 'pulled' of 'twinbench'",
        ),
        (
            {"status": "pipeline", "entry": {"name": NAME}},
            f"result_status: results/{NAME}.json: expected `pipeline` for entries of params.yaml "
            f"alone, of the lab 'twinbench', came '{NAME}' of 'A Lab'",
        ),
        (
            {"status": "reference"},
            f"result_status: {PULLED}: expected `pipeline`, `self-scored` or `recomputed`, "
            "came reference",
        ),
        (
            {"entry": {"lab": "TWlNBENCH"}},
            f"name_taken: {PULLED}: entry: lab: expected a lab of its own, came 'TWlNBENCH'",
        ),
        (
            {"entry": {"name": NAME}},
            f"name_taken: results/{NAME}.json: entry: name: expected a name that the pipeline does "
            f"not use, came '{NAME}'",
        ),
        (
            {"entry": {"lab": "A \u202e Lab"}},
            f"control_character: {PULLED}: entry/lab: expected one line of text without control "
            "characters, came 'A \\u202e Lab'",
        ),
        (
            {"entry": {"method": "a\ufe00b"}},
            f"misleading_text: {PULLED}: entry/method: expected a text that looks like what it is, "
            "came a letter or sign that nobody sees in 'a\\ufe00b'",
        ),
        (
            {"entry": {"lab": "L\u0430b"}},
            f"misleading_text: {PULLED}: entry: lab: expected letters of one script in each word, "
            "came 'L\\u0430b'",
        ),
    ],
)
def test_a_result_that_is_pulled_says_nothing_that_an_entry_may_not(
    workspace: Workspace, fields: dict[str, Any], problem: str
) -> None:
    _pulled(workspace, **fields)
    assert _problems(workspace) == [problem]


def test_a_forged_result_can_be_withdrawn(workspace: Workspace) -> None:
    _pulled(workspace, status="pipeline")
    withdraw(workspace, DATASET, "pulled")
    assert "pulled" not in {row["entry"] for row in rank(workspace, DATASET)["rows"]}


def test_a_withdrawal_brings_no_text_into_the_log_that_may_not_stand_there(
    workspace: Workspace,
) -> None:
    paths = workspace.dataset(DATASET)
    before = paths.attempts.read_bytes()
    _pulled(workspace, entry={"lab": "A \u202e Lab"})
    with pytest.raises(ProblemsError, match="control_character: attempt: lab: "):
        withdraw(workspace, DATASET, "pulled")
    assert paths.attempts.read_bytes() == before


def test_an_untouched_board_is_written_again_the_same(workspace: Workspace) -> None:
    board = workspace.dataset(DATASET).board
    before = {p.name: p.read_bytes() for p in board.glob("leaderboard.*")}
    rank(workspace, DATASET)
    assert {p.name: p.read_bytes() for p in board.glob("leaderboard.*")} == before
    assert len(before) == 3


@pytest.mark.parametrize("value", [1e300, -1e13, 10**300])
def test_a_number_beyond_all_sums_is_refused(workspace: Workspace, value: float) -> None:
    _edit(workspace, lambda r: r["episodes"][0]["metrics"].update(joint_rmse=value))
    (line,) = _problems(workspace)
    start = f"result_metrics: results/{NAME}.json: expected numbers of at most 1e+12, came "
    assert line.startswith(start)


def test_a_number_beyond_any_float_is_refused_as_it_is_read(workspace: Workspace) -> None:
    _edit(workspace, lambda r: r["episodes"][0]["metrics"].update(joint_rmse=10**400))
    (line,) = _problems(workspace)
    assert line.startswith("not_finite: ")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda r: r["episodes"][0].update(id="another.run-a"),
            "result_episodes: repeat.json: expected reference episodes of the lock, came others",
        ),
        (
            lambda r: r["metrics"]["joint_rmse"].update(value=0.5),
            "result_mean: repeat.json: joint_rmse: expected the episodes' mean ",
        ),
        (
            lambda r: r.update(status="self-scored"),
            "result_status: repeat.json: expected reference, 'repeat' of 'the robot itself', came "
            "self-scored, 'repeat' of 'the robot itself'",
        ),
        (
            lambda r: r["entry"].update(lab="A Lab"),
            "result_status: repeat.json: expected reference, 'repeat' of 'the robot itself', came "
            "reference, 'repeat' of 'A Lab'",
        ),
        (
            lambda r: r["entry"].update(method="a\u202eb"),
            "control_character: repeat.json: entry/method: expected one line of text ",
        ),
    ],
)
def test_the_robot_s_own_rows_are_not_believed_either(
    workspace: Workspace, change: Change, problem: str
) -> None:
    path = workspace.dataset(DATASET).repeat("repeat")
    result = json.loads(path.read_text())
    change(result)
    path.write_text(json.dumps(result))
    assert any(line.startswith(problem) for line in _problems(workspace))


def test_a_board_is_made_without_the_robot_s_own_rows(workspace: Workspace) -> None:
    for path in workspace.dataset(DATASET).repeats.glob("repeat*.json"):
        path.unlink()
    board = rank(workspace, DATASET)
    assert board["repeatability"] == []
    assert "No skill: no further run of the robot is scored." in board["notes"]


def test_a_result_is_found_by_path_and_by_name(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    for name, path in ((NAME, paths.result(NAME)), ("repeat", paths.repeat("repeat"))):
        by_name, by_path = (
            find_result(workspace, f"{DATASET}/{name}"),
            find_result(workspace, str(path)),
        )
        assert by_name == by_path
        assert by_name[0] == paths
        assert by_name[1]["entry"]["name"] == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ghost/x", "unknown dataset 'ghost'; valid: "),
        (f"{DATASET}/ghost", "unknown entry 'ghost'; valid: command-echo, delayed-echo, repeat, "),
        (f"{DATASET}", "unknown result 'so101-synth'; valid: a result file, <dataset>/<entry>"),
        (f"{DATASET}/../repeat", "unknown entry '../repeat'; valid: "),
    ],
)
def test_an_unknown_result_is_refused_with_the_valid_names(
    prepared: Path, name: str, message: str
) -> None:
    with pytest.raises(UnknownNameError) as raised:
        find_result(Workspace(prepared), name)
    assert str(raised.value).startswith(message)


def test_a_file_that_is_not_there_is_a_problem(prepared: Path) -> None:
    with pytest.raises(ProblemsError, match=r"missing_file: gone\.json: "):
        find_result(Workspace(prepared), "gone.json")
