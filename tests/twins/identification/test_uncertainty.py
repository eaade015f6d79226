"""Oracle: a linear problem, whose fit without a group is known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from bench.twins.identification.uncertainty import uncertainty


@pytest.fixture
def linear() -> tuple[list[np.ndarray], list[np.ndarray]]:
    random = np.random.default_rng(3)
    matrices = [random.normal(size=(30, 3)) for _ in range(6)]
    shifts = random.normal(size=(6, 3)) * 0.2
    centre = np.array([1.0, -0.5, 0.2])
    targets = [a @ (centre + shift) for a, shift in zip(matrices, shifts, strict=True)]
    return matrices, targets


def ridge(matrices: list[np.ndarray], targets: list[np.ndarray]) -> np.ndarray:
    """Least squares with a prior of spread 1 around 0."""
    a = np.concatenate([*matrices, np.eye(3)])
    return np.linalg.lstsq(a, np.concatenate([*targets, np.zeros(3)]), rcond=None)[0]


BOUNDS = (np.full(3, -10.0), np.full(3, 10.0))


def test_without_a_group_is_the_fit_without_it(linear: tuple[list, list]) -> None:
    matrices, targets = linear
    groups = ["a", "a", "b", "c", "d", "e"]
    x = ridge(matrices, targets)
    squares = np.array([a.T @ a for a in matrices])
    slopes = np.array([a.T @ (a @ x - b) for a, b in zip(matrices, targets, strict=True)])
    found = uncertainty(x, squares, slopes, groups, BOUNDS)
    assert found.groups == ("a", "b", "c", "d", "e")
    assert found.degrees == 4
    for number, name in enumerate(found.groups):
        keep = [i for i, group in enumerate(groups) if group != name]
        expected = ridge([matrices[i] for i in keep], [targets[i] for i in keep])
        assert found.without[number] == pytest.approx(expected, rel=1e-9)
    spread = found.without - found.without.mean(axis=0)
    assert found.standard_error == pytest.approx(np.sqrt(4 / 5 * (spread**2).sum(axis=0)))
    assert found.between == pytest.approx(found.standard_error * np.sqrt(5))


def test_what_the_data_do_not_see_is_the_priors() -> None:
    squares = np.zeros((4, 2, 2))
    squares[:, 0, 0] = 100.0
    slopes = np.zeros((4, 2))
    bounds = (np.full(2, -5.0), np.full(2, 5.0))
    found = uncertainty(np.zeros(2), squares, slopes, ["a", "b", "c", "d"], bounds)
    assert found.from_prior == pytest.approx([1 / 401, 1.0])
    assert found.inflation == pytest.approx([1.0, 1.0])


def test_the_inflation_is_what_the_others_leave_open() -> None:
    correlation, count = 0.9, 1e9
    covariance = np.array([[1.0, correlation], [correlation, 1.0]])
    squares = np.repeat(count * np.linalg.inv(covariance)[None], 2, axis=0)
    bounds = (np.full(2, -5.0), np.full(2, 5.0))
    found = uncertainty(np.zeros(2), squares, np.zeros((2, 2)), ["a", "b"], bounds)
    # The variance of one normal variable given another is 1 - r² of what it is without.
    assert found.inflation == pytest.approx(1 / (1 - correlation**2), rel=1e-6)


def test_coordinates_without_a_group_stay_within_the_bounds() -> None:
    squares = np.ones((2, 1, 1))
    slopes = np.array([[50.0], [-50.0]])
    found = uncertainty(np.zeros(1), squares, slopes, ["a", "b"], (-np.ones(1), np.ones(1)))
    assert np.abs(found.without).max() <= 1.0


def test_one_group_is_too_few() -> None:
    one = np.ones((2, 1, 1))
    with pytest.raises(ValueError, match="two groups, not 1"):
        uncertainty(np.zeros(1), one, np.zeros((2, 1)), ["a", "a"], (-np.ones(1), np.ones(1)))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    random, held = np.random.default_rng(11), 0
    for _ in range(400):
        matrices = [random.normal(size=(20, 1)) for _ in range(10)]
        targets = [a[:, 0] * (0.3 + 0.1 * random.normal()) for a in matrices]
        a, b = np.concatenate(matrices), np.concatenate(targets)
        x = np.array([(a[:, 0] @ b) / (a[:, 0] @ a[:, 0] + 1)])
        squares = np.array([m.T @ m for m in matrices])
        slopes = np.array([m.T @ (m @ x - t) for m, t in zip(matrices, targets, strict=True)])
        groups = [str(i) for i in range(10)]
        found = uncertainty(x, squares, slopes, groups, (-np.ones(1), np.ones(1)))
        held += abs(x[0] - 0.3) <= 2.262 * found.standard_error[0]
    assert 0.92 < held / 400 < 0.99
