"""Packing an entry: description and predictions are wrong together or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bench.entries.checking import checked_entry, holdout_of
from bench.entries.packing.into_entry import pack_entry
from bench.entries.template import template
from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace
from tests.support.workspace import DATASET

FILLED = {"name": "a", "lab": "b", "method": "c", "licence": "MIT", "contact": "d@e.org"}


@pytest.fixture
def predictions(workspace: Workspace, tmp_path: Path) -> Path:
    """The commands as NPZ files, and a filled-in description beside them."""
    holdout = holdout_of(workspace, workspace.dataset(DATASET))
    folder = tmp_path / "predictions"
    folder.mkdir()
    for n, info in enumerate(holdout.inputs.info.episodes):
        np.savez(folder / f"{info.id}.npz", q=holdout.inputs.signal("q_command", n))
    description = {**template(holdout.inputs, holdout.lock), **FILLED}
    (tmp_path / "entry.json").write_text(json.dumps(description))
    return folder


def test_what_is_packed_is_a_valid_entry(
    workspace: Workspace, predictions: Path, tmp_path: Path
) -> None:
    packed = pack_entry(workspace, predictions, tmp_path / "entry.json", tmp_path / "entry")
    assert packed.format == "npz"
    entry = checked_entry(workspace, workspace.dataset(DATASET), tmp_path / "entry")
    assert entry.document["name"] == "a"


def test_everything_that_is_wrong_is_listed_at_once(
    workspace: Workspace, predictions: Path, tmp_path: Path
) -> None:
    description = json.loads((tmp_path / "entry.json").read_text())
    del description["lab"]
    (tmp_path / "entry.json").write_text(json.dumps(description))
    first = sorted(predictions.iterdir())[0]
    first.unlink()
    with pytest.raises(ProblemsError) as raised:
        pack_entry(workspace, predictions, tmp_path / "entry.json", tmp_path / "entry")
    assert [problem.code for problem in raised.value.problems] == ["missing_episode", "schema"]
    assert not (tmp_path / "entry").exists()
