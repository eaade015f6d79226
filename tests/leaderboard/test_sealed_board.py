"""A sealed holdout's board holds to the promises of an open one: limits, marks, locks, kills."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from bench.cli.score import command as score_verb
from bench.cli.submit import command as submit_verb
from bench.datasets.sealing.keys import SecretKey, read_secret_key, write_new_keys
from bench.datasets.sealing.opening import opened
from bench.datasets.sealing.seal import seal
from bench.io.documents import Document, read_document
from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace
from bench.leaderboard import submission
from bench.leaderboard.attempts import read_attempts
from bench.leaderboard.rank import rank
from bench.leaderboard.submission import recompute, submit, withdraw
from bench.leaderboard.tables import shown
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


@pytest.fixture
def one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every mean counts as one over too few groups, as on a holdout of a single group."""
    monkeypatch.setattr("bench.leaderboard.released.MIN_GROUPS", 1000)


HELD_BACK = "not released: fewer than 1000 groups"
VERBS = [(submit_verb, ""), (score_verb, ""), (score_verb, "--quiet"), (score_verb, "--json")]


@pytest.mark.usefixtures("one_group")
@pytest.mark.parametrize(("verb", "option"), VERBS)
def test_a_mean_that_is_held_back_is_not_printed(
    workspace: Workspace, tmp_path: Path, key: SecretKey, verb: click.Command, option: str
) -> None:
    words, entry = [DATASET, "delayed-echo"], "delayed-echo"
    if verb is submit_verb:
        words, entry = [str(lab_entry(workspace, tmp_path / "one"))], "shifted"
    words += [option] if option else []
    words += ["--key", str(tmp_path / "secret")]
    done = CliRunner().invoke(verb, words, obj=workspace.root, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    with opened(workspace.dataset(DATASET), key) as place:
        metrics = read_document(place.result(entry), "result")["metrics"]
    means = [one["value"] for one in metrics.values() if one["value"] is not None]
    assert len(means) > 10
    held = done.stdout.count(HELD_BACK)
    assert held == 1 if option == "--quiet" else held >= len(means)
    headline = metrics["joint_rmse"]["value"]
    assert shown(1e3 * headline) not in done.stdout
    assert repr(headline) not in done.stdout


@pytest.mark.usefixtures("one_group")
def test_a_mean_that_is_held_back_is_not_logged(
    workspace: Workspace, tmp_path: Path, key: SecretKey
) -> None:
    for name, shift in (("one", 0.01), ("two", 0.02)):
        submit(workspace, lab_entry(workspace, tmp_path / name, shift, name=name), no_run, key=key)
    recompute(workspace, DATASET, "one", no_run, key=key)
    withdraw(workspace, DATASET, "one", key=key)
    logged = read_attempts(workspace.dataset(DATASET).attempts)
    assert [(each["event"], each["headline"]) for each in logged] == [
        ("scored", None),
        ("scored", None),
        ("recomputed", None),
        ("withdrawn", None),
    ]


def _episode(result: Document) -> None:
    result["episodes"][0]["metrics"]["joint_rmse"] *= 2


def _label(result: Document) -> None:
    result["labels"][0]["strength"] += 1


def _failure(result: Document) -> None:
    result["failures"].append({"episode": result["episodes"][0]["id"], "interval": [0.5, 1.5]})


def _check(result: Document) -> None:
    result["checks"][0]["looked_at"] += 1


def _signature(result: Document) -> None:
    next(iter(result["signature"].values()))[0] += 1


def _headline(result: Document) -> None:
    result["metrics"]["joint_rmse"]["value"] = 0.125


def _recomputed_otherwise(
    workspace: Workspace,
    folder: Path,
    key: SecretKey,
    monkeypatch: pytest.MonkeyPatch,
    *changes: Callable[[Document], None],
) -> tuple[Document, list[str]]:
    """The result of an entry, and what `recompute` says where it comes to another one."""
    result, _ = submit(workspace, folder, no_run, key=key)

    def scored(*_: object) -> Document:
        copy: Document = json.loads(json.dumps(result))
        for change in changes:
            change(copy)
        return copy

    monkeypatch.setattr(submission, "scored", scored)
    before = state(workspace)
    with pytest.raises(ProblemsError) as error:
        recompute(workspace, DATASET, "shifted", no_run, key=key)
    assert state(workspace) == before
    return result, [str(problem) for problem in error.value.problems]


OTHERS = (
    "not_reproduced: result shifted: expected the same in everything that is not released, came "
)


@pytest.mark.parametrize("change", [_episode, _label, _failure, _check, _signature])
def test_of_what_is_not_released_recompute_says_how_much_differs_alone(
    workspace: Workspace,
    tmp_path: Path,
    key: SecretKey,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Document], None],
) -> None:
    folder = lab_entry(workspace, tmp_path / "one")
    _, said = _recomputed_otherwise(workspace, folder, key, monkeypatch, change)
    assert said == [OTHERS + "1 other"]


def test_of_what_is_released_recompute_says_the_numbers(
    workspace: Workspace, tmp_path: Path, key: SecretKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, changes = lab_entry(workspace, tmp_path / "one"), (_headline, _episode, _check)
    result, said = _recomputed_otherwise(workspace, folder, key, monkeypatch, *changes)
    claimed = result["metrics"]["joint_rmse"]["value"]
    assert said == [
        OTHERS + "2 others",
        "not_reproduced: result shifted: metrics/joint_rmse/value: "
        f"expected 0.125, came {claimed!r}",
    ]


@pytest.mark.usefixtures("one_group")
def test_a_mean_that_is_held_back_is_not_said_by_recompute(
    workspace: Workspace, tmp_path: Path, key: SecretKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = lab_entry(workspace, tmp_path / "one")
    _, said = _recomputed_otherwise(workspace, folder, key, monkeypatch, _headline)
    assert said == [OTHERS + "1 other"]


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
