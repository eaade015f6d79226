"""Distance of the tool from where it was measured."""

from __future__ import annotations

from bench.scoring.metrics.over_time import family

METRICS = family(
    "position",
    "E_p",
    ("m", "mm", 1e3),
    "distance of the tool from the reference's",
    lambda trace: trace.summary.position,
)
