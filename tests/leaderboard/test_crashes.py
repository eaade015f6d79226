"""A verb killed at any step of its on the file system leaves all whole: the old state or the new.

After each kill every document fits its schema, the log is whole lines, and each file is the old
one or the new one. The next verb makes all of them the old or all of them the new.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.io.documents import read_document
from bench.io.workspace import Workspace
from bench.leaderboard.attempts import read_attempts
from bench.leaderboard.rank import rank
from bench.leaderboard.results import result_files
from bench.leaderboard.submission import submit, withdraw
from bench.scoring.traces import open_traces
from tests.support.killed import Killer, Steps, killer
from tests.support.labs import lab_entry, leftovers, state
from tests.support.workspace import DATASET, no_run

KILLED = -9
WRITTEN = ("leaderboards", "data/traces", "data/entries", "data/locks")
SHARED = ("data/split", "data/rollout", "datasets", "robots", "schemas", "params.yaml")


@dataclass(frozen=True)
class Scene:
    """A verb to be killed.

    Attributes:
        before: a checkout as it is before; not to be changed.
        words: the verb.
        old: the state before.
        new: the state after, in peace.
        steps: the steps of the verb.
    """

    before: Workspace
    words: tuple[str, ...]
    old: dict[str, bytes]
    new: dict[str, bytes]
    steps: Steps

    @property
    def entry(self) -> str:
        """The entry that the verb is about."""
        return "shifted" if DATASET in self.words or "second" in self.words[1] else "other"

    @property
    def commit(self) -> int:
        """The number of the step that puts the journal in place."""
        (number,) = (
            n
            for n, (what, where) in enumerate(self.steps, 1)
            if what == "os.rename" and Path(where).name.startswith(f".{DATASET}.change.json.")
        )
        return number


@pytest.fixture(scope="module")
def kill() -> Iterator[Killer]:
    with killer() as made:
        yield made


def _copy(source: Path, root: Path) -> Workspace:
    """A checkout that shares with `source` what no verb here writes."""
    shutil.rmtree(root, ignore_errors=True)
    for name in WRITTEN:
        if (source / name).exists():
            shutil.copytree(source / name, root / name)
    for name in SHARED:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(source / name)
    return Workspace(root)


class Scenes:
    """Every verb that changes what is submitted, on a board where one entry stands already."""

    def __init__(self, prepared: Path, kill: Killer, folder: Path) -> None:
        self._kill, self._copy = kill, folder / "copy"
        self._before = _copy(prepared, folder / "before")
        first = lab_entry(self._before, folder / "first")
        second = lab_entry(self._before, folder / "second", 0.02)
        other = lab_entry(self._before, folder / "other", 0.03, name="other", lab="B Lab")
        submit(self._before, first, no_run)
        self._words = {
            "submit": ("submit", str(other)),
            "replace": ("submit", str(second)),
            "recompute": ("recompute", DATASET, "shifted"),
            "withdraw": ("withdraw", DATASET, "shifted"),
        }
        self._made: dict[str, Scene] = {}

    def __getitem__(self, name: str) -> Scene:
        """The scene of a verb, made when it is first asked for."""
        if name not in self._made:
            before, words = self._before, self._words[name]
            copy = _copy(before.root, self._copy)
            status, steps = self._kill.run(copy.root, 0, *words)
            assert status == 0
            self._made[name] = Scene(before, words, state(before), state(copy), steps)
            assert self._made[name].old != self._made[name].new
        return self._made[name]


@pytest.fixture(scope="module")
def scenes(prepared: Path, kill: Killer, tmp_path_factory: pytest.TempPathFactory) -> Scenes:
    return Scenes(prepared, kill, tmp_path_factory.mktemp("scenes"))


def _outside(steps: Steps) -> list[int]:
    """Numbers of the steps that are not made inside a folder that is being prepared."""
    return [n for n, (_, where) in enumerate(steps, 1) if ".part/" not in where]


def _whole(workspace: Workspace, scene: Scene) -> None:
    """What a reader finds right after the kill."""
    paths = workspace.dataset(DATASET)
    read_document(paths.board / "leaderboard.json", "leaderboard")
    results = [read_document(path, "result") for path in result_files(paths)]
    logged = {(a["entry"], a["hash"]) for a in read_attempts(paths.attempts)}
    assert {(r["entry"]["name"], r["entry"]["hash"]) for r in results} <= logged
    assert paths.attempts.read_text().endswith("}\n")
    for result in results:
        open_traces(workspace.root / result["traces"])
    for name, content in state(workspace).items():
        if not leftovers({name: b""}):
            assert content in (scene.old.get(name), scene.new.get(name)), name


def _kill_and_rank(
    kill: Killer, scene: Scene, number: int, root: Path, *, ranked: bool = True
) -> dict[str, bytes]:
    """Kill the verb before a step, look, and let the next verb mend what there is to mend."""
    copy = _copy(scene.before.root, root)
    status, _ = kill.run(copy.root, number, *scene.words)
    assert status == KILLED
    _whole(copy, scene)
    if ranked:
        rank(copy, DATASET)
        left = leftovers(state(copy))
        assert all(name.startswith(f".{scene.entry}.zarr.") for name in left)
    return _without_leftovers(state(copy))


def _killed_behind_the_journal(kill: Killer, scene: Scene, root: Path) -> Workspace:
    """A checkout whose verb was killed when its change was decided, and nothing was in place."""
    copy = _copy(scene.before.root, root)
    assert kill.run(copy.root, scene.commit + 1, *scene.words)[0] == KILLED
    return copy


def _without_leftovers(found: dict[str, bytes]) -> dict[str, bytes]:
    """The state; what was prepared for traces may lie there until the entry is scored again."""
    return {name: content for name, content in found.items() if not leftovers({name: b""})}


def test_a_verb_killed_at_a_spread_of_steps_is_made_whole_by_the_next(
    kill: Killer, scenes: Scenes, tmp_path: Path
) -> None:
    scene = scenes["replace"]
    points = (scene.commit // 2, scene.commit, scene.commit + 6, len(scene.steps))
    ends = [_kill_and_rank(kill, scene, number, tmp_path / "copy") for number in points]
    assert ends == [scene.old, scene.old, scene.new, scene.new]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("name", ["submit", "replace", "recompute", "withdraw"])
def test_a_verb_killed_at_any_step_is_made_whole_by_the_next(
    kill: Killer, scenes: Scenes, tmp_path: Path, name: str, part: int
) -> None:
    """At every step from the journal on, and at a spread of those before.

    Before the journal only what is prepared has changed. Of replacing an entry that is every fourth
    step, of the other verbs every fourth outside the folders that are prepared alike.
    """
    scene = scenes[name]
    every = range(1, len(scene.steps) + 1) if name == "replace" else _outside(scene.steps)
    points = [n for i, n in enumerate(every) if n >= scene.commit - 1 or i % 4 == 0]
    for count, number in enumerate(points[part::4]):
        asked = number >= scene.commit - 1 or count % 4 == 0
        end = _kill_and_rank(kill, scene, number, tmp_path / "copy", ranked=asked)
        # The journal's rename is the one moment at which old becomes new.
        expected = scene.new if number > scene.commit else scene.old
        assert end == expected, scene.steps[number - 1]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", ["submit", "replace", "recompute", "withdraw"])
def test_after_any_kill_the_same_verb_works_and_clears_what_lies_about(
    kill: Killer, scenes: Scenes, tmp_path: Path, name: str
) -> None:
    """At a spread of steps before anything is in place, and at every one after."""
    scene = scenes[name]
    points = _outside(scene.steps)
    spread = points[:: len(points) // 8]
    for number in sorted({*spread, *(n for n in points if n >= scene.commit)}):
        copy = _copy(scene.before.root, tmp_path / "copy")
        assert kill.run(copy.root, number, *scene.words)[0] == KILLED
        status, _ = kill.run(copy.root, 0, *scene.words)
        withdrawn = name == "withdraw" and number > scene.commit
        assert status == (2 if withdrawn else 0)  # there is no such entry any more
        assert state(copy) == scene.new, scene.steps[number - 1]


@pytest.mark.slow
def test_a_kill_while_a_kill_is_mended_is_mended_too(
    kill: Killer, scenes: Scenes, tmp_path: Path
) -> None:
    scene = scenes["replace"]
    copy = _copy(scene.before.root, tmp_path / "copy")
    at = scene.commit
    status, _ = kill.run(copy.root, at + 4, *scene.words)  # two folders are swapped, one to go
    assert status == KILLED
    _, steps = kill.run(_copy(copy.root, tmp_path / "peace").root, 0, "rank", DATASET)
    renames = [n for n, (what, _) in enumerate(steps, 1) if what == "os.rename"]
    for number in renames[:4]:
        status, _ = kill.run(copy.root, number, "rank", DATASET)
        assert status == KILLED
        _whole(copy, scene)
    rank(copy, DATASET)
    assert state(copy) == scene.new


def test_what_somebody_changed_after_a_kill_stays_as_it_is(
    kill: Killer, scenes: Scenes, tmp_path: Path
) -> None:
    """As after a `git pull`: the cut-off change knows nothing of the lines that came."""
    scene = scenes["replace"]
    copy = _killed_behind_the_journal(kill, scene, tmp_path / "copy")
    log = copy.dataset(DATASET).attempts
    line = json.loads(log.read_text().splitlines()[-1])
    pulled = json.dumps({**line, "number": line["number"] + 1, "entry": "pulled", "lab": "C Lab"})
    log.write_text(log.read_text() + pulled + "\n")
    board = rank(copy, DATASET)
    assert read_attempts(log)[-1]["entry"] == "pulled"
    assert board["attempts"] == {"A Lab": 1, "C Lab": 1, "twinbench": 2}
    assert leftovers(state(copy)) == set()
    assert not list((copy.root / "data" / "locks").glob("*.change.json"))


def test_a_journal_of_another_version_is_left_out(
    kill: Killer, scenes: Scenes, tmp_path: Path
) -> None:
    scene = scenes["replace"]
    copy = _killed_behind_the_journal(kill, scene, tmp_path / "copy")
    (journal,) = (copy.root / "data" / "locks").glob("*.change.json")
    journal.write_text('{"schema": "twinbench/change/2"}')
    rank(copy, DATASET)
    assert _without_leftovers(state(copy)) == scene.old


def test_an_entry_whose_withdrawal_was_cut_off_is_withdrawn(
    kill: Killer, scenes: Scenes, tmp_path: Path
) -> None:
    """Its name is free at once, though its result still lay there."""
    scene = scenes["withdraw"]
    copy = _killed_behind_the_journal(kill, scene, tmp_path / "copy")
    assert copy.dataset(DATASET).result("shifted").exists()
    taken = lab_entry(copy, tmp_path / "taken", lab="B Lab")
    _, board = submit(copy, taken, no_run)
    assert {row["lab"] for row in board["rows"]} == {"B Lab", "twinbench"}
    assert [a["event"] for a in read_attempts(copy.dataset(DATASET).attempts)][-3:] == [
        "scored",
        "withdrawn",
        "scored",
    ]
    withdraw(copy, DATASET, "shifted")
