"""Oracles: the objective in plain loops, a Jacobian parameter by parameter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.twins.identification import problem as module
from bench.twins.identification.problem import FitProblem
from bench.twins.identification.search import search
from tests.twins.identification import made


@pytest.fixture(scope="module")
def urdf(repository: Path) -> Path:
    return repository / "robots" / "so101" / "robot.urdf"


@pytest.fixture
def problem(urdf: Path) -> FitProblem:
    runs = made.runs_of(made.recorded(urdf, motions=2, rows=80), urdf)
    return FitProblem(runs, made.space(), lambda: None)


def coordinates_of_truth(problem: FitProblem) -> np.ndarray:
    truth = made.truth()
    return np.array([each.coordinate(truth[each.name]) for each in problem.space.free])


def test_the_truth_has_no_error(problem: FitProblem) -> None:
    errors = problem.errors(coordinates_of_truth(problem))
    assert max(np.abs(error).max() for error in errors) < 1e-9


def test_residuals_are_the_weighted_errors_and_the_coordinates(problem: FitProblem) -> None:
    x = np.linspace(-0.5, 0.5, 12)
    problem.rescale(np.zeros(12))
    errors = problem.errors(x)
    roots = problem.roots(np.zeros(12))
    expected = []
    for e, error in enumerate(errors):
        weights = problem.runs.weights(e)[:: module.THINNED]
        for row, weight in enumerate(weights):
            for j in range(3):
                scale = max(roots[e, j], module.LEAST_SCALE * roots.mean()) * roots.mean()
                share = weight / weights.sum() * module.EFFECTIVE / scale
                expected.append(np.sqrt(share) * error[row * module.THINNED, j])
    came = problem.residual(x[:, None])[:, 0]
    assert came[:-12] == pytest.approx(expected, rel=1e-12)
    assert (came[-12:] == x).all()


def test_the_jacobian_is_that_of_every_parameter_by_itself(problem: FitProblem) -> None:
    x = coordinates_of_truth(problem) + 0.3
    problem.rescale(x)
    ours = problem.jacobian(problem.linear(x))
    at = problem.residual(x[:, None])[:, 0]
    for number, each in enumerate(problem.space.free):
        moved = x.copy()
        moved[number] += each.step
        theirs = (problem.residual(moved[:, None])[:, 0] - at) / each.step
        # Joints push each other a little; a Gauss-Newton step leaves that out.
        far = np.linalg.norm(ours[:, number] - theirs) / np.linalg.norm(theirs)
        assert far < 0.25, each.name


def test_the_normal_equations_add_up(problem: FitProblem) -> None:
    x = coordinates_of_truth(problem) + 0.2
    problem.rescale(x)
    linear = problem.linear(x)
    jacobian, residual = problem.jacobian(linear), problem.residual(x[:, None])[:, 0]
    squares, slopes = problem.normal(linear)
    assert squares.sum(axis=0) + np.eye(12) == pytest.approx(jacobian.T @ jacobian)
    assert slopes.sum(axis=0) + x == pytest.approx(jacobian.T @ residual)


def test_a_search_finds_the_truth(urdf: Path) -> None:
    runs = made.runs_of(made.recorded(urdf, motions=4, rows=150), urdf)
    problem = FitProblem(runs, made.space(), lambda: None)
    found = problem.space.values(search(problem, np.zeros(12), 10).x)
    truth = made.truth()
    for joint in ("shoulder_lift", "elbow_flex"):  # gravity tells their gain
        assert found[f"{joint}.kp"] == pytest.approx(truth[f"{joint}.kp"], rel=0.03)
    for joint in made.MOVED:
        for name in ("damping_per_kp", "coulomb_per_kp"):
            assert found[f"{joint}.{name}"] == pytest.approx(truth[f"{joint}.{name}"], rel=0.05)
        assert found[f"{joint}.offset"] == pytest.approx(0.004, abs=1e-3)


def test_the_same_search_twice_is_the_same_to_the_last_bit(urdf: Path) -> None:
    runs = made.runs_of(made.recorded(urdf, motions=2, rows=80), urdf)
    once, again = (
        search(FitProblem(runs, made.space(), lambda: None), np.zeros(12), 2).x for _ in range(2)
    )
    assert (once == again).all()


def test_masked_rows_and_row_zero_weigh_nothing(urdf: Path) -> None:
    episodes = made.recorded(urdf, motions=1, rows=60)
    valid = np.ones(60, dtype=bool)
    valid[20:40] = False
    masked = type(episodes)(
        episodes.info, episodes.start, {**episodes.signals, "q_command_valid": valid}
    )
    weights = made.runs_of(masked, urdf).weights(0)
    assert weights[0] == 0
    assert (weights[20:40] == 0).all()
    assert (weights[1:20] > 0).all()
