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
from tests.docs.pages import ROOT

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
    least = min(each.log_score for each in scores.values())
    near = [p for p, each in scores.items() if each.log_score <= least + SIMPLER]
    assert best == max(near)
    assert len({each.log_score for each in scores.values()}) > 1


def test_what_is_left_out_is_told_by_a_fit_to_the_others() -> None:
    x, truth = drawn(3, 120)
    seeds = [k % 4 for k in range(120)]
    _, scores = chosen_penalty(x, truth, seeds, ("x", "y", "z"), NAMES)
    lost, right = [], []
    for out in range(4):
        kept = [k for k in range(120) if seeds[k] != out]
        own = fit(x[kept], [truth[k] for k in kept], ("x", "y", "z"), NAMES, 1e-3)
        for k in range(out, 120, 4):
            (probability,) = own.of_all(x[[k]])
            lost.append(-np.log(probability[NAMES.index(truth[k])]))
            right.append(NAMES[int(np.argmax(probability))] == truth[k])
    assert scores[1e-3].log_score == pytest.approx(np.mean(lost))
    assert scores[1e-3].right == pytest.approx(np.mean(right))


def test_the_published_coefficients_fit_what_is_computed() -> None:
    for name in (WITH, WITHOUT):
        own = classifiers()[name]
        assert set(own.hypotheses) == {each.name for each in HYPOTHESES}
        assert own.weights.shape == (len(own.hypotheses), len(own.features))


def test_the_published_coefficients_are_of_the_setting_seeds() -> None:
    assert min(json.loads(PLACE.read_text())["fitted_on"]["seeds"]) > 100


def test_the_page_says_how_well_seeds_left_out_are_told() -> None:
    fitted = json.loads(PLACE.read_text())["fitted_on"]
    with_, without = (fitted["left_out"][name] for name in (WITH, WITHOUT))
    text = " ".join((ROOT / "docs" / "causes.md").read_text(encoding="utf-8").split())
    assert f"On the {fitted['episodes']} failing episodes that the coefficients" in text
    assert (
        f"the true one in {100 * with_['right']:.1f} % with a twin (log score "
        f"{with_['log_score']:.3f}) and in {100 * without['right']:.1f} % without "
        f"({without['log_score']:.3f})"
    ) in text


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
