"""Planted changes of a holdout: as findings, and as the problems of who would score on it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.guard.holdout.guarding import guard_holdout
from bench.io.problems import ProblemsError
from bench.io.store import Episodes, load_episodes, write_store
from bench.io.workspace import DatasetPaths, Workspace
from bench.scoring.truth import open_truth
from tests.support.workspace import DATASET

STORE = f"data/split/{DATASET}/holdout_truth.zarr"
INPUTS = f"data/split/{DATASET}/holdout_inputs.zarr"


@pytest.fixture
def paths(prepared: Path, tmp_path: Path) -> DatasetPaths:
    """The holdout of the generated dataset, in a checkout of its own."""
    for name in ("datasets", "robots"):
        shutil.copytree(prepared / name, tmp_path / name)
    shutil.copyfile(prepared / "params.yaml", tmp_path / "params.yaml")
    for store in (STORE, INPUTS):
        shutil.copytree(prepared / store, tmp_path / store)
    return Workspace(tmp_path).dataset(DATASET)


def found(paths: DatasetPaths, *, truth: bool = True) -> list[tuple[str, str, Any]]:
    return [(f.code, f.certainty, f.evidence) for f in guard_holdout(paths, truth=truth)]


def refused(paths: DatasetPaths) -> list[str]:
    """The problems of scoring on it, with the store's place cut to its name."""
    with pytest.raises(ProblemsError) as raised:
        open_truth(paths)
    return [str(p).replace(f"{paths.root}/", "") for p in raised.value.problems]


def change(paths: DatasetPaths, part: str, how: Callable[[Episodes], Episodes]) -> None:
    write_store(paths.part(part), how(load_episodes(paths.part(part))))


def relock(paths: DatasetPaths, how: Callable[[Any], object]) -> None:
    lock = json.loads(paths.lock.read_text())
    how(lock)
    paths.lock.write_text(json.dumps(lock))


def locked(paths: DatasetPaths, name: str) -> dict[str, Any]:
    (found,) = (e for e in json.loads(paths.lock.read_text())["episodes"] if e["id"] == name)
    return {key: found[key] for key in ("hash", "group", "role", "rows")}


def nudged(name: str, signal: str) -> Callable[[Episodes], Episodes]:
    """One value of one episode moved by its last bit."""

    def how(episodes: Episodes) -> Episodes:
        values = np.array(episodes.signals[signal])
        row = episodes.rows(episodes.index[name]).start + 7
        values[row] = np.nextafter(values[row], 9)
        return replace(episodes, signals={**episodes.signals, signal: values})

    return how


def test_a_holdout_as_published_gives_nothing(paths: DatasetPaths) -> None:
    assert found(paths) == []
    open_truth(paths)


def test_one_bit_of_the_truth_is_found(paths: DatasetPaths) -> None:
    own = locked(paths, "circle.run-b")["hash"]
    change(paths, "holdout_truth", nudged("circle.run-b", "q"))
    truth = load_episodes(paths.part("holdout_truth"))
    now = truth.hashes()[truth.index["circle.run-b"]]
    episodes = {"circle.run-b": {"hash": {"lock": own, "found": now}}}
    evidence = {"store": STORE, "episodes": episodes, "number": 1}
    assert found(paths) == [("holdout_changed", "certain", evidence)]
    assert found(paths, truth=False) == []
    assert refused(paths) == [
        f"holdout_changed: {STORE}: circle.run-b: expected hash {own}, came {now}"
    ]


def test_one_bit_of_the_inputs_is_found_without_the_truth(paths: DatasetPaths) -> None:
    change(paths, "holdout_inputs", nudged("circle.run-a", "q_command"))
    (only,) = found(paths, truth=False)
    assert only[:2] == ("holdout_changed", "certain")
    assert only[2]["store"] == INPUTS
    assert list(only[2]["episodes"]["circle.run-a"]) == ["inputs_hash"]


def test_a_missing_episode_is_found(paths: DatasetPaths) -> None:
    change(paths, "holdout_truth", lambda e: e.select(list(range(1, len(e))), "holdout_truth"))
    name = json.loads(paths.lock.read_text())["episodes"][0]["id"]
    own = locked(paths, name)
    episodes = {name: {field: {"lock": value} for field, value in own.items()}}
    evidence = {"store": STORE, "episodes": episodes, "number": 1}
    assert found(paths) == [("holdout_missing", "certain", evidence)]
    assert refused(paths) == [
        f"holdout_changed: {STORE}: {name}: expected {field} {own[field]}, came None"
        for field in ("group", "hash", "role", "rows")
    ]


