"""A scored entry of a two-armed robot, made from nothing: truth, lock, traces and result."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import zarr
from zarr.codecs import BloscCodec

from bench.datasets.split import lock_root, locked_episodes
from bench.io.documents import Document, check, dump
from bench.io.store import Episodes, write_store
from bench.io.store_info import EpisodeInfo, StoreInfo
from bench.io.workspace import Workspace
from bench.publish.report.data import EpisodeData, Joint
from bench.scoring.metrics.registry import METRICS
from bench.scoring.result import aggregated

DATASET, ENTRY = "two-arms", "made-up"
ARMS = ("left", "right")
JOINTS = tuple(
    Joint(f"{arm}_{name}", arm, unit, scored)
    for arm in ARMS
    for name, unit, scored in (
        ("shoulder", "rad", True),
        ("elbow", "rad", True),
        ("lift", "m", False),
        ("jaw", "fraction", False),
    )
)
EVENTS = [
    {
        "name": "grasp",
        "reference": [2.0, 6.0],
        "predicted": [2.3, 5.9],
        "matched": [[0, 0], [1, 1]],
    },
    {"name": "lift", "reference": [4.0], "predicted": [], "matched": []},
    {"name": "release", "reference": [8.0], "predicted": [3.0, 8.4], "matched": [[0, 1]]},
]
ROBOT = b'{"name": "pair"}'
COUNTED = {"episodes": 3, "groups": 2, "reason": None}


@dataclass(frozen=True)
class Case:
    """A checkout with everything that a report is drawn from."""

    workspace: Workspace
    result: Document
    episodes: tuple[EpisodeData, ...]

    @property
    def stored(self) -> Document:
        """The result file: `result` with the numbers over all episodes that these episodes give."""
        stored: Document = json.loads(self.workspace.dataset(DATASET).result(ENTRY).read_text())
        return stored


def make_episode(number: int = 0, rows: int = 500, **fields: Any) -> EpisodeData:
    """One episode in memory, with a masked stretch, events and labels; fields may be replaced."""
    rng = np.random.default_rng(number)
    time = np.arange(rows) * 0.02 + 5e-6
    command = 0.4 * np.sin(time[:, None] * (0.6 + 0.1 * np.arange(len(JOINTS))) + number) + 0.5
    measured = command + rng.normal(0, 0.002, command.shape)
    ends = np.linspace(0, 0.02 * (number + 1), rows)[:, None]
    error = (ends * np.cos(time[:, None] + np.arange(len(JOINTS)))).astype(np.float32)
    weights = np.full(rows, 0.02)
    weights[0] = 0
    weights[rows // 4 : rows // 4 + rows // 10] = 0
    arms = np.abs(error[:, ::4][:, :2]) / 3
    norm = np.column_stack([arms, np.sqrt((arms**2).mean(axis=1))])
    made: dict[str, Any] = {
        "number": number,
        "record": record(f"reach-{number}.run-a", f"group-{number // 2}", weights, time, number),
        "labels": tuple(labels(f"reach-{number}.run-a", float(time[-1]))),
        "arms": ARMS,
        "joints": JOINTS,
        "time": time,
        "weights": weights,
        "norm": norm.astype(np.float32).astype(np.float64),
        "position": (0.1 * arms).astype(np.float32).astype(np.float64),
        "orientation": (2 * arms).astype(np.float32).astype(np.float64),
        "measured": measured,
        "command": command,
        "error": error.astype(np.float64),
        "failed_at": None,
        **fields,
    }
    _follow(made)
    return EpisodeData(**made)


def _follow(made: dict[str, Any]) -> None:
    """Give the record the root mean squares of the arrays."""
    weights, found = made["weights"], made["record"]
    if not (weights > 0).any():
        return

    def mean(values: np.ndarray) -> float:
        return float(np.sqrt(np.average(values**2, weights=weights)))

    for column, joint in enumerate(made["joints"]):
        found["joints"][joint.name] = mean(made["error"][:, column])
    for column, arm in enumerate(made["arms"]):
        found["arms"][arm] = {
            "rmse_norm_rms": mean(made["norm"][:, column]),
            "position_rmse": mean(made["position"][:, column]),
            "orientation_rmse": mean(made["orientation"][:, column]),
        }
    found["metrics"]["rmse_norm_rms"] = mean(made["norm"][:, -1])


def record(
    name: str, group: str, weights: np.ndarray, time: np.ndarray, number: int = 0
) -> Document:
    """What a result says of an episode: numbers that occur nowhere else."""
    rng = np.random.default_rng(100 + number)
    scored = bool((weights > 0).any())
    return {
        "id": name,
        "group": group,
        "run": name,
        "metrics": {m.name: float(rng.uniform(0.01, 0.9)) if scored else None for m in METRICS},
        "reasons": {} if scored else {m.name: "no row is scored" for m in METRICS},
        "joints": {j.name: float(rng.uniform(0.01, 0.9)) if scored else None for j in JOINTS},
        "arms": {
            arm: {
                metric: float(rng.uniform(0.01, 0.9)) if scored else None
                for metric in ("rmse_norm_rms", "position_rmse", "orientation_rmse")
            }
            for arm in ARMS
        },
        "rows": len(time),
        "rows_scored": int((weights > 0).sum()),
        "rows_masked": len(time) // 10,
        "time": float(time[-1] - time[0]),
        "time_scored": float(weights.sum()),
        "time_masked": 0.02 * (len(time) // 10),
        "events": EVENTS,
    }


def labels(name: str, end: float) -> list[Document]:
    """A label all along, and one late in the episode."""
    numbers = {"mean_error": 0.0123456, "share": 0.75}
    common = {"episode": name, "arm": "left", "strength": 0.5, "numbers": numbers}
    return [
        {"label": "offset", "joints": ["left_shoulder"], "interval": [0.02, end], **common},
        {
            "label": "stall_missed",
            "joints": ["left_shoulder", "left_elbow"],
            "interval": [0.7 * end, 0.8 * end],
            **common,
        },
    ]


def estimate(value: float, unit: str) -> Document:
    """A number with an interval."""
    return {"value": value, "unit": unit, "low": 0.9 * value, "high": 1.2 * value, **COUNTED}


def make_result(episodes: Sequence[EpisodeData], holdout: str) -> Document:
    """The result that says these episodes' records."""
    rng = np.random.default_rng(7)
    records = [episode.record for episode in episodes]
    totals = ("rows", "rows_scored", "rows_masked", "time", "time_scored", "time_masked")
    arms = {"rmse_norm_rms": "1", "position_rmse": "m", "orientation_rmse": "rad"}
    document = {
        "schema": "twinbench/result/1",
        "entry": {
            "name": ENTRY,
            "lab": "A lab <script>alert(1)</script> & sons",
            "method": 'method with "quotes" and $x_1$',
            "track": "rollout",
            "licence": "CC-BY-4.0",
            "contact": "someone@example.org",
            "url": "https://example.org/paper",
            "description": "<img src=x onerror=alert(1)>\nsecond line",
            "hash": "a" * 64,
            "predictions": "b" * 64,
        },
        "status": "self-scored",
        "dataset": {
            "name": DATASET,
            "version": 3,
            "robot": "pair",
            "kind": "simulated reference",
            "holdout": holdout,
        },
        "scorer": {"version": "2", "seed": 1, "resamples": 999, "level": 0.95, "labels": {}},
        "robot_hash": hashlib.sha256(ROBOT).hexdigest(),
        "signal": "state",
        "traces": f"data/traces/{DATASET}/{ENTRY}.zarr",
        "coverage": {
            **{name: sum(record[name] for record in records) for name in totals},
            "episodes": len(records),
            "episodes_scored": len(records),
        },
        "metrics": {m.name: estimate(float(rng.uniform(0.1, 0.9)), m.unit) for m in METRICS},
        "joints": {j.name: estimate(float(rng.uniform(0.1, 0.9)), j.unit) for j in JOINTS},
        "arms": {
            arm: {n: estimate(float(rng.uniform(0.1, 0.9)), unit) for n, unit in arms.items()}
            for arm in ARMS
        },
        "divergence": {
            "verdict": "compounding",
            "horizon": {"edges": [0, 2, 4, 6], "values": [0.01, 0.023, None], "episodes": 3},
        },
        "samples": {"executions": 3, "deterministic": False, "rank_histogram": [4, 30, 20, 9]},
        "episodes": records,
        "labels": [label for episode in episodes for label in episode.labels],
        "findings": [
            {"code": "near_copy", "certainty": "hint", "evidence": {}, "anchor": "guard.md"}
        ],
    }
    return check(document, "result", "made up")


