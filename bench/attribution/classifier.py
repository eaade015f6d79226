"""Probabilities of hypotheses from the vector of evidence: multinomial logistic regression.

    p(h | x) = exp(b_h + w_h · z) / Σ_k exp(b_k + w_k · z),   z = (x − mean) / scale

The coefficients are data, `coefficients.json`: fitted on faults that were put in with strengths and
seeds of their own (`fitting.py`), once with what re-estimation says and once without. Every
hypothesis was as frequent as the others there, so the probabilities hold for a robot of which
nothing else is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.attribution.features import ESTIMATED, TRACED
from bench.io.documents import Document, check_schema, read_json
from bench.io.problems import Problem, ProblemsError

Floats = NDArray[np.float64]

PLACE = Path(__file__).parent / "coefficients.json"
WITH, WITHOUT = "with_estimates", "without_estimates"
WIDEST = 4.0
"""Standard deviations beyond which evidence counts as so far: a line goes on for ever."""


@dataclass(frozen=True)
class Classifier:
    """One regression.

    Attributes:
        features: names of the evidence, in order.
        hypotheses: names, in order.
        mean, scale: (K,) of each feature.
        intercept: (H,).
        weights: (H, K).
    """

    features: tuple[str, ...]
    hypotheses: tuple[str, ...]
    mean: Floats
    scale: Floats
    intercept: Floats
    weights: Floats

    def probabilities(self, evidence: Floats) -> dict[str, float]:
        """By hypothesis; they add up to 1.

        Args:
            evidence: (K,) in the order of `features`.
        """
        return dict(zip(self.hypotheses, self.of_all(evidence[None])[0].tolist(), strict=True))

    def of_all(self, evidence: Floats) -> Floats:
        """(N, H) of N vectors of evidence (N, K)."""
        z = np.clip((evidence - self.mean) / self.scale, -WIDEST, WIDEST)
        # No BLAS: the same bits for every number of threads.
        logits = self.intercept + np.einsum("nk,hk->nh", z, self.weights)
        risen = np.exp(logits - logits.max(axis=1, keepdims=True))
        found: Floats = risen / risen.sum(axis=1, keepdims=True)
        return found

    def document(self) -> Document:
        """As `coefficients.json` has it, with six significant digits."""

        def short(values: Floats) -> list[float]:
            return [float(f"{value:.6g}") for value in values]

        return {
            "features": [
                {"name": name, "mean": mean, "scale": scale}
                for name, mean, scale in zip(
                    self.features, short(self.mean), short(self.scale), strict=True
                )
            ],
            "hypotheses": [
                {"name": name, "intercept": intercept, "weights": short(weights)}
                for name, intercept, weights in zip(
                    self.hypotheses, short(self.intercept), self.weights, strict=True
                )
            ],
        }


def classifiers(place: Path = PLACE) -> Mapping[str, Classifier]:
    """Both regressions, by `WITH` and `WITHOUT`.

    Raises:
        ProblemsError: the file does not fit the evidence that is computed here.
    """
    document = read_json(place)
    check_schema(document, SCHEMA, place.name)
    expected = {WITH: (*TRACED, *ESTIMATED), WITHOUT: TRACED}
    found = {name: _classifier(document[name]) for name in expected}
    for name, features in expected.items():
        if found[name].features != features:
            came = ", ".join(found[name].features)[:200]
            raise ProblemsError(
                [Problem("coefficients", f"{place.name}: {name}", ", ".join(features), came)]
            )
    return found


def _classifier(document: Document) -> Classifier:
    features, hypotheses = document["features"], document["hypotheses"]
    return Classifier(
        tuple(each["name"] for each in features),
        tuple(each["name"] for each in hypotheses),
        np.array([each["mean"] for each in features]),
        np.array([each["scale"] for each in features]),
        np.array([each["intercept"] for each in hypotheses]),
        np.array([each["weights"] for each in hypotheses]),
    )


_REGRESSION: Document = {
    "type": "object",
    "additionalProperties": False,
    "required": ["features", "hypotheses"],
    "properties": {
        "features": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "mean", "scale"],
                "properties": {
                    "name": {"type": "string"},
                    "mean": {"type": "number"},
                    "scale": {"type": "number", "exclusiveMinimum": 0},
                },
            },
        },
        "hypotheses": {
            "type": "array",
            "minItems": 2,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "intercept", "weights"],
                "properties": {
                    "name": {"type": "string"},
                    "intercept": {"type": "number"},
                    "weights": {"type": "array", "items": {"type": "number"}},
                },
            },
        },
    },
}
SCHEMA: Document = {
    "type": "object",
    "additionalProperties": False,
    "required": ["schema", "fitted_on", WITH, WITHOUT],
    "properties": {
        "schema": {"const": "twinbench/cause_coefficients/1"},
        "fitted_on": {
            "type": "object",
            "additionalProperties": False,
            "required": ["dataset", "seeds", "episodes", "penalties", "left_out"],
            "properties": {
                "dataset": {"type": "string"},
                "seeds": {"type": "array", "items": {"type": "integer"}},
                "episodes": {"type": "integer", "minimum": 1},
                "penalties": {
                    "type": "object",
                    "additionalProperties": {"type": "number", "exclusiveMinimum": 0},
                },
                "left_out": {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "additionalProperties": False,
                        "required": ["log_score", "right"],
                        "properties": {
                            "log_score": {"type": "number", "minimum": 0},
                            "right": {"type": "number", "minimum": 0, "maximum": 1},
                        },
                    },
                },
            },
        },
        WITH: _REGRESSION,
        WITHOUT: _REGRESSION,
    },
}
"""Of `coefficients.json`."""
