"""Submitting as a lab would: what is written, what replaces it, what is refused."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.entries.entry import write_entry
from bench.io.documents import Document, dump, read_document
from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.store import Episodes, load_episodes
from bench.io.workspace import Workspace
from bench.leaderboard.attempts import read_attempts
from bench.leaderboard.rank import rank
from bench.leaderboard.submission import recompute, submit, withdraw
from bench.scoring.metrics.registry import METRICS
from bench.scoring.score import Computing
from bench.scoring.traces import open_traces
from tests.support.workspace import DATASET, no_run


def _entry(workspace: Workspace, shift: float = 0.01, **fields: Any) -> tuple[Document, Episodes]:
    """The delayed echo, shifted: a lab's entry that scores differently from all others."""
    folder = workspace.dataset(DATASET).rollout("delayed-echo")
    document = {**read_document(folder / "entry.json", "entry"), **fields}
    episodes = load_episodes(folder / "trajectories.zarr")
    q = episodes.signals["q"] + shift
    return document, replace(episodes, signals={**episodes.signals, "q": q})


def _folder(workspace: Workspace, place: Path, **fields: Any) -> Path:
    shift = fields.pop("shift", 0.01)
    names = {"name": "shifted", "lab": "A Lab", **fields}
    document, episodes = _entry(workspace, shift, **names)
    write_entry(place, document, episodes)
    return place


def _state(workspace: Workspace) -> dict[str, bytes]:
    board = workspace.dataset(DATASET).board
    return {
        str(p.relative_to(board)): p.read_bytes()
        for p in sorted(board.rglob("*"))
        if p.is_file() and ".run." not in p.name
    }


