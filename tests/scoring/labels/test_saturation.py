from __future__ import annotations

import numpy as np
import pytest

from bench.scoring.labels.saturation import RULE


def slewed(time: np.ndarray, command: np.ndarray, top: float) -> np.ndarray:
    """(N, 1) follows a command as fast as 0.05 s allow, and `top` rad/s."""
    found = np.empty(len(time))
    at = command[0, 0]
    for k, wanted in enumerate(command[:, 0]):
        step = (wanted - at) * 0.02 / 0.05
        at += np.clip(step, -top * 0.02, top * 0.02)
        found[k] = at
    return found[:, None]


def stairs(time: np.ndarray) -> np.ndarray:
    return (0.6 * (np.floor(time / 3) % 2))[:, None]


def test_a_top_speed_is_labelled_in_both_directions(trace_of, time) -> None:
    command = stairs(time)
    reference, predicted = slewed(time, command, 20.0), slewed(time, command, 1.0)
    up, down = RULE.apply(trace_of(time, reference, predicted, command=command), {})
    for label in (up, down):
        assert label.joints == ("joint_0",)
        assert label.numbers["speed"] == pytest.approx(1.0, rel=0.05)
        assert label.numbers["reference_speed"] > 3
        assert label.numbers["time"] > 1
    assert up.interval[0] == pytest.approx(3.05, abs=0.1)
    assert down.interval[0] == pytest.approx(6.05, abs=0.1)


def test_a_soft_servo_has_no_top_speed(trace_of, time) -> None:
    command = stairs(time)
    soft = np.empty(len(time))
    at = 0.0
    for k, wanted in enumerate(command[:, 0]):
        at += (wanted - at) * 0.02 / 0.3
        soft[k] = at
    trace = trace_of(time, slewed(time, command, 20.0), soft[:, None], command=command)
    assert RULE.apply(trace, {}) == []


def test_a_robot_with_the_same_top_speed_gives_none(trace_of, time) -> None:
    command = stairs(time)
    both = slewed(time, command, 1.0)
    assert RULE.apply(trace_of(time, both, both, command=command), {}) == []
    late = np.roll(both, 10, axis=0)
    assert RULE.apply(trace_of(time, both, late, command=command), {}) == []


def test_a_declared_limit_is_labelled(trace_of, time) -> None:
    command = 0.8 * np.sin(time)[:, None]
    limits = np.array([[-2.0, 0.5]])
    held = np.minimum(command, 0.5)
    found = RULE.apply(trace_of(time, command, held, command=command, limits=limits), {})
    (label,) = [label for label in found if "limit" in label.numbers]
    assert label.numbers["limit"] == 0.5
    assert label.interval[0] < 2
    trace = trace_of(time, held, held, command=command, limits=limits)
    assert RULE.apply(trace, {}) == []


def test_rows_of_weight_zero_do_not_count(trace_of, time) -> None:
    command = stairs(time)
    weights = np.where((time % 3) < 1, 0.0, 0.02)
    reference, predicted = slewed(time, command, 20.0), slewed(time, command, 1.0)
    trace = trace_of(time, reference, predicted, command=command, weights=weights)
    assert RULE.apply(trace, {}) == []
