"""Blocks: the same bytes for any cut, any number of workers and any number of threads."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.io.documents import dump
from bench.io.problems import ProblemsError
from bench.io.store import Episodes, write_store
from bench.scoring import blocks
from bench.scoring.blocks import Job, plan, score_blocks
from bench.scoring.traces import SIGNALS
from tests.support.scenes import Scene, scene


@given(st.lists(st.integers(1, 3_000_000), max_size=40), st.integers(1, 900))
def test_a_plan_holds_every_episode_once_and_no_block_is_too_large(
    rows: list[int], values: int
) -> None:
    found = plan(rows, values)
    assert [episode for block in found for episode in block] == list(range(len(rows)))
    for block in found:
        held = sum(rows[episode] for episode in block) * values
        assert held <= blocks.BLOCK_VALUES or len(block) == 1


def _with_units(episodes: Episodes) -> Episodes:
    joints = episodes.info.units
    units = dict.fromkeys(("q", "q_command", "samples"), joints) | {
        "time": ("s",),
        "q_command_valid": ("1",),
    }
    signals = {name: units[name] for name in episodes.signals}
    return replace(episodes, info=replace(episodes.info, signals=signals))


def _job(given: Scene, folder: Path, order: list[int] | None = None) -> Job:
    """The scene in two stores; the entry's episodes in another order."""
    order = order or list(range(len(given.reference)))
    write_store(folder / "reference.zarr", _with_units(given.reference))
    write_store(folder / "entry.zarr", _with_units(given.entry).select(order, "entry"))
    return Job(
        reference=folder / "reference.zarr",
        measured=tuple(range(len(given.reference))),
        prediction=folder / "entry.zarr",
        predicted=tuple(order.index(i) for i in range(len(given.reference))),
        robot=given.robot,
        declared=given.declared,
        keep_rows=True,
    )


def _bytes(job: Job, workers: int = 1) -> tuple[str, dict[str, bytes]]:
    documents, rows = [], dict.fromkeys(SIGNALS, b"")
    for _, scored in score_blocks(job, workers):
        documents += [record.document for record in scored.records]
        assert scored.rows is not None
        for name in SIGNALS:
            rows[name] += scored.rows.rows[name].tobytes()
    return dump({"episodes": documents}), rows


@pytest.fixture(scope="module")
def made() -> Scene:
    return scene(executions=3, episodes=5)


def test_the_cut_changes_nothing(
    made: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = _job(made, tmp_path)
    whole, rows = _bytes(job)
    for values in (1, 90_000):
        monkeypatch.setattr(blocks, "BLOCK_VALUES", values)
        assert len(list(score_blocks(job))) > 1
        documents, parts = _bytes(job)
        assert documents == whole
        assert parts == rows


def test_the_order_of_the_entry_changes_nothing(made: Scene, tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    assert _bytes(_job(made, tmp_path / "a")) == _bytes(_job(made, tmp_path / "b", [3, 0, 4, 2, 1]))


def test_progress_is_told_up_to_the_end(
    made: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_VALUES", 1)
    told: list[tuple[int, int]] = []
    list(score_blocks(_job(made, tmp_path), progress=lambda done, of: told.append((done, of))))
    assert told == [(done, 5) for done in (1, 2, 3, 4, 5)]


SCRIPT = """
import hashlib, pickle, sys
from bench.scoring import blocks
from bench.io.documents import dump

if __name__ == "__main__":
    job = pickle.load(open(sys.argv[1], "rb"))
    blocks.BLOCK_VALUES = 120_000
    digest = hashlib.sha256()
    for _, scored in blocks.score_blocks(job, int(sys.argv[2])):
        for record in scored.records:
            digest.update(dump(record.document).encode())
            digest.update(record.windows.tobytes() + record.ranks.tobytes())
        for name in sorted(scored.rows.rows):
            digest.update(scored.rows.rows[name].tobytes())
    print(digest.hexdigest())
"""


@pytest.mark.slow
def test_workers_and_threads_change_no_bit(made: Scene, tmp_path: Path) -> None:
    (tmp_path / "job").write_bytes(pickle.dumps(_job(made, tmp_path)))
    (tmp_path / "run.py").write_text(SCRIPT)
    digests = set()
    for workers, threads in ((1, 1), (1, 4), (2, 1), (3, 2)):
        names = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        environment = {**os.environ, **dict.fromkeys(names, str(threads))}
        ran = subprocess.run(
            [sys.executable, str(tmp_path / "run.py"), str(tmp_path / "job"), str(workers)],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        )
        digests.add(ran.stdout.strip())
    assert len(digests) == 1
    assert len(digests.pop()) == 64


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_a_chunk_that_does_not_decode_is_a_problem(
    made: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setattr(blocks, "BLOCK_VALUES", 120_000)
    job = _job(made, tmp_path)
    broken = tmp_path / "reference.zarr" / "q" / "c" / "0" / "0"
    data = bytearray(broken.read_bytes())
    data[16:] = b"\xff" * (len(data) - 16)
    broken.write_bytes(bytes(data))
    with pytest.raises(ProblemsError) as raised:
        list(score_blocks(job, workers))
    assert {p.code for p in raised.value.problems} == {"broken_chunk"}


def test_nan_in_the_truth_is_a_problem(made: Scene, tmp_path: Path) -> None:
    q = made.reference.signals["q"].copy()
    q[3:5, 2] = np.nan
    spoilt = replace(
        made, reference=replace(made.reference, signals={**made.reference.signals, "q": q})
    )
    with pytest.raises(ProblemsError) as raised:
        list(score_blocks(_job(spoilt, tmp_path)))
    assert [str(p) for p in raised.value.problems] == [
        "not_finite: reference: m0.run q row 3: expected a finite number, came none in 2 rows"
    ]