def test_an_entry_that_is_changed_after_it_was_validated_is_not_recorded(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, folder = _state(workspace), _folder(workspace, tmp_path / "entry")
    chunk = Path("trajectories.zarr/q/c/0/0")
    other = (_folder(workspace, tmp_path / "other", shift=0.0) / chunk).read_bytes()

    def swap(*_: object) -> None:
        (folder / chunk).write_bytes(other)

    monkeypatch.setattr("bench.leaderboard.submission._check_reserved", swap)
    with pytest.raises(ProblemsError) as raised:
        submit(workspace, folder, no_run)
    (problem,) = raised.value.problems
    assert (problem.code, problem.where) == ("entry_changed", str(folder))
    assert problem.expected == f"the entry that was validated, {problem.expected[-64:]}"
    assert problem.came != problem.expected[-64:]
    assert _state(workspace) == before


def test_a_submission_is_scored_recorded_and_ranked(workspace: Workspace, tmp_path: Path) -> None:
    paths = workspace.dataset(DATASET)
    result, board = submit(workspace, _folder(workspace, tmp_path / "entry"), no_run)
    assert read_document(paths.result("shifted"), "result") == result
    assert result["status"] == "self-scored"
    row = next(row for row in board["rows"] if row["entry"] == "shifted")
    assert (row["lab"], row["status"]) == ("A Lab", "self-scored")
    assert board["attempts"] == {"A Lab": 1, "twinbench": 2}
    assert read_attempts(paths.attempts)[-1]["hash"] == result["entry"]["hash"]
    kept = paths.submitted("shifted") / result["entry"]["hash"]
    assert (kept / "trajectories.zarr").is_dir()
    for table in ("leaderboard.json", "leaderboard.csv", "leaderboard.md", "labels.csv"):
        assert "shifted" in (paths.board / table).read_text()
    assert open_traces(workspace.root / result["traces"]).info["entry"] == "shifted"
    run = json.loads(paths.result("shifted").with_name("shifted.run.json").read_text())
    assert run["host"] == "host"


def _papers(workspace: Workspace, name: str) -> dict[str, Document]:
    folder = workspace.dataset(DATASET).rollout("delayed-echo")
    papers = {kind: read_document(folder / f"{kind}.json", kind) for kind in ("twin", "provenance")}
    claimed = {"fit": 0.001, "validation": None}
    return {
        "twin": {**papers["twin"], "name": name},
        "provenance": {**papers["provenance"], "entry": name, "errors": claimed},
    }


def test_the_errors_of_a_lab_s_record_are_its_claim(workspace: Workspace, tmp_path: Path) -> None:
    """Also once the organiser has scored it again: only the predictions were."""
    document, episodes = _entry(workspace, name="shifted", lab="A Lab")
    write_entry(tmp_path / "entry", document, episodes, _papers(workspace, "shifted"))
    result, board = submit(workspace, tmp_path / "entry", no_run)
    assert result["errors"] == {"fit": 0.001, "validation": None}
    rows = {row["entry"]: row["errors"] for row in board["rows"]}
    assert rows["shifted"] == {"fit": 0.001, "validation": None, "claimed": True}
    assert rows["delayed-echo"]["claimed"] is False
    _, board = recompute(workspace, DATASET, "shifted", no_run)
    assert {row["entry"]: row["errors"] for row in board["rows"]} == rows


def test_an_entry_without_a_record_claims_nothing(workspace: Workspace, tmp_path: Path) -> None:
    result, board = submit(workspace, _folder(workspace, tmp_path / "entry"), no_run)
    assert result["errors"] is None
    assert next(r for r in board["rows"] if r["entry"] == "shifted")["errors"] is None


def test_a_result_from_before_errors_is_recomputed(workspace: Workspace, tmp_path: Path) -> None:
    submit(workspace, _folder(workspace, tmp_path / "entry"), no_run)
    path = workspace.dataset(DATASET).result("shifted")
    older = {k: v for k, v in read_document(path, "result").items() if k != "errors"}
    path.write_text(dump(older))
    result, board = recompute(workspace, DATASET, "shifted", no_run)
    assert (result["status"], result["errors"]) == ("recomputed", None)
    assert board["rows"]


def test_submitting_the_same_again_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    folder = _folder(workspace, tmp_path / "entry")
    submit(workspace, folder, no_run)
    before = _state(workspace)
    submit(workspace, folder, no_run)
    assert _state(workspace) == before


def test_the_same_lab_replaces_its_entry_and_both_attempts_stay(
    workspace: Workspace, tmp_path: Path
) -> None:
    first, _ = submit(workspace, _folder(workspace, tmp_path / "one"), no_run)
    second, board = submit(workspace, _folder(workspace, tmp_path / "two", shift=0.02), no_run)
    assert [row["entry"] for row in board["rows"]].count("shifted") == 1
    assert board["attempts"]["A Lab"] == 2
    log = read_attempts(workspace.dataset(DATASET).attempts)
    hashes = [a["hash"] for a in log if a["entry"] == "shifted"]
    assert hashes == [first["entry"]["hash"], second["entry"]["hash"]]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (
            {"name": "command-echo"},
            "name_taken: entry.json: name: expected a name that the pipeline does not use, "
            "came 'command-echo'",
        ),
        (
            {"lab": "Another Lab"},
            "name_taken: entry.json: name: expected a name of its own, as 'shifted' is an entry "
            "of 'A Lab', came lab 'Another Lab'",
        ),
    ],
)
def test_a_name_belongs_to_who_had_it_first(
    workspace: Workspace, tmp_path: Path, fields: dict[str, str], problem: str
) -> None:
    submit(workspace, _folder(workspace, tmp_path / "one"), no_run)
    before = _state(workspace)
    with pytest.raises(ProblemsError) as raised:
        submit(workspace, _folder(workspace, tmp_path / "two", **fields), no_run)
    assert str(raised.value) == problem
    assert _state(workspace) == before


def test_an_entry_with_a_problem_writes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    before = _state(workspace)
    folder = _folder(workspace, tmp_path / "entry")
    chunk = next(p for p in (folder / "trajectories.zarr" / "q" / "c").rglob("*") if p.is_file())
    chunk.write_bytes(chunk.read_bytes()[:-5])
    with pytest.raises(ProblemsError, match="broken_chunk"):
        submit(workspace, folder, no_run)
    assert _state(workspace) == before
    assert not workspace.dataset(DATASET).submitted("shifted").exists()


