from __future__ import annotations

import numpy as np
import pytest

from bench.scoring.labels.unstable import RULE


def test_a_failure_is_labelled_to_the_end(trace_of, time, waves) -> None:
    predicted = np.where(time[:, None] < 12, waves, waves[600])
    (label,) = RULE.apply(trace_of(time, waves, predicted, failed_at=12.0), {})
    assert (label.name, label.joints) == ("unstable", ("joint_0", "joint_1"))
    assert label.interval == pytest.approx((12.0, time[-1]))
    assert label.strength == pytest.approx(1.0)
    assert label.numbers["failed_at"] == 12.0


@pytest.mark.parametrize(("failed_at", "start"), [(-1.0, 0.0), (19.99, 19.98), (1e9, 19.98)])
def test_a_failure_outside_the_clock_is_kept_in_it(trace_of, time, waves, failed_at, start) -> None:
    (label,) = RULE.apply(trace_of(time, waves, waves, failed_at=failed_at), {})
    assert label.interval == pytest.approx((start, 19.98))
    assert label.strength == 0.0


def test_every_arm_of_a_broken_simulator_is_labelled(trace_of, time, waves) -> None:
    trace = trace_of(time, waves, waves, arm_of=("left", "right"), failed_at=12.0)
    assert [label.arm for label in RULE.apply(trace, {})] == ["left", "right"]


@pytest.mark.parametrize("sign", [-1, 1])
def test_leaving_the_limits_by_far_is_labelled(trace_of, time, waves, sign) -> None:
    predicted = waves.copy()
    predicted[:, 1] = sign * np.interp(time, [5, 8, 11], [0.0, 4.0, 0.0])
    (label,) = RULE.apply(trace_of(time, waves, predicted), {})
    assert label.joints == ("joint_1",)
    assert label.interval == pytest.approx((7.25, 8.75), abs=0.021)
    assert label.numbers["beyond_limits"] == pytest.approx(2.0)


def test_a_joint_without_limits_never_leaves_them(trace_of, time, waves) -> None:
    limits = np.array([[-np.inf, np.inf]] * 2)
    predicted = waves + time[:, None]
    trace = trace_of(time, waves, predicted, limits=limits, error=np.zeros_like(waves))
    assert RULE.apply(trace, {}) == []


def test_impossible_speed_is_labelled(trace_of, time, waves) -> None:
    predicted = waves.copy()
    predicted[400:450:2] += 0.7
    (label,) = RULE.apply(trace_of(time, waves, predicted), {})
    assert label.interval == pytest.approx((time[400], time[449]))
    assert label.numbers["speed"] == pytest.approx(35, abs=1)


def test_a_step_that_was_commanded_is_not_unstable(trace_of, time, waves) -> None:
    command = np.where(time[:, None] > 5, [1.0, -1.0], 0.0)
    assert RULE.apply(trace_of(time, waves, command, command=command), {}) == []


def test_rows_of_weight_zero_do_not_count(trace_of, time, waves) -> None:
    predicted = waves.copy()
    predicted[100] = 50
    weights = np.full(len(time), 0.02)
    weights[100] = 0
    assert RULE.apply(trace_of(time, waves, predicted, weights=weights), {}) == []


def test_what_a_robot_can_do_is_not_unstable(trace_of, time, waves) -> None:
    predicted = waves + 0.3 * np.sin(20 * time)[:, None]
    assert RULE.apply(trace_of(time, waves, predicted), {}) == []
