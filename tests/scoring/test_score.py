"""The verb `score` from the checkout: how it computes changes no byte of the result."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.entries.checking import checked_entry
from bench.io.documents import dump
from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace
from bench.scoring import blocks
from bench.scoring.score import Computing, score
from tests.support.workspace import DATASET


def test_the_cut_into_blocks_changes_no_byte(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = workspace.dataset(DATASET)
    entry = checked_entry(workspace, paths, paths.rollout("delayed-echo"))
    whole = dump(score(workspace, paths, entry, "pipeline"))
    assert whole == paths.result("delayed-echo").read_text()
    monkeypatch.setattr(blocks, "BLOCK_VALUES", 1)
    assert dump(score(workspace, paths, entry, "pipeline")) == whole


@pytest.mark.slow
def test_workers_change_no_byte(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = workspace.dataset(DATASET)
    entry = checked_entry(workspace, paths, paths.rollout("command-echo"))
    monkeypatch.setattr(blocks, "BLOCK_VALUES", 10_000)
    told: list[tuple[int, int]] = []
    computing = Computing(2, lambda done, of: told.append((done, of)))
    result = score(workspace, paths, entry, "pipeline", computing)
    assert dump(result) == paths.result("command-echo").read_text()
    assert told[-1] == (12, 12)
    assert len(told) > 2


def test_an_entry_in_memory_is_refused(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    entry = checked_entry(workspace, paths, paths.rollout("command-echo"))
    with pytest.raises(ProblemsError) as raised:
        score(workspace, paths, replace(entry, place=None), "pipeline")
    assert [str(p) for p in raised.value.problems] == [
        "not_stored: entry: expected an entry in a folder, came one in memory"
    ]
