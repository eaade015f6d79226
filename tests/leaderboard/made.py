"""Results made by hand: any values, groups and runs, without scoring anything."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from bench.io.documents import Document
from bench.leaderboard.settings import Settings
from bench.scoring.metrics.registry import METRICS
from bench.scoring.result import aggregated

SETTINGS = Settings("naive", 1, 999, 0.95)
NONE = {"value": None, "low": None, "high": None, "groups": 0, "episodes": 0, "reason": "made"}


def names(number: int) -> list[str]:
    """Names of so many episodes."""
    return [f"m{i:02d}.run-a" for i in range(number)]


def result(
    name: str,
    values: Mapping[str, float | Sequence[float] | None],
    *,
    groups: Mapping[str, str] | None = None,
    episodes: int | None = None,
    **fields: Any,
) -> Document:
    """A result whose headline is these values; every other metric is twice as large.

    Args:
        name: of the entry.
        values: by episode; None where the metric is null, several for several runs.
        groups: of the episodes; default: each its own.
        episodes: of the reference; default: as many as there are values.
        fields: what the result has otherwise.
    """
    records = []
    for episode, value in values.items():
        for number, one in enumerate(value if isinstance(value, (list, tuple)) else [value]):
            group = (groups or {}).get(episode, episode.split(".")[0])
            records.append(_record(episode, f"run-{number}", group, one))
    repeat = name.startswith("repeat")
    whole = episodes if episodes is not None else len(values)
    made = {
        "schema": "twinbench/result/1",
        "entry": {
            "name": name,
            "lab": "the robot itself" if repeat else "Tests",
            "method": "made",
            "track": "repeatability" if repeat else "rollout",
            "licence": "CC0",
            "contact": "tests@example.org",
            "url": None,
            "description": None,
            "hash": None if repeat else "a" * 64,
            "predictions": None if repeat else hashlib.sha256(name.encode()).hexdigest(),
        },
        "status": "reference" if repeat else "self-scored",
        "dataset": {
            "name": "so101-synth",
            "version": 1,
            "robot": "so101",
            "kind": "recorded",
            "holdout": "c" * 64,
        },
        "scorer": {"version": "2", "seed": 1, "resamples": 999, "level": 0.95, "labels": {}},
        "robot_hash": "d" * 64,
        "signal": "state",
        "traces": None,
        "coverage": {
            "rows": 100,
            "rows_scored": 90,
            "rows_masked": 0,
            "time": 50.0,
            "time_scored": 45.0,
            "time_masked": 0.0,
            "episodes": whole,
            "episodes_scored": len(values),
        },
        "metrics": {m.name: _mean(records, m.name, m.unit) for m in METRICS},
        "joints": {},
        "arms": {},
        "divergence": {
            "verdict": "bounded",
            "horizon": {"edges": [0.0, 1.0], "values": [0.1], "episodes": 1},
        },
        "samples": {"executions": 1, "deterministic": True, "rank_histogram": None},
        "episodes": records,
        "labels": [],
        "findings": [],
    }
    return {**made, **fields}


def label(
    name: str, episode: str, joints: Sequence[str], *, arm: str = "arm", strength: float = 0.5
) -> Document:
    """A label as it stands in a result."""
    return {
        "label": name,
        "episode": episode,
        "arm": arm,
        "joints": list(joints),
        "interval": [1.0, 2.0],
        "strength": strength,
        "numbers": {},
    }


def consistent(made: Document) -> Document:
    """The result with the means and intervals that its episodes give, as if it had been scored."""
    own = aggregated(made)
    divergence = {**made["divergence"], "verdict": own.pop("verdict")}
    return {**made, **own, "divergence": divergence}


def _record(episode: str, run: str, group: str, value: float | None) -> Document:
    other = None if value is None else 2 * value
    return {
        "id": episode,
        "run": run,
        "group": group,
        "metrics": {m.name: value if m.name == "joint_rmse" else other for m in METRICS},
        "reasons": {},
        "joints": {},
        "arms": {},
        "rows": 10,
        "rows_scored": 9,
        "rows_masked": 0,
        "time": 5.0,
        "time_scored": 4.5,
        "time_masked": 0.0,
        "events": [],
    }


def _mean(records: Sequence[Document], name: str, unit: str) -> Document:
    values = [r["metrics"][name] for r in records if r["metrics"][name] is not None]
    if not values:
        return {"unit": unit, **NONE}
    counted = {"groups": len({r["group"] for r in records}), "episodes": len(values)}
    return {"unit": unit, **NONE, "value": sum(values) / len(values), **counted}