def make_case(root: Path, count: int = 3, rows: int = 500) -> Case:
    """Write stores, lock and result of `count` episodes into a checkout at `root`."""
    episodes = [make_episode(number, rows + 7 * number) for number in range(count)]
    workspace = Workspace(root)
    (root / "datasets" / DATASET).mkdir(parents=True)
    (root / "datasets" / DATASET / "dataset.json").write_text("{}")
    (root / "params.yaml").write_text("{}")
    paths = workspace.dataset(DATASET)
    truth = make_truth(episodes)
    paths.part("holdout_truth").parent.mkdir(parents=True)
    write_store(paths.part("holdout_truth"), truth)
    locked = [{**episode, "inputs_hash": None} for episode in locked_episodes(truth)]
    lock = {"schema": "twinbench/holdout_lock/1", "dataset": DATASET, "root": lock_root(locked)}
    paths.lock.write_text(dump({**lock, "episodes": locked}))
    result = make_result(episodes, lock["root"])
    write_traces(root / result["traces"], episodes, result)
    paths.results.mkdir(parents=True)
    (root / "robots" / "pair").mkdir(parents=True)
    (root / "robots" / "pair" / "robot.json").write_bytes(ROBOT)
    own = aggregated(result)
    divergence = {**result["divergence"], "verdict": own.pop("verdict")}
    paths.result(ENTRY).write_text(json.dumps({**result, **own, "divergence": divergence}))
    return Case(workspace, result, tuple(episodes))


