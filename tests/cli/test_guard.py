"""`twinbench guard`: plain sentences and JSON, of a split, a result and a folder; exit statuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.cli import guard
from bench.guard.words import MEANINGS
from bench.io.documents import dump, read_document
from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.workspace import Workspace
from tests.support.command import twinbench
from tests.support.workspace import DATASET

LEAK = {
    "code": "rows_of_truth",
    "certainty": "certain",
    "evidence": {
        "episodes": {"a.run-a": [{"equal": "arm", "changes": 31, "from": 0.5, "to": 2.0}]}
    },
    "anchor": "docs/guard.md#rows_of_truth",
}


def _run(root: Path, *words: str | Path) -> Result:
    return CliRunner().invoke(
        guard.command, [str(word) for word in words], obj=root, catch_exceptions=False
    )


def test_a_clean_split_says_what_was_looked_at(prepared: Path) -> None:
    done = _run(prepared, DATASET)
    assert done.exit_code == 0
    assert done.output.startswith(f"{DATASET}: the split\nLooked at: no group has episodes in two ")
    assert done.output.endswith(" compared.\nNothing was found.\n")


def test_a_split_with_a_certain_finding_gives_status_1(workspace: Workspace) -> None:
    place = workspace.dataset(DATASET).guard
    finding = {
        "code": "group_torn",
        "certainty": "certain",
        "evidence": {"group": "<b>g</b>\x1b[31m", "parts": ["calibration", "holdout_truth"]},
        "anchor": "docs/guard.md#group_torn",
    }
    place.write_text(dump({**read_document(place, "guard"), "findings": [finding]}))
    done = twinbench(workspace.root, "guard", DATASET)
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert done.stdout.splitlines()[-7:] == [
        "",
        "group_torn (certain)",
        f"  {MEANINGS['group_torn']}",
        "  This is certain.",
        "  group: <b>g</b>\\x1b[31m",
        "  parts: calibration, holdout_truth",
        "  More: docs/guard.md#group_torn",
    ]


@pytest.mark.parametrize("words", [(f"{DATASET}/delayed-echo",), (DATASET, "delayed-echo")])
def test_a_scored_entry_is_named_either_way(prepared: Path, words: tuple[str, ...]) -> None:
    done = _run(prepared, *words)
    assert done.exit_code == 0
    assert done.output.splitlines()[0] == f"{DATASET}: entry delayed-echo"
    assert "Looked at: no rows of the entry are rows of the truth; 9608 compared." in done.output
    assert done.output.splitlines()[-1] == "Nothing was found."
    said = json.loads(_run(prepared, *words, "--json").output)
    assert (said["dataset"], said["entry"], said["findings"]) == (DATASET, "delayed-echo", [])
    assert len(said["checks"]) == 3


def test_findings_of_the_result_and_of_the_board_are_told(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    result = read_document(paths.result("delayed-echo"), "result")
    paths.result("delayed-echo").write_text(dump({**result, "findings": [LEAK]}))
    alike = {**LEAK, "code": "entries_alike", "certainty": "likely", "evidence": {"entry": "x"}}
    place = paths.board / "leaderboard.json"
    board = read_document(place, "leaderboard")
    for row in board["rows"]:
        row["findings"] = [alike] if row["entry"] == "delayed-echo" else []
    place.write_text(dump(board))
    done = _run(workspace.root, DATASET, "delayed-echo")
    assert done.exit_code == 1
    assert "  episodes: a.run-a ((equal arm, changes 31, from 0.5, to 2))" in done.output
    assert "entries_alike (likely)" in done.output
    said = json.loads(_run(workspace.root, DATASET, "delayed-echo", "--json").output)
    assert [f["code"] for f in said["findings"]] == ["rows_of_truth", "entries_alike"]


def test_a_folder_is_held_against_the_truth_now(workspace: Workspace) -> None:
    folder = workspace.dataset(DATASET).rollout("command-echo")
    done = _run(workspace.root, folder)
    assert done.exit_code == 0
    assert done.output.splitlines()[0] == f"{DATASET}: entry command-echo"
    said = json.loads(_run(workspace.root, folder, "--json").output)
    scored = read_document(workspace.dataset(DATASET).result("command-echo"), "result")
    assert said["checks"] == scored["checks"]


def test_names_that_are_not_there_and_older_results(workspace: Workspace) -> None:
    for words in (("ghost",), (f"{DATASET}/ghost",), ("ghost/x",)):
        with pytest.raises(UnknownNameError):
            _run(workspace.root, *words)
    place = workspace.dataset(DATASET).result("delayed-echo")
    older = {k: v for k, v in read_document(place, "result").items() if k != "checks"}
    place.write_text(dump(older))
    with pytest.raises(ProblemsError) as caught:
        _run(workspace.root, f"{DATASET}/delayed-echo")
    assert [p.code for p in caught.value.problems] == ["not_guarded"]


def test_of_a_sealed_holdout_what_is_released_is_told(
    repository: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = repository / "tests" / "cases" / "schemas" / "released" / "valid" / "synth.json"
    released = read_document(case, "released")
    released["findings"] = [{"code": "rows_of_truth", "certainty": "certain"}]
    place = workspace.dataset(DATASET).board / "released" / "secret.json"
    place.parent.mkdir()
    place.write_text(dump(released))
    monkeypatch.setattr("bench.publish.guarding.is_sealed", lambda _paths: True)
    done = _run(workspace.root, DATASET, "secret")
    assert done.exit_code == 1
    assert done.output.splitlines()[1:] == [
        "What was looked at is not published.",
        "",
        "rows_of_truth (certain)",
        f"  {MEANINGS['rows_of_truth']}",
        "  This is certain. An entry with it is not ranked.",
        "  The evidence is not published.",
        "  More: docs/guard.md#rows_of_truth",
    ]
    with pytest.raises(UnknownNameError):
        _run(workspace.root, DATASET, "ghost")