def test_the_organiser_recomputes(workspace: Workspace, tmp_path: Path) -> None:
    submit(workspace, _folder(workspace, tmp_path / "entry"), no_run)
    result, board = recompute(workspace, DATASET, "shifted", no_run)
    assert result["status"] == "recomputed"
    row = next(row for row in board["rows"] if row["entry"] == "shifted")
    assert row["status"] == "recomputed"
    log = read_attempts(workspace.dataset(DATASET).attempts)
    assert [a["event"] for a in log][-2:] == ["scored", "recomputed"]
    assert board["attempts"]["A Lab"] == 1


def test_a_number_that_was_changed_is_not_recomputed(workspace: Workspace, tmp_path: Path) -> None:
    submit(workspace, _folder(workspace, tmp_path / "entry"), no_run)
    path = workspace.dataset(DATASET).result("shifted")
    claimed = json.loads(path.read_text())
    true = claimed["metrics"]["joint_rmse"]["value"]
    claimed["metrics"]["joint_rmse"]["value"] = 0.001
    path.write_text(json.dumps(claimed))
    before = _state(workspace)
    with pytest.raises(ProblemsError) as raised:
        recompute(workspace, DATASET, "shifted", no_run)
    assert str(raised.value) == (
        f"not_reproduced: result shifted: metrics/joint_rmse/value: expected {true!r}, came 0.001"
    )
    assert _state(workspace) == before


def test_a_withdrawn_entry_leaves_the_board_and_stays_in_the_log(
    workspace: Workspace, tmp_path: Path
) -> None:
    submit(workspace, _folder(workspace, tmp_path / "entry"), no_run)
    board = withdraw(workspace, DATASET, "shifted")
    paths = workspace.dataset(DATASET)
    assert "shifted" not in {row["entry"] for row in board["rows"]}
    assert not paths.result("shifted").exists()
    assert not paths.traces("shifted").exists()
    events = [a["event"] for a in read_attempts(paths.attempts) if a["entry"] == "shifted"]
    assert events == ["scored", "withdrawn"]
    assert board["attempts"]["A Lab"] == 1


def test_withdrawing_what_is_not_there_names_what_is(workspace: Workspace) -> None:
    with pytest.raises(UnknownNameError) as raised:
        withdraw(workspace, DATASET, "ghost")
    assert str(raised.value) == "unknown entry 'ghost'; valid: command-echo, delayed-echo"
    with pytest.raises(ProblemsError, match="expected a submitted entry, came one of the pip"):
        withdraw(workspace, DATASET, "delayed-echo")


def test_the_truth_as_an_entry_scores_exactly_zero(workspace: Workspace, tmp_path: Path) -> None:
    document, episodes = _entry(workspace, name="truth", lab="Tests")
    truth = load_episodes(workspace.dataset(DATASET).part("holdout_truth"))
    q = np.concatenate([truth.signal("q", truth.index[name]) for name in episodes.index])
    exact = replace(episodes, signals={**episodes.signals, "q": q})
    write_entry(tmp_path / "entry", document, exact)
    result, _ = submit(workspace, tmp_path / "entry", no_run)
    errors = [m.name for m in METRICS if m.direction == "lower"]
    for metrics in (*(e["metrics"] for e in result["episodes"]), _values(result)):
        assert {metrics[name] for name in errors} <= {0.0, None}
        assert metrics["joint_rmse"] == metrics["position_max"] == metrics["growth"] == 0.0
    assert result["labels"] == []
    assert result["coverage"]["episodes_scored"] == len(truth) // 2


def _values(result: Document) -> dict[str, float | None]:
    return {name: estimate["value"] for name, estimate in result["metrics"].items()}