def make_truth(episodes: Sequence[EpisodeData]) -> Episodes:
    """The truth: the joints in another order than in the traces, and a signal that no one draws."""
    order = list(range(len(JOINTS)))[::-1]
    units = tuple(JOINTS[column].unit for column in order)
    info = StoreInfo(
        dataset=DATASET,
        robot="pair",
        kind="simulated reference",
        split="holdout_truth",
        joints=tuple(JOINTS[column].name for column in order),
        units=units,
        signals={"time": ("s",), "q": units, "q_command": units, "current": ("counts",) * 8},
        episodes=tuple(
            EpisodeInfo(e.id, e.record["group"], e.id.split(".")[0], "run-a", "reference")
            for e in episodes
        ),
    )
    signals = {
        "time": np.concatenate([e.time for e in episodes]),
        "q": np.concatenate([e.measured[:, order] for e in episodes]),
        "q_command": np.concatenate([e.command[:, order] for e in episodes]),
    }
    signals["current"] = np.zeros_like(signals["q"])
    return Episodes(info, _start(episodes), signals)


def write_traces(path: Path, episodes: Sequence[EpisodeData], result: Document) -> None:
    """A trace store in the documented form, written with zarr alone."""
    attributes = {
        "schema": "twinbench/traces/1",
        "dataset": DATASET,
        "entry": ENTRY,
        "holdout": result["dataset"]["holdout"],
        "predictions": result["entry"]["predictions"],
        "arms": list(ARMS),
        "joints": [vars(joint) for joint in JOINTS],
        "episodes": [{"id": e.id, "group": e.record["group"]} for e in episodes],
    }
    path.parent.mkdir(parents=True)
    group = zarr.create_group(store=path, zarr_format=3, attributes=attributes)
    arrays = {"start": _start(episodes)}
    for name in ("time", "weights"):
        arrays[name] = np.concatenate([getattr(e, name) for e in episodes])
    for name in ("error", "norm", "position", "orientation"):
        arrays[name] = np.concatenate([getattr(e, name) for e in episodes]).astype(np.float32)
    for name, values in arrays.items():
        group.create_array(
            name,
            data=values,
            compressors=BloscCodec(cname="zstd"),
            config={"write_empty_chunks": True},
        )


def _start(episodes: Sequence[EpisodeData]) -> np.ndarray:
    return np.concatenate([[0], np.cumsum([len(e.time) for e in episodes])]).astype(np.int64)
