"""Angle of the tool against where it was measured."""

from __future__ import annotations

import math

from bench.scoring.metrics.over_time import family

METRICS = family(
    "orientation",
    "E_o",
    ("rad", "deg", 180 / math.pi),
    "angle of the tool against the reference's",
    lambda trace: trace.summary.orientation,
)
