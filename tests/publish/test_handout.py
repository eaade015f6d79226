"""What a participant gets is enough to enter, and holds nothing that was measured later."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.entries.checking import checked_entry, holdout_of
from bench.entries.entry import write_entry
from bench.entries.packing.pack import pack
from bench.io.store import load_episodes
from bench.io.workspace import Workspace
from bench.publish.handout import hand_out
from tests.support.workspace import DATASET, silent


def test_the_handout_alone_is_enough_for_a_valid_entry(
    workspace: Workspace, tmp_path: Path
) -> None:
    number = hand_out(workspace, DATASET, tmp_path / "handed-out", silent)
    given = tmp_path / "handed-out"
    inputs = load_episodes(given / "inputs.zarr")
    assert len(inputs) == number
    (tmp_path / "predictions").mkdir()
    for n, info in enumerate(inputs.info.episodes):
        np.savez(
            tmp_path / "predictions" / f"{info.id}.npz",
            time=inputs.signal("time", n),
            q=inputs.signal("q_command", n),
            joints=np.array(inputs.info.joints),
        )
    document = json.loads((given / "entry.json").read_text())
    filled = {"name": "a", "lab": "b", "method": "c", "licence": "MIT", "contact": "d@e.org"}
    paths = workspace.dataset(DATASET)
    holdout = holdout_of(workspace, paths)
    packed = pack(
        tmp_path / "predictions", None, inputs, {**document, **filled}, scored=holdout.scored
    )
    write_entry(tmp_path / "entry", {**document, **filled}, packed.episodes)
    entry = checked_entry(workspace, paths, tmp_path / "entry")
    assert entry.document["name"] == "a"


def test_nothing_measured_after_row_zero_is_handed_out(
    workspace: Workspace, tmp_path: Path
) -> None:
    """A truth that differs after row 0 gives the same folder, byte for byte, but for the lock."""
    paths = workspace.dataset(DATASET)
    hand_out(workspace, DATASET, tmp_path / "one", silent)
    inputs = load_episodes(tmp_path / "one" / "inputs.zarr")
    truth = load_episodes(paths.part("holdout_truth"))
    for n, info in enumerate(inputs.info.episodes):
        q = truth.signal("q", truth.index[info.id])
        np.testing.assert_array_equal(inputs.signal("q_start", n), q[0])
    assert set(inputs.signals) <= {"time", "q_command", "q_start", "dq_start"}
    rows = (tmp_path / "one" / "inputs").glob("*.csv")
    heads = {path.read_text().splitlines()[0] for path in rows}
    assert all(
        column.split(".")[0] in {"time", "q_command", "q_start", "dq_start"}
        for head in heads
        for column in head.split(",")
    )
    assert replace(inputs.info, split="holdout_truth").joints == truth.info.joints
