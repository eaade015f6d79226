"""The record of one scored episode: what a result keeps of a trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.formulas import divergence
from bench.formulas import samples as executions
from bench.formulas.weighting import time_weights
from bench.io.documents import Document
from bench.scoring.labels.failures import Failure, failures_of
from bench.scoring.labels.label import Label
from bench.scoring.labels.registry import labels_of
from bench.scoring.metrics.metric import Missing
from bench.scoring.metrics.registry import METRICS
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]

LONGEST = 1e5
"""s; the horizon profile looks no further."""

UNSCORED = "no row of the episode is scored"


@dataclass(frozen=True)
class EpisodeRecord:
    """One episode as a result keeps it; small, whatever the episode's length.

    Attributes:
        document: its item in `episodes`.
        labels: its items in `labels`.
        failures: its items in `failures`.
        windows: (W, 2) sums over the windows of the horizon profile, s and s.
        length: s, from the first to the last row.
        executions: how many executions the entry gives.
        ranks: (M + 1,) rank histogram of the measured among M executions; None for one.
    """

    document: Document
    labels: tuple[Document, ...]
    failures: tuple[Document, ...]
    windows: Floats
    length: float
    executions: int
    ranks: NDArray[np.int64] | None


def horizons() -> Floats:
    """(W + 1,) s, edges of the windows of the horizon profile, the same for every episode."""
    return divergence.horizon_edges(LONGEST)


def record_of(trace: EpisodeTrace, labels: Mapping[str, Mapping[str, object]]) -> EpisodeRecord:
    """Compute every metric and label of an episode.

    Args:
        trace: the episode.
        labels: thresholds of label rules that differ from their defaults.
    """
    found = labels_of(trace, labels) if trace.is_scored else []
    return EpisodeRecord(
        document=_document(trace),
        labels=tuple(label_document(label) for label in found),
        failures=tuple(failure_document(each) for each in failures_of(trace, labels)),
        windows=divergence.window_sums(trace.time, trace.norm, trace.weights, horizons()),
        length=float(trace.time[-1] - trace.time[0]),
        executions=trace.executions.shape[1],
        ranks=_ranks(trace),
    )


def _document(trace: EpisodeTrace) -> Document:
    values = {
        m.name: m.compute(trace) if trace.is_scored or m.always else Missing(UNSCORED)
        for m in METRICS
    }
    return {
        "id": trace.id,
        "group": trace.group,
        "run": trace.run,
        "metrics": {k: None if isinstance(v, Missing) else v for k, v in values.items()},
        "reasons": {k: v.reason for k, v in values.items() if isinstance(v, Missing)},
        "joints": _joints(trace),
        "arms": _arms(trace),
        "rows": len(trace.time),
        "rows_scored": len(trace.scored_rows),
        "rows_masked": int(trace.masked.sum()),
        "time": float(trace.time[-1] - trace.time[0]),
        "time_scored": float(trace.weights.sum()),
        "time_masked": _time_masked(trace),
        "events": [
            {
                "name": event.name,
                "reference": event.reference.tolist(),
                "predicted": event.predicted.tolist(),
                "matched": event.pairs.tolist(),
            }
            for event in trace.events
        ],
    }


def _time_masked(trace: EpisodeTrace) -> float:
    return float(time_weights(trace.time, trace.masked).sum()) if trace.masked.any() else 0.0


def _joints(trace: EpisodeTrace) -> Document:
    """RMSE of every compared joint in its unit."""
    names = (*trace.joints, *trace.others.names)
    if not trace.is_scored:
        return dict.fromkeys(names)
    values = [*trace.joint_rms.tolist(), *trace.other_rms.tolist()]
    return dict(zip(names, values, strict=True))


def _arms(trace: EpisodeTrace) -> Document:
    """Root mean square over time of each arm's normalised error and tool errors."""
    names = ("rmse_norm_rms", "position_rmse", "orientation_rmse")
    if not trace.is_scored:
        return {arm: dict.fromkeys(names) for arm in trace.arms}
    summary = trace.summary
    values = (summary.norm.rms, summary.position.rms, summary.orientation.rms)
    found: dict[str, dict[str, float | None]] = {
        arm: {name: float(value[a]) for name, value in zip(names, values, strict=True)}
        for a, arm in enumerate(trace.arms)
    }
    for arm in found.keys() - trace.scoring_arms:
        found[arm]["rmse_norm_rms"] = None
    return found


def _ranks(trace: EpisodeTrace) -> NDArray[np.int64] | None:
    if trace.samples is None or not trace.joints:
        return None
    scored = trace.scored
    counts: NDArray[np.int64] = executions.rank_counts(
        trace.measured_executions[scored], trace.reference[scored], trace.seed_of("ranks")
    )
    return counts


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


def failure_document(failure: Failure) -> Document:
    """What one side does wrong as it stands in a result."""
    label = failure.label
    return {
        "failure": failure.name,
        "side": failure.side,
        "episode": label.episode,
        "arm": label.arm,
        "joints": list(label.joints),
        "interval": [float(end) for end in label.interval],
    }
