"""Oracles: the objective in plain loops, a Jacobian parameter by parameter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.twins.identification import problem as module
from bench.twins.identification.problem import FitProblem
from bench.twins.identification.runs import Runs
from bench.twins.identification.search import search
from bench.twins.simulation.physics import Values
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


def test_the_gradient_adds_up(problem: FitProblem) -> None:
    x = coordinates_of_truth(problem) + 0.2
    problem.rescale(x)
    linear = problem.linear(x)
    jacobian, residual = problem.jacobian(linear), problem.residual(x[:, None])[:, 0]
    _, slopes = problem.normal(linear)
    assert slopes.sum(axis=0) + x == pytest.approx(jacobian.T @ residual)


def test_the_curvature_is_that_of_a_sum_of_roots(problem: FitProblem) -> None:
    """Second differences of the objective itself, where errors change as the Jacobian says."""
    x = coordinates_of_truth(problem) + 0.2
    problem.rescale(x)
    linear = problem.linear(x)
    shares = [w / w.sum() for w in (problem.runs.weights(e)[::4] for e in range(2))]
    first = problem.roots(x).mean()
    least = 0.3 * first

    def objective(change: np.ndarray) -> float:
        total = 0.0
        for share, error, slopes in zip(shares, linear.errors, linear.change, strict=True):
            for j in range(3):
                root = np.sqrt(share @ (error[::4, j] + slopes[:, j] @ change) ** 2)
                total += root if root > least else (root**2 / least + least) / 2
        return module.EFFECTIVE * total / first

    squares, _ = problem.normal(linear)
    h = 1e-3
    for p, q in ((0, 0), (1, 4), (5, 5), (3, 9), (11, 11), (0, 6)):
        a, b = np.eye(12)[p] * h, np.eye(12)[q] * h
        second = objective(a + b) - objective(a - b) - objective(b - a) + objective(-a - b)
        expected = second / (4 * h * h)
        size = np.sqrt(squares.sum(axis=0)[p, p] * squares.sum(axis=0)[q, q])
        assert squares.sum(axis=0)[p, q] == pytest.approx(expected, rel=1e-3, abs=1e-3 * size)


def test_directions_turn_what_holds_a_joint_and_nothing_else(problem: FitProblem) -> None:
    x = coordinates_of_truth(problem) + 0.1
    problem.rescale(x)
    basis = problem.directions(problem.linear(x))
    assert basis.T @ basis == pytest.approx(np.eye(12), abs=1e-12)
    names = [each.name for each in problem.space.free]
    for p, name in enumerate(names):
        joint, quantity = name.rsplit(".", 1)
        others = [q for q in range(12) if abs(basis[p, q]) > 1e-9 and q != p]
        assert all(names[q].startswith(joint) for q in others)
        assert bool(others) == (quantity in {"kp", "coulomb_per_kp", "offset"})


def test_a_derivative_along_a_direction_is_measured_along_it(problem: FitProblem) -> None:
    x = coordinates_of_truth(problem) + 0.1
    problem.rescale(x)
    basis = problem.directions(problem.linear(x))
    linear = problem.linear(x, basis)
    names = [each.name for each in problem.space.free]
    joints = list(problem.runs.joints)
    at = problem.errors(x)
    for p in (q for q, name in enumerate(names) if name.endswith(".offset")):
        joint = joints.index(names[p].rsplit(".", 1)[0])
        steps = np.array([each.step for each in problem.space.free])
        width = 1 / np.linalg.norm(basis[:, p] / steps)
        moved = problem.errors(x + width * basis[:, p])
        for e in range(2):
            came = linear.change[e][:, joint] @ basis[:, p] * width
            expected = (moved[e] - at[e])[::4, joint]
            # Joints push each other a little.
            assert np.linalg.norm(came - expected) < 0.2 * np.linalg.norm(expected)


def test_differences_stay_within_the_bounds(
    problem: FitProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def noted(runs: Runs, values: Values) -> list[np.ndarray]:
        seen.append(values)
        return simulate(runs, values)

    simulate = Runs.errors
    monkeypatch.setattr(Runs, "errors", noted)
    x = coordinates_of_truth(problem)
    names = [each.name for each in problem.space.free]
    for bounds, joint in zip(problem.space.bounds, ("shoulder_pan", "elbow_flex"), strict=True):
        number = names.index(f"{joint}.offset")
        x[number] = bounds[number]
    linear = problem.linear(x, problem.directions(problem.linear(x)))
    for values in seen:
        for each in problem.space.free:
            assert each.bounds[0] - 1e-9 <= values[each.name] <= each.bounds[1] + 1e-9
    assert all(np.isfinite(change).all() for change in linear.change)
    assert len(seen) == 1 + 2 * len(problem.space.groups)


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


def test_directions_do_not_depend_on_the_signs_of_a_solver(
    problem: FitProblem, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem.rescale(np.zeros(12))
    linear = problem.linear(np.zeros(12))
    ours, solve = problem.directions(linear), np.linalg.eigh

    def other(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        values, vectors = solve(matrix)
        return values, vectors * np.where(np.arange(len(matrix)) % 2, 1.0, -1.0)

    monkeypatch.setattr(np.linalg, "eigh", other)
    assert (problem.directions(linear) == ours).all()
    monkeypatch.setattr(np.linalg, "eigh", lambda matrix: (solve(matrix)[0], -other(matrix)[1]))
    assert (problem.directions(linear) == ours).all()
    assert ours.T @ ours == pytest.approx(np.eye(12), abs=1e-12)


@pytest.mark.parametrize("noise", [-1e-12, 0.0, 1e-12])
def test_of_parts_of_one_size_the_first_gives_the_sign(noise: float) -> None:
    half = np.sqrt(0.5)
    columns = np.array([[-half + noise, half], [half, half - noise]])
    assert module._signed(columns) == pytest.approx(
        np.array([[half, half], [-half, half]]), abs=1e-11
    )
