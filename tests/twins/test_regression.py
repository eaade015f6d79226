"""The regression: coefficients that were put in come out, and the right length is chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.datasets.split import inputs_of
from bench.io.store import Episodes
from bench.twins.regression import KIND
from bench.twins.twin import Fit, Twin
from tests.support.episodes import JOINTS
from tests.twins.made import episodes_of, material, silent

SCORED = JOINTS[:5]


def filtered(command: np.ndarray, weights: np.ndarray, constant: np.ndarray) -> np.ndarray:
    """q(t) = u(t) + Σ_k w_k u(t - k) + c, row by row; before row 0 the first command."""
    q = np.empty_like(command)
    for row in range(len(command)):
        q[row] = command[row] + constant
        for back, weight in enumerate(weights):
            q[row] += weight * command[max(row - back, 0)]
    return q


def noise_driven(
    weights: np.ndarray, constant: np.ndarray, seed: int, noise: float = 0.0, rows: int = 60
) -> Episodes:
    """Two episodes of random commands through that filter, measured with that noise."""
    draw = np.random.default_rng(seed)
    tracks = []
    for length in (rows, rows - 13):
        command = draw.normal(size=(length, 6))
        q = filtered(command, weights, constant) + draw.normal(0, noise, (length, 6))
        tracks.append((np.arange(length) * 0.02, command, q))
    return episodes_of(tracks)


def fit(
    repository: Path, calibration: Episodes, validation: Episodes, **chosen: list[float]
) -> Fit:
    return KIND.fit(material(repository, calibration, validation, **chosen), silent)


def coefficients(fitted: Fit, joint: str) -> list[float]:
    """Newest first, the constant last."""
    return [p.value for p in fitted.parameters if p.name.startswith(f"{joint}.")]


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.floats(-2, 2), min_size=1, max_size=5), st.integers(0, 2**32 - 1))
def test_without_noise_the_filter_is_recovered(
    repository: Path, taps: list[float], seed: int
) -> None:
    constant = np.linspace(-0.3, 0.4, 6)
    # Of each joint its own: the taps, times one to six.
    weights = np.array(taps)[:, None] * np.arange(1, 7)
    measured = noise_driven(weights, constant, seed)
    fitted = fit(repository, measured, measured, lengths=[len(taps)], ridges=[0.0])
    for column, joint in enumerate(SCORED):
        expected = [*weights[:, column], constant[column]]
        assert coefficients(fitted, joint) == pytest.approx(expected, abs=1e-9)
    assert len(fitted.parameters) == 5 * (len(taps) + 1)  # the gripper is not scored
    assert fitted.evaluations == 1


@pytest.mark.parametrize("true", [1, 2, 4])
def test_validation_chooses_the_length_that_made_the_data(repository: Path, true: int) -> None:
    """Shorter ones cannot say it, longer ones fit the noise of calibration."""
    weights = np.array([0.5, -0.4, 0.3, -0.6])[:true]
    calibration = noise_driven(weights, np.zeros(6), 1, noise=0.05)
    validation = noise_driven(weights, np.zeros(6), 2, rows=400)
    fitted = fit(repository, calibration, validation, lengths=[1, 2, 4, 16], ridges=[0.0])
    assert fitted.settings == {"length": true, "ridge": 0.0}
    assert fitted.evaluations == 4
    # Held against calibration itself, the longest would win.
    again = fit(repository, calibration, calibration, lengths=[1, 2, 4, 16], ridges=[0.0])
    assert again.settings["length"] == 16


def test_validation_chooses_the_ridge_as_well(repository: Path) -> None:
    calibration = noise_driven(np.array([0.5]), np.zeros(6), 3)
    fitted = fit(repository, calibration, calibration, lengths=[1], ridges=[10.0, 0.0, 1.0])
    assert fitted.settings == {"length": 1, "ridge": 0.0}
    assert fitted.evaluations == 3


@pytest.mark.parametrize(
    ("ridge", "slope", "constant"),
    # Commands 0, 1, 2 and residuals 1, 2, 6: means 1 and 3, Sxx 2, Sxy 5.
    [(0.0, 2.5, 0.5), (0.5, 2.0, 1.0), (3.0, 1.0, 2.0)],
)
def test_the_penalty_is_on_the_slope_alone(
    repository: Path, ridge: float, slope: float, constant: float
) -> None:
    command = np.array([[0.0], [1.0], [2.0]]) * np.ones(6)
    residual = np.array([[1.0], [2.0], [6.0]])
    measured = episodes_of([(np.arange(3.0), command, command + residual)])
    fitted = fit(repository, measured, measured, lengths=[1], ridges=[ridge])
    for joint in SCORED:
        assert coefficients(fitted, joint) == pytest.approx([slope, constant], rel=1e-12)
    names = [(p.name, p.unit, p.determined) for p in fitted.parameters[:2]]
    assert names == [
        ("shoulder_pan.command_0", "1", "fitted"),
        ("shoulder_pan.constant", "rad", "fitted"),
    ]


def test_only_reference_runs_are_fitted(repository: Path) -> None:
    good = noise_driven(np.array([0.5]), np.zeros(6), 4)
    tracks = [
        tuple(good.signal(name, n) for name in ("time", "q_command", "q")) for n in range(len(good))
    ]
    time, command, q = tracks[1]
    mixed = episodes_of([tracks[0], (time, command, q + 5)], ("reference", "repeat"))
    fitted = fit(repository, mixed, mixed, lengths=[1], ridges=[0.0])
    assert coefficients(fitted, "elbow_flex") == pytest.approx([0.5, 0.0], abs=1e-9)


def test_the_rollout_is_the_filter_and_the_gripper_keeps_its_command(repository: Path) -> None:
    weights, constant = np.array([0.5, -0.25, 0.125]), np.full(6, 0.2)
    measured = noise_driven(weights, constant, 5)
    fitted = fit(repository, measured, measured, lengths=[3], ridges=[0.0])
    unseen = noise_driven(weights, constant, 6, rows=20)
    twin = Twin("r", "regression", "so101", fitted.parameters, fitted.settings)
    held = material(repository, unseen, unseen)
    found = KIND.rollout(twin, inputs_of(unseen), held.robot, held.robot_folder, silent)
    np.testing.assert_allclose(
        found.signals["q"][:, :5], unseen.signals["q"][:, :5], rtol=0, atol=1e-9
    )
    np.testing.assert_array_equal(found.signals["q"][:, 5], unseen.signals["q_command"][:, 5])
    assert set(found.signals) == {"time", "q"}