def test_a_perturbed_truth_errs_by_the_perturbation(workspace: Workspace, tmp_path: Path) -> None:
    """One joint of one episode is off by 50 mrad: every figure follows by hand."""
    document, episodes = _entry(workspace, name="perturbed", lab="Tests")
    truth = load_episodes(workspace.dataset(DATASET).part("holdout_truth"))
    q = np.concatenate([truth.signal("q", truth.index[name]) for name in episodes.index])
    q[episodes.rows(3), 2] += 0.05
    off = replace(episodes, signals={**episodes.signals, "q": q})
    write_entry(tmp_path / "entry", document, off)
    result, _ = submit(workspace, tmp_path / "entry", no_run)
    by_episode = [e["metrics"] for e in result["episodes"]]
    assert by_episode[3]["joint_rmse"] == pytest.approx(0.05 / 5)
    assert by_episode[3]["joint_rmse_centred"] == pytest.approx(0.0, abs=1e-12)
    assert by_episode[3]["rmse_norm_rms"] == pytest.approx(0.05 / 3.38 / 5**0.5)
    assert by_episode[3]["orientation_max"] == pytest.approx(0.05)
    assert all(m["joint_rmse"] == 0 for n, m in enumerate(by_episode) if n != 3)
    assert result["metrics"]["joint_rmse"]["value"] == pytest.approx(0.01 / len(by_episode))
    (label,) = result["labels"]
    assert (label["label"], label["joints"]) == ("offset", ["elbow_flex"])


def test_an_entry_that_comes_back_after_a_withdrawal_is_logged_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    folder = _folder(workspace, tmp_path / "entry")
    submit(workspace, folder, no_run)
    withdraw(workspace, DATASET, "shifted")
    _, board = submit(workspace, folder, no_run)
    log = read_attempts(workspace.dataset(DATASET).attempts)
    events = [a["event"] for a in log if a["entry"] == "shifted"]
    assert events == ["scored", "withdrawn", "scored"]
    assert board["attempts"]["A Lab"] == 1  # the same predictions are one attempt


def test_another_lab_with_the_same_predictions_is_an_attempt_of_its_own(
    workspace: Workspace, tmp_path: Path
) -> None:
    submit(workspace, _folder(workspace, tmp_path / "one"), no_run)
    withdraw(workspace, DATASET, "shifted")
    _, board = submit(workspace, _folder(workspace, tmp_path / "two", lab="B Lab"), no_run)
    assert board["attempts"] == {"A Lab": 1, "B Lab": 1, "twinbench": 2}


def test_results_that_do_not_compare_are_refused(workspace: Workspace, tmp_path: Path) -> None:
    submit(workspace, _folder(workspace, tmp_path / "entry"), no_run)
    path = workspace.dataset(DATASET).result("shifted")
    result = json.loads(path.read_text())
    result["scorer"]["version"] = "0"
    path.write_text(json.dumps(result))
    where = f"not_comparable: result {DATASET}/shifted: expected the scorer"
    with pytest.raises(ProblemsError, match=where):
        rank(workspace, DATASET)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (
            {"lab": "TwinBench"},
            "name_taken: entry.json: lab: expected a lab of its own, came 'TwinBench'",
        ),
        (
            {"lab": "Twinb\uff25nch"},
            "name_taken: entry.json: lab: expected a lab of its own, came 'Twinb\uff25nch'",
        ),
        (
            {"name": "other", "lab": "a  L\u0251b"},
            "name_taken: entry.json: lab: expected 'A Lab' as it stands in the log, or a lab that "
            "differs in more than look, came 'a  L\\u0251b'",
        ),
        (
            {"lab": "the  robot itself"},
            "name_taken: entry.json: lab: expected a lab of its own, came 'the  robot itself'",
        ),
        (
            {"name": "Delayed-Echo"},
            "name_taken: entry.json: name: expected a name that the pipeline does not use, "
            "came 'Delayed-Echo'",
        ),
        (
            {"name": "Shifted"},
            "name_taken: entry.json: name: expected a name that differs from 'shifted' in more "
            "than look, came 'Shifted'",
        ),
    ],
)
def test_names_that_look_like_another_are_refused(
    workspace: Workspace, tmp_path: Path, fields: dict[str, str], problem: str
) -> None:
    submit(workspace, _folder(workspace, tmp_path / "one"), no_run)
    with pytest.raises(ProblemsError) as raised:
        submit(workspace, _folder(workspace, tmp_path / "two", **fields), no_run)
    assert str(raised.value) == problem


