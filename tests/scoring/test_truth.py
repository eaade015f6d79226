"""The truth is opened only if it is what the lock says."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from bench.io.problems import ProblemsError
from bench.io.store import load_episodes, write_store
from bench.io.workspace import Workspace
from bench.scoring.truth import open_truth
from tests.support.workspace import DATASET


def _refused(workspace: Workspace) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        open_truth(workspace.dataset(DATASET))
    return [str(problem) for problem in raised.value.problems]


def test_the_truth_that_was_locked_is_opened(workspace: Workspace) -> None:
    truth, lock = open_truth(workspace.dataset(DATASET))
    assert list(truth.index) == [episode["id"] for episode in lock["episodes"]]


def test_one_changed_value_is_found(workspace: Workspace) -> None:
    place = workspace.dataset(DATASET).part("holdout_truth")
    truth = load_episodes(place)
    q = truth.signals["q"].copy()
    q[truth.rows(5).start + 7, 2] = np.nextafter(q[truth.rows(5).start + 7, 2], 9)
    write_store(place, replace(truth, signals={**truth.signals, "q": q}))
    (line,) = _refused(workspace)
    assert f"holdout_changed: {place}: {truth.info.episodes[5].id}: expected hash " in line


def test_swapped_roles_are_found(workspace: Workspace) -> None:
    place = workspace.dataset(DATASET).part("holdout_truth")
    truth = load_episodes(place)
    other = {"reference": "repeat", "repeat": "reference"}
    infos = tuple(replace(e, role=other[e.role]) for e in truth.info.episodes)
    write_store(place, replace(truth, info=replace(truth.info, episodes=infos)))
    lines = _refused(workspace)
    assert len(lines) == len(truth)
    assert all("holdout_changed" in line and ": expected role " in line for line in lines)


def test_a_lost_episode_is_found(workspace: Workspace) -> None:
    place = workspace.dataset(DATASET).part("holdout_truth")
    truth = load_episodes(place)
    write_store(place, truth.select(list(range(1, len(truth))), "holdout_truth"))
    lines = _refused(workspace)
    assert all(truth.info.episodes[0].id in line and line.endswith("came None") for line in lines)
    assert len(lines) == 4


def test_a_root_that_is_not_of_its_records_is_found(workspace: Workspace) -> None:
    path = workspace.dataset(DATASET).lock
    lock = json.loads(path.read_text())
    true = lock["root"]
    lock["root"] = "0" * 64
    path.write_text(json.dumps(lock))
    assert _refused(workspace) == [
        f"lock_broken: holdout.lock.json: root: expected {true}, came {'0' * 64}"
    ]


def test_a_truth_that_was_not_made_says_how_to_make_it(workspace: Workspace) -> None:
    place = workspace.dataset(DATASET).part("holdout_truth")
    place.rename(place.with_name("elsewhere"))
    assert _refused(workspace) == [
        f"not_made: {place}: expected a store; make it with: dvc repro split@{DATASET}, came none"
    ]
