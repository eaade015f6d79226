"""Whether the traces of an episode are those that its numbers in the result come from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document

Floats = NDArray[np.float64]
TOLERANCE = 1e-5
"""Relative: traces are float32, and a result is rounded to nine digits."""
ARM_METRICS = {
    "norm": "rmse_norm_rms",
    "position": "position_rmse",
    "orientation": "orientation_rmse",
}
"""Signal of the traces to the metric of an arm that is its root mean square."""


def departures(record: Document, info: Document, rows: Mapping[str, Floats]) -> list[str]:
    """What differs between an episode's traces and the result, one line a number.

    Args:
        record: what the result says of the episode.
        info: what the traces say of themselves.
        rows: `weights` (N,), `error` (N, J), `norm` (N, A+1), `position`, `orientation` (N, A).
    """
    weights = rows["weights"]
    found = []
    for name, values, told in _columns(record, info, rows):
        came = _root_mean_square(values, weights)
        if told is None:
            continue
        if came is None or not math.isclose(came, told, rel_tol=TOLERANCE, abs_tol=1e-12):
            shown = "no scored row" if came is None else f"{came:.6g}"
            found.append(f"{name} {shown}, in the result {told:.6g}")
    return found


def _columns(
    record: Document, info: Document, rows: Mapping[str, Floats]
) -> Iterator[tuple[str, Floats, float | None]]:
    """Name, values and root mean square in the result, of every column that has one there."""
    for place, joint in enumerate(info["joints"]):
        told = record["joints"].get(joint["name"])
        yield f"RMSE of joint {joint['name']}", rows["error"][:, place], told
    for place, arm in enumerate(info["arms"]):
        for signal, metric in ARM_METRICS.items():
            told = record["arms"].get(arm, {}).get(metric)
            yield f"{metric} of arm {arm}", rows[signal][:, place], told
    yield "rmse_norm_rms", rows["norm"][:, -1], record["metrics"]["rmse_norm_rms"]


def _root_mean_square(values: Floats, weights: Floats) -> float | None:
    """Over the scored time; None if there is none."""
    whole = float(np.add.reduce(weights))
    if whole <= 0:
        return None
    return math.sqrt(float(np.add.reduce(weights * values**2)) / whole)