def _set(workspace: Workspace, **fields: Any) -> None:
    """Set fields of the dataset."""
    path = workspace.dataset(DATASET).folder / "dataset.json"
    path.write_text(dump({**read_document(path, "dataset"), **fields}))


def test_an_attempt_over_the_limit_is_refused_and_not_counted(
    workspace: Workspace, tmp_path: Path
) -> None:
    _set(workspace, attempts_per_lab=2)
    first = _folder(workspace, tmp_path / "one")
    submit(workspace, first, no_run)
    submit(workspace, _folder(workspace, tmp_path / "two", shift=0.02), no_run)
    before = _state(workspace)
    third = _folder(workspace, tmp_path / "three", shift=0.03, name="third")
    with pytest.raises(ProblemsError) as raised:
        submit(workspace, third, no_run)
    assert str(raised.value) == (
        "attempts_exceeded: entry.json: lab: expected at most 2 attempt(s) of a lab on this "
        "holdout, came one more of 'A Lab', after 2"
    )
    assert _state(workspace) == before
    assert not workspace.dataset(DATASET).submitted("third").exists()
    # What was scored before may come back, and other labs have attempts of their own.
    submit(workspace, first, no_run)
    recompute(workspace, DATASET, "shifted", no_run)
    other = _folder(workspace, tmp_path / "four", shift=0.03, name="third", lab="B Lab")
    _, board = submit(workspace, other, no_run)
    assert board["attempts"] == {"A Lab": 2, "B Lab": 1, "twinbench": 2}
    assert board["attempts_per_lab"] == 2


def test_the_limit_holds_for_submissions_at_once(workspace: Workspace, tmp_path: Path) -> None:
    """While one is scored another of the same lab is recorded: that was the last."""
    _set(workspace, attempts_per_lab=1)
    other = _folder(workspace, tmp_path / "other", shift=0.02, name="other")
    first = _folder(workspace, tmp_path / "one")
    came = []

    def overtaken(_done: int, _total: int) -> None:
        if not came:
            came.append(submit(workspace, other, no_run))

    with pytest.raises(ProblemsError, match=r"came one more of 'A Lab', after 1$"):
        submit(workspace, first, no_run, Computing(progress=overtaken))
    log = read_attempts(workspace.dataset(DATASET).attempts)
    assert [a["entry"] for a in log if a["lab"] == "A Lab"] == ["other"]
    assert not workspace.dataset(DATASET).result("shifted").exists()


@pytest.mark.parametrize("lab", ["A LAB", "ALab", "\uff21 Lab", "A L\u0251b"])
def test_a_lab_writes_its_name_as_it_stands_in_the_log(
    workspace: Workspace, tmp_path: Path, lab: str
) -> None:
    """Whoever could write it otherwise would get around the limit of attempts."""
    submit(workspace, _folder(workspace, tmp_path / "one"), no_run)
    before = _state(workspace)
    with pytest.raises(ProblemsError) as raised:
        submit(workspace, _folder(workspace, tmp_path / "two", shift=0.02, lab=lab), no_run)
    assert str(raised.value) == (
        "name_taken: entry.json: lab: expected 'A Lab' as it stands in the log, or a lab that "
        f"differs in more than look, came {lab!a}"
    )
    assert _state(workspace) == before


def test_an_entry_of_who_can_open_the_truth_is_marked(workspace: Workspace, tmp_path: Path) -> None:
    _set(workspace, truth_holders=["A LAB", "Keeper"])
    _, board = submit(workspace, _folder(workspace, tmp_path / "one"), no_run)
    marked = {row["entry"]: row["opens_truth"] for row in board["rows"]}
    assert marked == {"shifted": True, "delayed-echo": False, "command-echo": False}
    page = (workspace.dataset(DATASET).board / "leaderboard.md").read_text()
    assert "| shifted ‡ | A Lab |" in page
    assert "The truth can be opened by: A LAB, Keeper." in page
