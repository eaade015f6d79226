from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.scoring.labels.lag import RULE


def later(time: np.ndarray, late: float) -> np.ndarray:
    return 0.5 * np.sin(np.outer(time - late, [0.9, 1.3]))


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.floats(0.075, 0.45), st.sampled_from([-1, 1]))
def test_a_planted_lag_is_labelled_with_its_sign(trace_of, time, waves, size, sign) -> None:
    (label,) = RULE.apply(trace_of(time, waves, later(time, sign * size) + 0.1), {})
    assert (label.name, label.arm, label.joints) == ("lag", "arm", ("joint_0", "joint_1"))
    assert label.numbers["lag"] == pytest.approx(sign * size, abs=0.01)
    assert label.numbers["removed"] > 0.95
    assert label.interval == (time[1], time[-1])


def test_strength_leaves_out_what_is_no_lag(trace_of, time, waves) -> None:
    predicted = later(time, 0.2)
    late = predicted - waves
    offset = float(np.sqrt(np.mean(late[1:].var(axis=0))))
    centred = late - late[1:].mean(axis=0)
    (label,) = RULE.apply(trace_of(time, waves, waves + centred + offset), {})
    assert label.strength == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("late", [0.0, 0.03, -0.03])
def test_small_lags_are_none(trace_of, time, waves, late) -> None:
    assert RULE.apply(trace_of(time, waves, later(time, late)), {}) == []


def test_a_lag_that_explains_little_is_none(trace_of, time, waves) -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, waves.shape)
    trace = trace_of(time, waves, later(time, 0.2) + noise)
    assert RULE.apply(trace, {}) == []
    assert len(RULE.apply(trace, {"removed": 0.2})) == 1


def test_only_joints_that_come_late_take_part(trace_of, time, waves) -> None:
    predicted = np.column_stack([later(time, 0.2)[:, 0], waves[:, 1], np.zeros(len(time))])
    reference = np.column_stack([waves, np.zeros(len(time))])
    (label,) = RULE.apply(trace_of(time, reference, predicted), {"removed": 0.1, "lag": 0.01})
    assert label.joints == ("joint_0",)


def test_arms_are_told_apart(trace_of, time, waves) -> None:
    predicted = np.column_stack([waves[:, 0], later(time, 0.2)[:, 1]])
    (label,) = RULE.apply(trace_of(time, waves, predicted, arm_of=("left", "right")), {})
    assert (label.arm, label.joints) == ("right", ("joint_1",))


def test_a_joint_that_turns_on_and_on_is_followed(trace_of, time) -> None:
    def turning(t: np.ndarray) -> np.ndarray:
        return (2.0 * t + np.sin(t))[:, None]

    reference = (turning(time) + np.pi) % (2 * np.pi) - np.pi
    predicted = turning(time - 0.2)
    trace = trace_of(
        time,
        reference,
        predicted,
        error=predicted - turning(time),
        limits=np.array([[-np.inf, np.inf]]),
        ranges=np.array([2 * np.pi]),
    )
    (label,) = RULE.apply(trace, {})
    assert label.numbers["lag"] == pytest.approx(0.2, abs=0.01)
