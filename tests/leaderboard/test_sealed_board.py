"""A sealed holdout's board holds to the promises of an open one: limits, marks, locks, kills."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.datasets.sealing.keys import SecretKey, read_secret_key, write_new_keys
from bench.datasets.sealing.opening import opened
from bench.datasets.sealing.seal import seal
from bench.io.documents import read_document
from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace
from bench.leaderboard.attempts import read_attempts
from bench.leaderboard.rank import rank
from bench.leaderboard.submission import recompute, submit, withdraw
from bench.scoring.score import Computing
from tests.support.killed import Killer, killer
from tests.support.labs import lab_entry, leftovers, state
from tests.support.workspace import DATASET, no_run

KEPT = f"leaderboards/{DATASET}/results.sealed"


def _seal(workspace: Workspace, secret: Path, lab: str | None) -> SecretKey:
    """Seal the holdout of a checkout, which then has no board yet."""
    paths = workspace.dataset(DATASET)
    public, _ = write_new_keys(secret, "Organiser", "organiser@example.org", lab)
    (paths.folder / "true_parameters.json").unlink()
    shutil.rmtree(paths.board)
    shutil.rmtree(workspace.root / "data" / "traces")
    seal(paths, [public], remove_truth=True)
    return read_secret_key(secret)


@pytest.fixture
def key(workspace: Workspace, tmp_path: Path) -> SecretKey:
    return _seal(workspace, tmp_path / "secret", "Organising lab")


def _set(workspace: Workspace, **fields: object) -> None:
    place = workspace.dataset(DATASET).folder / "dataset.json"
    place.write_text(json.dumps({**json.loads(place.read_text()), **fields}))


def _state(workspace: Workspace, key: SecretKey) -> dict[str, bytes]:
    """What verbs have written, with the results that are kept sealed opened."""
    found = state(workspace)
    if found.pop(KEPT, None) is None:
        return found
    with opened(workspace.dataset(DATASET), key) as place:
        kept = {f"kept/{path.name}": path.read_bytes() for path in place.results.iterdir()}
    return found | kept


def test_who_holds_a_key_and_who_is_named_beside_are_marked_alike(
    workspace: Workspace, tmp_path: Path, key: SecretKey
) -> None:
    _set(workspace, truth_holders=["ORGANISING lab", "B Lab"])
    for number, (name, lab) in enumerate((("a", "A Lab"), ("b", "b lab"), ("o", "Organising Lab"))):
        folder = lab_entry(workspace, tmp_path / name, 0.01 * number, name=name, lab=lab)
        _, board = submit(workspace, folder, no_run, key=key)
    assert board["truth_holders"] == ["Organising lab", "B Lab"]
    marks = {"a": False, "b": True, "o": True}
    assert {row["entry"]: row["opens_truth"] for row in board["rows"]} == marks
    released = workspace.dataset(DATASET).board / "released"
    for name, mark in marks.items():
        document = read_document(released / f"{name}.json", "released")
        assert document["opens_truth"] is mark
    said = [note for note in board["notes"] if "opened by" in note]
    assert said == [
        "The truth can be opened by: Organising lab, B Lab. Entries of these labs are marked ‡."
    ]


def test_a_holdout_whose_organisers_are_of_no_lab_is_not_called_public(
    workspace: Workspace, tmp_path: Path
) -> None:
    key = _seal(workspace, tmp_path / "secret", None)
    _, board = submit(workspace, lab_entry(workspace, tmp_path / "one"), no_run, key=key)
    assert board["truth_holders"] == []
    assert [row["opens_truth"] for row in board["rows"]] == [False]
    assert not [note for note in board["notes"] if "public" in note or "opened by" in note]


def test_a_lab_has_no_attempt_over_the_limit(
    workspace: Workspace, tmp_path: Path, key: SecretKey
) -> None:
    _set(workspace, attempts_per_lab=1)
    first = lab_entry(workspace, tmp_path / "one")
    submit(workspace, first, no_run, key=key)
    before = state(workspace)
    second = lab_entry(workspace, tmp_path / "two", 0.02, name="second")
    with pytest.raises(ProblemsError, match=r"^attempts_exceeded: .* after 1$"):
        submit(workspace, second, no_run, key=key)
    assert state(workspace) == before
    _, board = submit(workspace, first, no_run, key=key)
    assert (board["attempts"], board["attempts_per_lab"]) == ({"A Lab": 1}, 1)


def test_of_two_submissions_at_once_none_is_lost(
    workspace: Workspace, tmp_path: Path, key: SecretKey
) -> None:
    """While one is scored another is recorded: its full result is kept, too."""
    other = lab_entry(workspace, tmp_path / "other", 0.02, name="other")
    came = []

    def overtaken(_done: int, _total: int) -> None:
        if not came:
            came.append(submit(workspace, other, no_run, key=key))

    first = lab_entry(workspace, tmp_path / "one")
    _, board = submit(workspace, first, no_run, Computing(progress=overtaken), key=key)
    assert {row["entry"] for row in board["rows"]} == {"shifted", "other"}
    kept = {name for name in _state(workspace, key) if name.startswith("kept/")}
    assert kept == {"kept/shifted.json", "kept/other.json"}
    assert rank(workspace, DATASET, key=key) == board


@pytest.fixture(scope="module")
def kill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killer]:
    """Who is killed leaves what it had open among temporary files, here in a folder of ours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(tmp_path_factory.mktemp("temporary")))
        with killer() as made:
            yield made


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("verb", ["submit", "replace", "recompute", "withdraw"])
def test_a_verb_killed_at_a_spread_of_steps_is_made_whole_by_the_next(
    kill: Killer, workspace: Workspace, tmp_path: Path, key: SecretKey, verb: str
) -> None:
    submit(workspace, lab_entry(workspace, tmp_path / "one"), no_run, key=key)
    other = lab_entry(workspace, tmp_path / "two", 0.02, name="other", lab="B Lab")
    again = lab_entry(workspace, tmp_path / "three", 0.03)
    submit(workspace, other, no_run, key=key)
    if verb == "submit":
        withdraw(workspace, DATASET, "other", key=key)
    words = {
        "submit": ("submit", other),
        "replace": ("submit", again),
        "recompute": ("recompute", DATASET, "shifted"),
        "withdraw": ("withdraw", DATASET, "shifted"),
    }[verb]
    words = (*words, "--key", tmp_path / "secret")
    peace, copy = tmp_path / "peace", Workspace(tmp_path / "copy")
    shutil.copytree(workspace.root, peace)
    status, steps = kill.run(peace, 0, *words)
    assert status == 0
    old, new = _state(workspace, key), _state(Workspace(peace), key)
    assert old != new

    inside = [
        (number, what, where)
        for number, (what, where) in enumerate(steps, 1)
        if not where.startswith("..") and ".part/" not in where
    ]
    (commit,) = (
        number
        for number, what, where in inside
        if what == "os.rename" and Path(where).name.startswith(f".{DATASET}.change.json.")
    )
    assert any(".results.sealed." in where and number > commit for number, _, where in inside)
    numbers = [number for number, _, _ in inside]
    for number in (numbers[-1], *[n for n in numbers if n > commit][::5], commit, numbers[0]):
        shutil.rmtree(copy.root, ignore_errors=True)
        shutil.copytree(workspace.root, copy.root)
        assert kill.run(copy.root, number, *words)[0] == -9
        logged = {(a["entry"], a["hash"]) for a in read_attempts(copy.dataset(DATASET).attempts)}
        with opened(copy.dataset(DATASET), key) as place:
            full = [read_document(path, "result")["entry"] for path in place.results.glob("*")]
        assert {(entry["name"], entry["hash"]) for entry in full} <= logged
        rank(copy, DATASET, key=key)
        found = _state(copy, key)
        assert leftovers(found) == set(), steps[number - 1]
        assert found == (new if number > commit else old), steps[number - 1]


def test_a_submission_after_recompute_and_withdrawal_leaves_no_result_behind(
    workspace: Workspace, tmp_path: Path, key: SecretKey
) -> None:
    for name, shift in (("one", 0.01), ("two", 0.02)):
        submit(workspace, lab_entry(workspace, tmp_path / name, shift, name=name), no_run, key=key)
    _, board = recompute(workspace, DATASET, "one", no_run, key=key)
    assert {row["entry"]: row["status"] for row in board["rows"]} == {
        "one": "recomputed",
        "two": "self-scored",
    }
    withdraw(workspace, DATASET, "one", key=key)
    found = _state(workspace, key)
    assert {name for name in found if name.startswith("kept/")} == {"kept/two.json"}
    assert [name for name in found if "released" in name] == [
        f"leaderboards/{DATASET}/released/two.json"
    ]
