"""Fitting the classifier to episodes whose cause is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.attribution.classifier import WIDEST, Classifier

Floats = NDArray[np.float64]

LEAST_SCALE = 0.05
"""Standard deviation that a feature has at least, so that a rare one is no lever."""


def fit(
    evidence: Floats,
    truth: Sequence[str],
    features: Sequence[str],
    hypotheses: Sequence[str],
    penalty: float,
) -> Classifier:
    """Fit by least cross entropy, every hypothesis with the same total weight.

    Args:
        evidence: (N, K).
        truth: N names of hypotheses.
        features: K names.
        hypotheses: H names.
        penalty: on the sum of squared weights, per episode.
    """
    from scipy.optimize import minimize

    mean = evidence.mean(axis=0)
    scale = np.maximum(evidence.std(axis=0), LEAST_SCALE)
    z = np.clip((evidence - mean) / scale, -WIDEST, WIDEST)
    number = np.array([list(hypotheses).index(name) for name in truth])
    counts = np.maximum(np.bincount(number, minlength=len(hypotheses)), 1)
    weight = 1 / counts[number]
    weight /= weight.sum()
    target = np.eye(len(hypotheses))[number]
    design = np.column_stack([np.ones(len(z)), z])
    shape = (len(hypotheses), design.shape[1])

    def loss(flat: Floats) -> tuple[float, Floats]:
        slopes = flat.reshape(shape)
        logits = design @ slopes.T
        logits -= logits.max(axis=1, keepdims=True)
        risen = np.exp(logits)
        found = risen / risen.sum(axis=1, keepdims=True)
        entropy = -float(weight @ np.log(np.maximum(found[range(len(z)), number], 1e-300)))
        held = slopes.copy()
        held[:, 0] = 0
        gradient = ((found - target) * weight[:, None]).T @ design + 2 * penalty * held
        return entropy + penalty * float(np.sum(held**2)), gradient.ravel()

    best = minimize(
        loss,
        np.zeros(shape).ravel(),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 2000, "maxfun": 3000},
    )
    slopes = best.x.reshape(shape)
    return Classifier(tuple(features), tuple(hypotheses), mean, scale, slopes[:, 0], slopes[:, 1:])


PENALTIES = (3e-5, 1e-4, 3e-4, 1e-3, 3e-3)
"""That are tried."""
SIMPLER = 0.01
"""Log score that smaller weights may cost: they go less far beyond what was seen."""


@dataclass(frozen=True)
class LeftOut:
    """How well episodes are told by a classifier that does not know their seed.

    Attributes:
        log_score: mean of -ln of the true cause's probability.
        right: share in which the true cause is the most probable one.
    """

    log_score: float
    right: float


def chosen_penalty(
    evidence: Floats,
    truth: Sequence[str],
    seeds: Sequence[int],
    features: Sequence[str],
    hypotheses: Sequence[str],
) -> tuple[float, dict[float, LeftOut]]:
    """The largest penalty that nearly has the least log score, on seeds that were left out.

    Returns:
        The penalty, and how well each tells what was left out.
    """
    seed = np.array(seeds)
    scores = {}
    for penalty in PENALTIES:
        lost: list[float] = []
        right: list[bool] = []
        for out in sorted(set(seeds)):
            kept = np.flatnonzero(seed != out).tolist()
            own = fit(evidence[kept], [truth[i] for i in kept], features, hypotheses, penalty)
            left = np.flatnonzero(seed == out).tolist()
            found = own.of_all(evidence[left])
            places = [list(hypotheses).index(truth[i]) for i in left]
            lost += (-np.log(np.maximum(found[range(len(left)), places], 1e-9))).tolist()
            right += (found.argmax(axis=1) == places).tolist()
        scores[penalty] = LeftOut(float(np.mean(lost)), float(np.mean(right)))
    least = min(each.log_score for each in scores.values())
    near = [p for p, each in scores.items() if each.log_score <= least + SIMPLER]
    return max(near), scores
