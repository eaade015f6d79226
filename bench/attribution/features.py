"""The evidence of an episode as a short vector of numbers: what the classifier reads."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.attribution.changes import KNOBS
from bench.attribution.estimation import Estimate
from bench.attribution.suspect import centred, shares, suspect
from bench.formulas.weighting import weighted_mean
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]

LABELS = (
    "offset",
    "lag",
    "friction_like",
    "inertia_like",
    "gravity_like",
    "gain",
    "speed_related",
    "posture_related",
    "stall_missed",
    "stall_false",
    "overshoot",
    "oscillation",
    "noise",
    "divergence",
    "saturation",
    "event_missed",
    "event_extra",
    "event_shifted",
)
"""Labels that count as evidence, where an episode has them."""
LEAST = 0.003
"""Shares below are all the same to the classifier."""


@dataclass(frozen=True)
class Symptom:
    """What attribution reads of a label.

    Attributes:
        name: of its rule.
        joints: that show it.
        interval: from, to, s.
    """

    name: str
    joints: tuple[str, ...]
    interval: tuple[float, float]


@dataclass(frozen=True)
class Feature:
    """One number of the vector.

    Attributes:
        name: snake case.
        meaning: one line.
        compute: from a trace and its symptoms.
    """

    name: str
    meaning: str
    compute: Callable[[EpisodeTrace, Sequence[Symptom]], float]


def _compressed(share: float) -> float:
    """The logarithm of a share, 0 for the whole."""
    return math.log10(max(share, LEAST))


def _stalled(trace: EpisodeTrace, symptoms: Sequence[Symptom]) -> float:
    joints = {j for s in symptoms if s.name == "stall_false" for j in s.joints}
    return len(joints) / (len(trace.joints) + len(trace.others.names))


def _labelled(trace: EpisodeTrace, symptoms: Sequence[Symptom]) -> float:
    joints = {j for s in symptoms if not s.name.startswith("event") for j in s.joints}
    return len(joints & set(trace.joints)) / len(trace.joints)


def _late_stall(trace: EpisodeTrace, symptoms: Sequence[Symptom]) -> float:
    """How near to the end the last false stall reaches, as a share of the episode."""
    ends = [s.interval[1] for s in symptoms if s.name == "stall_false"]
    length = float(trace.time[-1] - trace.time[0])
    return (max(ends) - float(trace.time[0])) / length if ends and length > 0 else 0.0


def _elsewhere(trace: EpisodeTrace, _symptoms: Sequence[Symptom]) -> float:
    return _compressed(1 - float(shares(trace).max()))


def _mean(trace: EpisodeTrace, _symptoms: Sequence[Symptom]) -> float:
    column = suspect(trace)
    square = float(trace.followed_rms[column]) ** 2
    rest = square - float(trace.mean_error[column]) ** 2
    return _compressed(rest / square) if square > 0 else 0.0


def _follows(positions: Floats, trace: EpisodeTrace) -> float:
    """Squared correlation of positions with commands, at the joint where it is lowest."""
    lowest = 1.0
    # A masked row may have no command.
    rows = trace.scored_rows
    weights = trace.weights[rows]
    for column in np.flatnonzero(trace.moving):
        p = positions[rows, column]
        c = trace.turned.command[rows, column]
        both = [x - weighted_mean(x[:, None], weights)[0] for x in (p, c)]
        product = float(np.sum(weights * both[0] * both[1]))
        squares = [float(np.sum(weights * x * x)) for x in both]
        total = squares[0] * squares[1]
        lowest = min(lowest, product * abs(product) / total if total > 0 else 0.0)
    return _compressed(1 - lowest)


def _entry_follows(trace: EpisodeTrace, _symptoms: Sequence[Symptom]) -> float:
    return _follows(trace.turned.predicted, trace)


def _reference_follows(trace: EpisodeTrace, _symptoms: Sequence[Symptom]) -> float:
    return _follows(trace.turned.reference, trace)


def _left_by(trace: EpisodeTrace, regressors: Floats) -> float:
    """Share of the suspect's centred squared error that regressors (N, K) leave."""
    error = centred(trace, suspect(trace))
    root = np.sqrt(trace.weights)
    design = np.column_stack([np.ones(len(error)), regressors]) * root[:, None]
    square = float(np.sum(trace.weights * error**2))
    if square <= 0:
        return 0.0
    normal = np.einsum("nk,nl->kl", design, design)
    normal += 1e-9 * np.diag(np.diag(normal) + 1e-12)
    slope = np.linalg.solve(normal, np.einsum("nk,n->k", design, error * root))
    rest = error * root - np.einsum("nk,k->n", design, slope)
    return _compressed(float(rest @ rest) / square)