def test_an_episode_that_the_lock_does_not_have_is_found(paths: DatasetPaths) -> None:
    """It was taken out of lock and root alike: the rule still holds its motion out."""
    from bench.datasets.split import lock_root

    gone = {f"circle.run-{run}": locked(paths, f"circle.run-{run}") for run in "ab"}

    def cut(lock: Any) -> None:
        lock["episodes"] = [e for e in lock["episodes"] if e["id"] not in gone]
        lock["root"] = lock_root(lock["episodes"])

    relock(paths, cut)
    extra = {name: {f: {"found": v} for f, v in own.items()} for name, own in gone.items()}
    rule = {"rule": "split.json", "motions": ["circle"]}
    codes = found(paths)
    assert codes[0] == ("holdout_missing", "certain", rule)
    assert codes[1][:2] == ("holdout_extra", "certain")  # of the inputs
    assert codes[2] == (
        "holdout_extra",
        "certain",
        {"store": STORE, "episodes": extra, "number": 2},
    )
    assert refused(paths) == [
        f"holdout_changed: {STORE}: {name}: expected {field} None, came {own[field]}"
        for name, own in gone.items()
        for field in sorted(own, key=lambda f: f"{f} None")
    ]


def test_a_motion_that_the_rule_does_not_hold_out_is_found(paths: DatasetPaths) -> None:
    place = paths.folder / "split.json"
    rule = json.loads(place.read_text())
    rule["assignment"]["holdout"].remove("circle")
    rule["assignment"]["calibration"].append("circle")
    place.write_text(json.dumps(rule))
    evidence = {"rule": "split.json", "motions": ["circle"]}
    assert found(paths) == [("holdout_extra", "certain", evidence)]


def test_a_missing_lock_is_found(paths: DatasetPaths) -> None:
    paths.lock.unlink()
    file = f"datasets/{DATASET}/holdout.lock.json"
    assert found(paths) == [
        ("lock_missing", "certain", {"file": file, "problems": ["missing_file"]})
    ]
    assert refused(paths) == [f"missing_file: {file}: expected a JSON file, came no such file"]


def test_a_lock_that_is_none_is_found(paths: DatasetPaths) -> None:
    paths.lock.write_text("{}")
    (only,) = found(paths)
    assert only[0] == "lock_missing"
    assert only[2]["problems"] == ["schema"]
    fields = "schema, dataset, root, episodes"
    assert refused(paths) == [
        f"schema: datasets/{DATASET}/holdout.lock.json: top level: expected the fields {fields}, "
        "came none of them"
    ]


def test_a_root_that_is_not_of_its_records_is_found(paths: DatasetPaths) -> None:
    true = json.loads(paths.lock.read_text())["root"]
    relock(paths, lambda lock: lock.update(root="0" * 64))
    assert found(paths) == [("lock_broken", "certain", {"root": {"lock": "0" * 64, "found": true}})]
    assert refused(paths) == [
        f"lock_broken: holdout.lock.json: root: expected {true}, came {'0' * 64}"
    ]


def test_a_lock_of_another_dataset_is_found(paths: DatasetPaths) -> None:
    relock(paths, lambda lock: lock.update(dataset="so101-sage"))
    assert found(paths) == [
        ("lock_broken", "certain", {"dataset": {"lock": "so101-sage", "found": DATASET}})
    ]


def test_stores_that_are_not_here_are_unknown_never_clean(paths: DatasetPaths) -> None:
    for part in ("holdout_truth", "holdout_inputs"):
        shutil.rmtree(paths.part(part))
    assert found(paths) == [
        ("holdout_missing", "unknown", {"store": INPUTS}),
        ("holdout_missing", "unknown", {"store": STORE}),
    ]
    assert refused(paths) == [
        f"not_made: {STORE}: expected a store; make it with: dvc repro split@{DATASET}, came none"
    ]


def test_another_store_in_its_place_is_found(paths: DatasetPaths) -> None:
    shutil.rmtree(paths.part("holdout_truth"))
    shutil.copytree(paths.part("holdout_inputs"), paths.part("holdout_truth"))
    evidence = {"store": STORE, "problems": ["not_allowed"], "number": 1}
    assert found(paths) == [("holdout_changed", "certain", evidence)]
