from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bench.scoring.labels.offset import RULE


@settings(
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.floats(-0.2, 0.2), st.floats(0.0, 0.2))
def test_a_planted_offset_is_labelled_exactly_where_it_stands_out(
    trace_of, time, waves, offset, ripple
) -> None:
    error = np.zeros_like(waves)
    error[:, 1] = offset + ripple * np.sqrt(2) * np.cos(2 * np.pi * time)
    found = RULE.apply(trace_of(time, waves, waves + error), {})
    mean = np.average(error[1:, 1])
    square = np.mean(error[1:, 1] ** 2)
    assume(abs(abs(mean) - 0.044) > 1e-9)
    assume(abs(mean**2 - 0.5 * square) > 1e-9 or abs(mean) < 0.044)
    if abs(mean) >= 0.044 and mean**2 >= 0.5 * square:
        share = mean**2 / square
        (label,) = found
        assert (label.name, label.arm, label.joints) == ("offset", "arm", ("joint_1",))
        assert label.episode == "wave/run-a"
        assert label.interval == (time[1], time[-1])
        assert label.numbers["mean_error"] == pytest.approx(mean)
        assert label.numbers["share"] == pytest.approx(share)
        assert label.strength == pytest.approx(share)
    else:
        assert found == []


def test_strength_is_the_share_of_the_whole_arm(trace_of, time, waves) -> None:
    trace = trace_of(time, waves, waves + np.array([0.1, 0.2]), ranges=np.array([2.0, 4.0]))
    strengths = [label.strength for label in RULE.apply(trace, {})]
    assert strengths == pytest.approx([0.5, 0.5])


def test_arms_are_told_apart(trace_of, time, waves) -> None:
    trace = trace_of(time, waves, waves + np.array([0.0, 0.1]), arm_of=("left", "right"))
    (label,) = RULE.apply(trace, {})
    assert (label.arm, label.joints) == ("right", ("joint_1",))
    assert label.strength == pytest.approx(1.0)


def test_rows_of_weight_zero_do_not_count(trace_of, time, waves) -> None:
    predicted = waves.copy()
    predicted[500:] += 5.0
    weights = np.where(np.arange(len(time)) < 500, 0.02, 0.0)
    assert RULE.apply(trace_of(time, waves, predicted, weights=weights), {}) == []


def test_settings_override_thresholds(trace_of, time, waves) -> None:
    trace = trace_of(time, waves, waves + np.array([0.0, 0.02]))
    assert RULE.apply(trace, {}) == []
    assert len(RULE.apply(trace, {"mean": 0.01})) == 1
