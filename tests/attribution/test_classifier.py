"""The regression: its fit, its file, its probabilities."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bench.attribution.classifier import PLACE, WITH, WITHOUT, Classifier, classifiers
from bench.attribution.fitting import SIMPLER, chosen_penalty, fit
from bench.attribution.hypothesis import HYPOTHESES
from bench.io.problems import ProblemsError

NAMES = ("one", "two", "three")


def drawn(seed: int, number: int) -> tuple[np.ndarray, list[str]]:
    """Three classes around three corners, in unequal numbers."""
    draw = np.random.default_rng(seed)
    truth = draw.choice(3, number, p=(0.6, 0.3, 0.1))
    corners = np.array([[0, 0, 5.0], [2, 0, 5.0], [0, 2, 5.0]])
    return corners[truth] + draw.normal(0, 0.5, (number, 3)), [NAMES[k] for k in truth]


def fitted() -> Classifier:
    return fit(*drawn(1, 3000), ("x", "y", "z"), NAMES, 1e-4)


def test_a_fit_tells_classes_that_it_has_not_seen() -> None:
    x, truth = drawn(2, 400)
    found = fitted().of_all(x)
    right = np.mean([NAMES[k] == name for k, name in zip(found.argmax(1), truth, strict=True)])
    assert right > 0.9
    assert np.allclose(found.sum(axis=1), 1)


def test_classes_count_alike_however_many_examples_they_have() -> None:
    """Halfway between two corners neither is more probable, though one is six times as frequent."""
    x = np.array([[0.0, 1.0, 5.0]])
    one, _, three = fitted().of_all(x)[0]
    assert one == pytest.approx(three, abs=0.3)


def test_probabilities_are_those_of_the_formula() -> None:
    own = Classifier(
        ("x",),
        ("one", "two"),
        np.array([1.0]),
        np.array([2.0]),
        np.array([0.0, 0.5]),
        np.array([[0.0], [1.0]]),
    )
    expected = 1 / (1 + np.exp(-(0.5 + (3.0 - 1.0) / 2.0)))
    assert own.probabilities(np.array([3.0]))["two"] == pytest.approx(expected)
    # Beyond four deviations evidence counts as four.
    far = own.probabilities(np.array([1e9]))["two"]
    assert far == pytest.approx(1 / (1 + np.exp(-4.5)))


def test_the_penalty_is_the_largest_that_nearly_scores_best_on_seeds_left_out() -> None:
    x, truth = drawn(3, 120)
    seeds = [k % 4 for k in range(120)]
    best, scores = chosen_penalty(x, truth, seeds, ("x", "y", "z"), NAMES)
    near = [p for p, score in scores.items() if score <= min(scores.values()) + SIMPLER]
    assert best == max(near)
    assert len(set(scores.values())) > 1


def test_the_published_coefficients_fit_what_is_computed() -> None:
    for name in (WITH, WITHOUT):
        own = classifiers()[name]
        assert set(own.hypotheses) == {each.name for each in HYPOTHESES}
        assert own.weights.shape == (len(own.hypotheses), len(own.features))


def test_the_published_coefficients_are_of_the_setting_seeds() -> None:
    assert min(json.loads(PLACE.read_text())["fitted_on"]["seeds"]) > 100


def test_coefficients_of_other_evidence_are_refused(tmp_path: Path) -> None:
    document = json.loads(PLACE.read_text())
    document[WITHOUT]["features"][0]["name"] = "mood"
    (tmp_path / "coefficients.json").write_text(json.dumps(document))
    with pytest.raises(ProblemsError) as raised:
        classifiers(tmp_path / "coefficients.json")
    (problem,) = raised.value.problems
    assert problem.code == "coefficients"
    assert problem.where == "coefficients.json: without_estimates"
    assert problem.came.startswith("mood, ")