def _trend(trace: EpisodeTrace, _symptoms: Sequence[Symptom]) -> float:
    along = np.linspace(-1, 1, len(trace.time))[:, None]
    return _left_by(trace, along ** np.array([1.0, 2.0, 3.0]))


def _scale(trace: EpisodeTrace, _symptoms: Sequence[Symptom]) -> float:
    return _left_by(trace, trace.turned.reference[:, [suspect(trace)]])


def _shift(trace: EpisodeTrace, _symptoms: Sequence[Symptom]) -> float:
    """How much of the arms' error a shift in time leaves, of the arm with the largest share."""
    found = [shift for shift in trace.shifts.values() if shift is not None]
    pairs = [(float(np.sum(s.after)), float(np.sum(s.before))) for s in found]
    return _compressed(min((after / before for after, before in pairs if before > 0), default=1.0))


def _smooth(trace: EpisodeTrace, _symptoms: Sequence[Symptom]) -> float:
    """How much of the suspect's error is no noise from row to row."""
    error = centred(trace, suspect(trace))
    if len(error) < 4:
        return 0.0
    noise = float(np.mean(np.square(np.diff(error, 2)))) / 6
    square = float(np.mean(np.square(error)))
    return _compressed(max(1 - noise / square, 0.0)) if square > 0 else 0.0


def _gripper(trace: EpisodeTrace, _symptoms: Sequence[Symptom]) -> float:
    """How large the arm's error is beside the gripper's, each over its range."""
    arm = float(np.max(trace.joint_rms / trace.ranges, initial=0.0))
    own = float(np.max(trace.other_rms / trace.others.ranges, initial=0.0))
    return _compressed(arm / (arm + own)) if arm + own > 0 else 0.0


def _label(name: str) -> Feature:
    def there(_trace: EpisodeTrace, symptoms: Sequence[Symptom]) -> float:
        return float(any(symptom.name == name for symptom in symptoms))

    return Feature(f"label.{name}", f"1 if the episode has the label `{name}`", there)


FEATURES: tuple[Feature, ...] = (
    *map(_label, LABELS),
    Feature("stalled", "share of joints with `stall_false`", _stalled),
    Feature("labelled", "share of the arm's joints with a label", _labelled),
    Feature("late_stall", "where the last `stall_false` ends, share of the episode", _late_stall),
    Feature("elsewhere", "log share of the error that is not the suspect joint's", _elsewhere),
    Feature("beside_mean", "log share of its error that is not its mean", _mean),
    Feature(
        "entry_strays",
        "log share of the entry that does not go with commands, at the joint where it is largest",
        _entry_follows,
    ),
    Feature("reference_strays", "the same of the reference", _reference_follows),
    Feature("beside_trend", "log share of its centred error that a cubic in time leaves", _trend),
    Feature("beside_scale", "log share of its centred error that its position leaves", _scale),
    Feature("beside_shift", "log share of an arm's error that a shift in time leaves", _shift),
    Feature("smooth", "log share of its error that is no noise from row to row", _smooth),
    Feature("beside_gripper", "log share of the arm in the errors of arm and gripper", _gripper),
)
"""Read from traces and labels."""
ESTIMATED = tuple(f"left.{name}" for name in KNOBS)
"""Log share of the error that each hypothesis leaves when its number is estimated anew."""
TRACED = tuple(feature.name for feature in FEATURES)


def traced(trace: EpisodeTrace, symptoms: Sequence[Symptom]) -> Floats:
    """(K,) in the order of `TRACED`."""
    return np.array([feature.compute(trace, symptoms) for feature in FEATURES])


def estimated(found: Mapping[str, Estimate]) -> Floats:
    """(8,) in the order of `ESTIMATED`; 0 where a hypothesis cannot be estimated."""
    return np.array([_compressed(found[n].left) if n in found else 0.0 for n in KNOBS])
