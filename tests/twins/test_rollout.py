"""The verb `rollout`: an entry from a twin and the inputs, and from nothing else."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.store import load_episodes
from bench.io.workspace import Workspace
from bench.twins.rollout import rollout
from tests.support.workspace import DATASET, silent

ENTRY = "delayed-echo"


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_inputs_and_twin_are_all_that_is_read(workspace: Workspace) -> None:
    """Without any store that holds a measured row, the entry is the same, byte for byte."""
    paths = workspace.dataset(DATASET)
    before = files(paths.rollout(ENTRY))
    shutil.rmtree(paths.rollout(ENTRY))
    for part in ("calibration", "validation", "holdout_truth"):
        shutil.rmtree(paths.part(part))
    shutil.rmtree(paths.episodes)
    (paths.folder / "counts.npz").unlink()
    paths.guard.unlink()
    rollout(workspace, DATASET, ENTRY, silent)
    assert files(paths.rollout(ENTRY)) == before
    assert {"entry.json", "twin.json", "provenance.json"} < set(before)


def test_the_prediction_is_the_delayed_command(prepared: Path) -> None:
    paths = Workspace(prepared).dataset(DATASET)
    (delay,) = json.loads((paths.rollout(ENTRY) / "twin.json").read_text())["parameters"]
    inputs = load_episodes(paths.part("holdout_inputs"))
    found = load_episodes(paths.rollout(ENTRY) / "trajectories.zarr")
    assert delay["value"] > 0
    assert set(found.signals) == {"time", "q"}
    assert found.info.episodes == inputs.info.episodes
    for number in range(len(inputs)):
        time = inputs.signal("time", number)
        late = [
            np.interp(time - delay["value"], time, column)
            for column in inputs.signal("q_command", number).T
        ]
        np.testing.assert_array_equal(found.signal("time", number), time)
        np.testing.assert_allclose(found.signal("q", number), np.transpose(late), rtol=0, atol=0)


def test_the_entry_names_the_holdout_and_carries_its_papers(prepared: Path) -> None:
    paths = Workspace(prepared).dataset(DATASET)
    document = json.loads((paths.rollout(ENTRY) / "entry.json").read_text())
    params = yaml.safe_load((prepared / "params.yaml").read_text())
    assert document["name"] == ENTRY
    assert document["dataset"] == DATASET
    assert document["holdout"] == json.loads(paths.lock.read_text())["root"]
    assert document["method"] == params["entries"][ENTRY]["method"]
    assert document["track"] == "rollout"
    for name in ("twin.json", "provenance.json"):
        one, other = paths.rollout(ENTRY) / name, paths.twin(ENTRY) / name
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize(
    "name", ["twin.json", "provenance.json", "holdout_inputs.zarr", "holdout.lock.json"]
)
def test_a_path_outside_the_allow_list_is_refused(workspace: Workspace, name: str) -> None:
    file, paths = workspace.root / "params.yaml", workspace.dataset(DATASET)
    before = files(paths.rollout(ENTRY))
    params: dict[str, Any] = yaml.safe_load(file.read_text())
    params["allow"]["rollout"].remove(name)
    file.write_text(yaml.safe_dump(params))
    with pytest.raises(ProblemsError) as raised:
        rollout(workspace, DATASET, ENTRY, silent)
    (problem,) = raised.value.problems
    listed = ", ".join(params["allow"]["rollout"])
    assert str(problem) == (
        f"not_allowed: {problem.where}: expected one of what rollout may read: {listed}, "
        f"came {name}"
    )
    assert files(paths.rollout(ENTRY)) == before


@pytest.mark.parametrize("other", ["holdout_truth", "calibration"])
def test_a_store_of_another_split_is_refused(workspace: Workspace, other: str) -> None:
    paths = workspace.dataset(DATASET)
    shutil.rmtree(paths.part("holdout_inputs"))
    shutil.copytree(paths.part(other), paths.part("holdout_inputs"))
    with pytest.raises(ProblemsError) as raised:
        rollout(workspace, DATASET, ENTRY, silent)
    assert str(raised.value) == (
        f"not_allowed: {paths.part('holdout_inputs')}: expected a store of holdout_inputs, "
        f"came {other}"
    )


def test_a_twin_that_was_not_reconstructed(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    with pytest.raises(ProblemsError) as raised:
        rollout(workspace, DATASET, "delayed-echo-offset", silent)
    place = paths.twin("delayed-echo-offset") / "twin.json"
    assert str(raised.value) == f"missing_file: {place}: expected a JSON file, came no such file"
    assert not paths.rollout("delayed-echo-offset").exists()


def test_a_twin_of_a_kind_that_does_not_exist(workspace: Workspace) -> None:
    file = workspace.dataset(DATASET).twin(ENTRY) / "twin.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "kind": "oracle"}))
    with pytest.raises(UnknownNameError) as raised:
        rollout(workspace, DATASET, ENTRY, silent)
    assert (
        str(raised.value)
        == "unknown twin kind 'oracle'; valid: calibrated, echo, mujoco, regression, servo, sysid"
    )
