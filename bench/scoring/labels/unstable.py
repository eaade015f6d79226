"""Predictions that no robot could follow."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from bench.scoring.labels.label import Label, Rule, Threshold
from bench.scoring.labels.signals import energy, names, share
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def find(trace: EpisodeTrace, settings: Mapping[str, float]) -> list[Label]:
    """One label per arm that breaks off, leaves its limits by far, or moves impossibly fast."""
    if trace.failed_at is None and not _suspect(trace, settings):
        return []
    beyond = _beyond_limits(trace)
    speed = _speed(trace, trace.predicted)
    fast: Floats | float = settings["speed"]
    if (speed > fast).any():
        positions = trace.turned
        usual = np.maximum(_speed(trace, positions.reference), _speed(trace, positions.command))
        fast = np.maximum(fast, settings["times"] * usual.max(axis=0, initial=0.0))
    broken = np.zeros(len(trace.time), dtype=np.bool_)
    if trace.failed_at is not None:
        broken = trace.time >= min(trace.failed_at, float(trace.time[-1]))
    bad = (beyond > settings["beyond"] * trace.ranges) | (speed > fast) | broken[:, None]
    found = []
    for arm, columns in trace.columns_of.items():
        rows = np.flatnonzero(bad[:, columns].any(axis=1))
        if len(rows):
            found.append(_label(trace, arm, columns, bad, beyond, speed))
    return found


def _label(
    trace: EpisodeTrace,
    arm: str,
    columns: list[int],
    bad: Flags,
    beyond: Floats,
    speed: Floats,
) -> Label:
    joints = [j for j in columns if bad[:, j].any()]
    rows = np.flatnonzero(bad[:, joints].any(axis=1))
    within = slice(int(rows[0]), int(rows[-1]) + 1)
    numbers = {
        "beyond_limits": float(beyond[:, joints].max()),
        "speed": float(speed[:, joints].max()),
    }
    if trace.failed_at is not None:
        numbers["failed_at"] = trace.failed_at
    return Label(
        name=RULE.name,
        episode=trace.id,
        arm=arm,
        joints=names(trace, joints),
        interval=(float(trace.time[within.start]), float(trace.time[within.stop - 1])),
        strength=share(energy(trace, joints, within), trace, columns),
        numbers=numbers,
    )


def _suspect(trace: EpisodeTrace, settings: Mapping[str, float]) -> bool:
    """Whether any row, scored or not, is far outside the limits or follows a step that is fast."""
    if not trace.joints:
        return False
    margin = settings["beyond"] * trace.ranges
    lower, upper = trace.limits.T
    lowest, highest = trace.predicted.min(axis=0), trace.predicted.max(axis=0)
    if (lower - lowest > margin).any() or (highest - upper > margin).any():
        return True
    step = np.abs(trace.predicted[1:] - trace.predicted[:-1]).max(axis=1)
    return bool((step / (trace.time[1:] - trace.time[:-1]) > settings["speed"]).any())


def _beyond_limits(trace: EpisodeTrace) -> Floats:
    """(N, J) how far the prediction is outside the limits, rad; 0 inside and where not scored."""
    lower, upper = trace.limits.T
    beyond = np.maximum(np.maximum(lower - trace.predicted, trace.predicted - upper), 0.0)
    scored: Floats = np.where(trace.scored[:, None], beyond, 0.0)
    return scored


def _speed(trace: EpisodeTrace, position: Floats) -> Floats:
    """(N, J) speed from the row before, rad/s; 0 where either row is not scored."""
    speed = np.zeros(position.shape)
    counted = trace.scored[1:] & trace.scored[:-1]
    moved = np.abs(np.diff(position, axis=0)) / np.diff(trace.time)[:, None]
    speed[1:] = np.where(counted[:, None], moved, 0.0)
    return speed


RULE = Rule(
    name="unstable",
    meaning="the simulator broke, or the prediction is far outside the limits or impossibly fast",
    signal="failed_at, predicted position, limits",
    thresholds={
        "beyond": Threshold(
            0.25,
            "1",
            "chosen: a quarter of the range Δ outside the limits; recordings and commands stay "
            "inside",
        ),
        "speed": Threshold(
            30.0, "rad/s", "three times the velocity limit in the URDF of the SO-101, 10 rad/s"
        ),
        "times": Threshold(
            2.0,
            "1",
            "chosen: twice the fastest step of reference and command, so that an entry that "
            "repeats command steps is not unstable",
        ),
    },
    numbers={
        "failed_at": "s, when the simulator broke, where it did",
        "beyond_limits": "rad, largest distance outside the limits",
        "speed": "rad/s, largest speed between two rows",
    },
    evidence="so101-sage, calibration and validation: none in 0.67 h each of run-b, delayed echo, "
    "command echo and an echo after 200 ms as prediction of run-a; planted failures are found",
    find=find,
    size=None,
)
