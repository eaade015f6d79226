"""Coverage: how much of the reference was scored."""

from __future__ import annotations

from bench.scoring.metrics.metric import INVARIANCES, Metric, Missing, Value
from bench.scoring.trace import EpisodeTrace

NONE = Missing("the episode has one row")


def compute(trace: EpisodeTrace) -> Value:
    """Scored time over the episode's length."""
    length = float(trace.time[-1] - trace.time[0])
    return float(trace.weights.sum()) / length if length > 0 else NONE


METRIC = Metric(
    "coverage",
    "C",
    "1",
    "%",
    1e2,
    "higher",
    "share of the reference's time that was scored",
    compute,
    NONE.reason,
    frozenset(INVARIANCES),
    always=True,
)
