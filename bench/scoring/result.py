"""The result: one entry scored on one holdout, as one document that explains itself."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bench.formulas.weighting import root_mean_square
from bench.io.documents import Document, check, nine_digits
from bench.io.store import Episodes
from bench.scoring.labels.label import Label
from bench.scoring.labels.registry import labels_of, thresholds
from bench.scoring.metrics.registry import METRICS, metric
from bench.scoring.statistics import Estimate, mean_intervals
from bench.scoring.trace import EpisodeTrace

SCORER_VERSION = "1"
"""Raised whenever a number of a result can change; results of two versions are not compared."""


@dataclass(frozen=True)
class ScoreSettings:
    """How a score is computed: resampling, and thresholds of the label rules."""

    seed: int
    resamples: int
    level: float
    labels: Mapping[str, Mapping[str, object]]

    @classmethod
    def of(cls, params: Mapping[str, Any]) -> ScoreSettings:
        """Read them from `params.yaml`."""
        score = params["score"]
        return cls(score["seed"], score["resamples"], score["level"], params.get("labels") or {})


@dataclass(frozen=True)
class Subject:
    """What is scored, on what: the heads of the result."""

    entry: Document
    status: str
    dataset: Document
    robot_hash: str


def make_result(
    subject: Subject, traces: Sequence[EpisodeTrace], settings: ScoreSettings, reference: Episodes
) -> Document:
    """Compute every metric and label over all episodes.

    Args:
        subject: what is scored.
        traces: one an episode.
        settings: how.
        reference: the whole reference, to say how much of it was scored.

    Returns:
        The result, checked, floats with nine significant digits.
    """
    episodes = [_episode(trace) for trace in traces]
    document = {
        "schema": "twinbench/result/1",
        "entry": subject.entry,
        "status": subject.status,
        "dataset": subject.dataset,
        "scorer": {
            "version": SCORER_VERSION,
            "seed": settings.seed,
            "resamples": settings.resamples,
            "level": settings.level,
            "labels": thresholds(settings.labels),
        },
        "robot_hash": subject.robot_hash,
        "coverage": _coverage(traces, reference),
        **_estimates(episodes, settings),
        "episodes": episodes,
        "labels": [
            label_document(label)
            for trace in traces
            if (trace.weights > 0).any()
            for label in labels_of(trace, settings.labels)
        ],
        "findings": [],
    }
    return check(nine_digits(document), "result", f"result {subject.entry['name']}")


def _episode(trace: EpisodeTrace) -> Document:
    scored = bool((trace.weights > 0).any())
    joints = root_mean_square(trace.error, trace.weights).tolist() if scored else ()
    return {
        "id": trace.id,
        "group": trace.group,
        "metrics": {m.name: m.compute(trace) if scored else None for m in METRICS},
        "joints": dict(itertools.zip_longest(trace.joints, joints)),
        "rows_scored": int((trace.weights > 0).sum()),
        "time_scored": float(trace.weights.sum()),
    }


def _coverage(traces: Sequence[EpisodeTrace], reference: Episodes) -> Document:
    time = reference.signals["time"]
    return {
        "rows": len(time),
        "rows_scored": sum(int((trace.weights > 0).sum()) for trace in traces),
        "time": float((time[reference.start[1:] - 1] - time[reference.start[:-1]]).sum()),
        "time_scored": float(sum(trace.weights.sum() for trace in traces)),
        "episodes": len(reference),
        "episodes_scored": len(traces),
    }


def _estimates(episodes: Sequence[Document], settings: ScoreSettings) -> Document:
    """Mean over episodes of each metric and of each joint's RMSE, with intervals.

    A metric that an episode does not have is averaged over the episodes that have it, and says
    so by their number.
    """
    names = [m.name for m in METRICS]
    joints = list(episodes[0]["joints"])
    columns = {("metrics", n): [e["metrics"][n] for e in episodes] for n in names}
    columns |= {("joints", n): [e["joints"][n] for e in episodes] for n in joints}
    by_rows: dict[tuple[int, ...], list[tuple[str, str]]] = {}
    for key, values in columns.items():
        rows = tuple(i for i, value in enumerate(values) if value is not None)
        by_rows.setdefault(rows, []).append(key)
    found: dict[tuple[str, str], Estimate] = {}
    for rows, keys in by_rows.items():
        found |= _intervals(episodes, rows, {key: columns[key] for key in keys}, settings)
    return {
        "metrics": {n: estimate_document(found["metrics", n], metric(n).unit) for n in names},
        "joints": {n: estimate_document(found["joints", n], "rad") for n in joints},
    }


def _intervals(
    episodes: Sequence[Document],
    rows: tuple[int, ...],
    columns: Mapping[tuple[str, str], Sequence[float | None]],
    settings: ScoreSettings,
) -> dict[tuple[str, str], Estimate]:
    if not rows:
        none = Estimate(None, None, None, 0, 0, "no episode has this metric")
        return dict.fromkeys(columns, none)
    values = np.array([[column[i] for column in columns.values()] for i in rows], dtype=np.float64)
    estimates = mean_intervals(
        values,
        [episodes[i]["group"] for i in rows],
        seed=settings.seed,
        resamples=settings.resamples,
        level=settings.level,
    )
    return dict(zip(columns, estimates, strict=True))


def estimate_document(estimate: Estimate, unit: str) -> Document:
    """A number with its interval as it stands in documents."""
    fields = asdict(estimate)
    return {"value": fields.pop("value"), "unit": unit, **fields}


def label_document(label: Label) -> Document:
    """A label as it stands in a result."""
    return {
        "label": label.name,
        "episode": label.episode,
        "arm": label.arm,
        "joints": list(label.joints),
        "interval": [float(end) for end in label.interval],
        "strength": float(label.strength),
        "numbers": {name: float(value) for name, value in label.numbers.items()},
    }


def share_scored(coverage: Document) -> float:
    """The share of the reference's time that was scored; 0 of a reference of no length."""
    return float(coverage["time_scored"] / coverage["time"]) if coverage["time"] > 0 else 0.0


def headline_metrics(result: Document) -> Document:
    """The ten numbers of a result that `dvc metrics` compares, in the units of the tables."""
    shown = (
        "joint_rmse",
        "joint_rmse_moving",
        "joint_rmse_centred",
        "rmse_norm_rms",
        "position_rmse",
        "position_max",
        "orientation_rmse",
        "orientation_max",
    )
    numbers = {}
    for name in shown:
        found, value = metric(name), result["metrics"][name]["value"]
        factor = found.shown_factor
        numbers[f"{name}_{_plain(found.shown_unit)}"] = None if value is None else value * factor
    coverage = result["coverage"]
    numbers["coverage_percent"] = 100 * share_scored(coverage)
    numbers["labels"] = len(result["labels"])
    rounded: Document = nine_digits(numbers)
    return rounded


def _plain(unit: str) -> str:
    return "percent" if unit == "%" else unit
