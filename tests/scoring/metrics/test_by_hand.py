"""Metrics on errors whose score can be computed by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench.scoring.metrics.metric import Missing
from bench.scoring.metrics.registry import metric
from tests.support.traces import make_trace, one_gripper


def _value(name: str, **fields: object) -> float | None:
    error = fields.pop("error", np.zeros((51, 2)))
    value = metric(name).compute(make_trace(error, **fields))
    return None if isinstance(value, Missing) else value


def test_a_constant_error_is_its_own_rmse() -> None:
    error = np.tile([0.02, -0.04], (51, 1))
    assert _value("joint_rmse", error=error) == pytest.approx(0.03)
    assert _value("joint_rmse_centred", error=error) == pytest.approx(0.0, abs=1e-15)


def test_unmoved_joints_are_left_out_of_the_moving_score() -> None:
    error = np.tile([0.02, -0.04], (51, 1))
    reference = np.zeros((51, 2))
    reference[:, 0] = np.linspace(0, 1, 51)
    assert _value("joint_rmse_moving", error=error, reference=reference) == pytest.approx(0.02)
    assert _value("joint_rmse_moving", error=error, reference=np.zeros((51, 2))) is None


def test_normalised_error_by_hand() -> None:
    error = np.tile([0.02, -0.04], (51, 1))
    fields = {"ranges": np.array([2.0, 4.0]), "joint_weights": np.array([0.75, 0.25])}
    expected = math.sqrt(0.75 * 0.01**2 + 0.25 * 0.01**2)
    for name in ("rms", "median", "p95", "max"):
        assert _value(f"rmse_norm_{name}", error=error, **fields) == pytest.approx(expected)


def test_two_arms_are_joined_by_the_root_of_the_mean_square() -> None:
    error = np.tile([0.03, 0.06], (51, 1))
    arms = ("left", "right")
    fields = {"arms": arms, "arm_of": arms, "joint_weights": np.ones(2), "ranges": np.ones(2)}
    expected = math.sqrt((0.03**2 + 0.06**2) / 2)
    assert _value("rmse_norm_rms", error=error, **fields) == pytest.approx(expected)


def test_pose_metrics_by_hand() -> None:
    """1 mm up to the last half second, 3 mm in it; rows at 0.02 s, row 0 out."""
    time = np.arange(51) * 0.02
    last = time >= time[-1] - 0.5
    distance = np.where(last, 0.003, 0.001)[:, None]
    # The end holds 26 rows; the trapezoid gives the last row half a step.
    weights = np.full(51, 0.02)
    weights[[1, 50]] = 0.01
    weights[0] = 0
    mean = (weights * distance[:, 0]).sum() / weights.sum()
    square = (weights * distance[:, 0] ** 2).sum() / weights.sum()
    fields = {"position_error": distance, "orientation_error": 10 * distance}
    assert _value("position_mean", **fields) == pytest.approx(mean)
    assert _value("position_rmse", **fields) == pytest.approx(math.sqrt(square))
    assert _value("position_max", **fields) == pytest.approx(0.003)
    assert _value("position_end", **fields) == pytest.approx(0.003)
    assert _value("orientation_end", **fields) == pytest.approx(0.03)
    assert _value("orientation_mean", **fields) == pytest.approx(10 * mean)


def test_a_gripper_that_is_not_predicted_has_no_score() -> None:
    assert _value("gripper_rmse") is None
    assert _value("gripper_rmse", others=one_gripper(np.full((51, 1), 0.1))) == pytest.approx(0.1)
