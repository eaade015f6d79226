"""The trace store holds the errors of every row, and no truth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import zarr

from bench.entries.checking import checked_entry
from bench.io.problems import ProblemsError
from bench.io.store import load_episodes
from bench.io.workspace import Workspace
from bench.scoring import traces
from bench.scoring.score import Computing, score
from bench.scoring.traces import TraceRows, TraceWriter, open_traces
from tests.support.workspace import DATASET


def test_scoring_keeps_the_errors_of_every_row(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    kept = open_traces(paths.traces("delayed-echo"))
    truth = load_episodes(paths.part("holdout_truth"))
    entry = load_episodes(paths.rollout("delayed-echo") / "trajectories.zarr")
    assert [joint["name"] for joint in kept.info["joints"]] == list(truth.info.joints)
    for number, episode in enumerate(kept.info["episodes"]):
        place = truth.index[episode["id"]]
        predicted = entry.signal("q", entry.index[episode["id"]])
        error = predicted - truth.signal("q", place)
        np.testing.assert_allclose(kept.read("error", number), error, rtol=1e-6, atol=1e-9)
        np.testing.assert_array_equal(kept.read("time", number), truth.signal("time", place))
        assert kept.read("weights", number)[0] == 0
        assert kept.read("norm", number).shape == (len(error), 2)
        assert kept.read("position", number).shape == (len(error), 1)


def test_rows_and_result_agree(workspace: Workspace, tmp_path: Path) -> None:
    paths = workspace.dataset(DATASET)
    entry = checked_entry(workspace, paths, paths.rollout("delayed-echo"))
    result = score(workspace, paths, entry, "pipeline", Computing(rows=tmp_path))
    kept = open_traces(tmp_path)
    for number, episode in enumerate(result["episodes"]):
        weights, error = kept.read("weights", number), kept.read("error", number)[:, :5]
        rms = np.sqrt((weights[:, None] * error**2).sum(axis=0) / weights.sum())
        assert rms.mean() == pytest.approx(episode["metrics"]["joint_rmse"], rel=1e-6)
        assert kept.read("position", number)[weights > 0].max() == pytest.approx(
            episode["metrics"]["position_max"], rel=1e-6
        )


def test_blocks_that_cross_chunks_are_written_in_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traces, "CHUNK_VALUES", 12)
    info = {
        "schema": "twinbench/traces/1",
        "dataset": "toy",
        "entry": "e",
        "holdout": "0" * 64,
        "predictions": None,
        "arms": ["arm"],
        "joints": [
            {"name": f"j{k}", "arm": "arm", "unit": "rad", "scored": True} for k in range(3)
        ],
        "episodes": [{"id": "a", "group": "a"}, {"id": "b", "group": "b"}],
    }
    rng = np.random.default_rng(0)
    widths = {"error": 3, "norm": 2, "position": 1, "orientation": 1}
    blocks = []
    for rows in (5, 18):
        shapes = {n: (rows, widths[n]) if n in widths else (rows,) for n in traces.SIGNALS}
        blocks.append(
            TraceRows({n: rng.normal(size=s).astype(traces.DTYPES[n]) for n, s in shapes.items()})
        )
    writer = TraceWriter(tmp_path, info, np.array([0, 5, 23]))
    for block in blocks:
        writer.append(block)
    writer.close()
    kept = open_traces(tmp_path)
    for number, block in enumerate(blocks):
        for name in traces.SIGNALS:
            np.testing.assert_array_equal(kept.read(name, number), block.rows[name])


def test_traces_that_are_not_there_say_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as raised:
        open_traces(tmp_path / "none.zarr")
    assert [str(p) for p in raised.value.problems] == [
        f"not_made: {tmp_path / 'none.zarr'}: "
        "expected a trace store; score the entry to make it, came none"
    ]


def _store(tmp_path: Path) -> Path:
    """A store of an episode of 23 rows in chunks of 4 values, which holds but zeros."""
    info = {
        "schema": "twinbench/traces/1",
        "dataset": "toy",
        "entry": "e",
        "holdout": "0" * 64,
        "predictions": None,
        "arms": ["arm"],
        "joints": [{"name": "j", "arm": "arm", "unit": "rad", "scored": True}],
        "episodes": [{"id": "a", "group": "a"}],
    }
    writer = TraceWriter(tmp_path, info, np.array([0, 23]))
    widths = {"error": 1, "norm": 2, "position": 1, "orientation": 1}
    shapes = {n: (23, widths[n]) if n in widths else (23,) for n in traces.SIGNALS}
    writer.append(TraceRows({n: np.zeros(s, traces.DTYPES[n]) for n, s in shapes.items()}))
    writer.close()
    return tmp_path


def _cut(store: Path) -> None:
    chunk = store / "error" / "c" / "2" / "0"
    chunk.write_bytes(chunk.read_bytes()[:-3])


def _garbled(store: Path) -> None:
    """The header is right, the values do not decode."""
    rng = np.random.default_rng(0)
    array = zarr.open_array(store / "error")
    array[:] = np.linspace(0, 1, 23, dtype="float32")[:, None]
    chunk = store / "error" / "c" / "2" / "0"
    held = chunk.read_bytes()
    chunk.write_bytes(held[:2] + bytes([held[2] & ~2]) + held[3:16] + rng.bytes(len(held) - 16))


def _empty(store: Path) -> None:
    (store / "error" / "c" / "2" / "0").write_bytes(b"")


def _other_size(store: Path) -> None:
    chunk = store / "error" / "c" / "2" / "0"
    chunk.write_bytes((store / "time" / "c" / "0").read_bytes())


def _unlink(store: Path) -> None:
    (store / "error" / "c" / "2" / "0").unlink()
    (store / "error" / "c" / "1" / "0").unlink()


def _no_array(store: Path) -> None:
    (store / "norm" / "zarr.json").unlink()


def _other_offsets(store: Path) -> None:
    zarr.open_array(store / "start")[1] = 22


def _other_rows(store: Path) -> None:
    zarr.open_array(store / "norm").resize((20, 2))


@pytest.mark.parametrize(
    ("damage", "code", "where"),
    [
        (_cut, "broken_chunk", "error/c/2/0"),
        (_empty, "broken_chunk", "error/c/2/0"),
        (_other_size, "broken_chunk", "error/c/2/0"),
        (_garbled, "broken_chunk", "error"),
        (_unlink, "missing_chunk", "error/c/1/0"),
        (_no_array, "missing_array", "norm"),
        (_other_offsets, "offsets", "start"),
        (_other_rows, "shape", "norm"),
    ],
)
def test_a_damaged_store_is_a_problem_and_no_zeros(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: Callable[[Path], None],
    code: str,
    where: str,
) -> None:
    monkeypatch.setattr(traces, "CHUNK_VALUES", 4)
    store = _store(tmp_path)
    assert not open_traces(store).read("error", 0).any()
    damage(store)
    with pytest.raises(ProblemsError) as raised:
        open_traces(store).read("error", 0)
    assert [(p.code, p.where) for p in raised.value.problems] == [(code, str(store / where))]
