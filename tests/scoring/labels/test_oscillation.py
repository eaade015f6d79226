from __future__ import annotations

import numpy as np
import pytest

from bench.scoring.labels.oscillation import RULE
from tests.support.sizes import check_sizes


@pytest.mark.parametrize("frequency", [3.0, 5.5, 12.0])
def test_a_planted_vibration_is_labelled(trace_of, time, waves, frequency) -> None:
    predicted = waves.copy()
    predicted[:, 0] += 0.015 * np.sin(2 * np.pi * frequency * time)
    (label,) = RULE.apply(trace_of(time, waves, predicted), {})
    assert label.joints == ("joint_0",)
    assert label.numbers["frequency"] == pytest.approx(frequency, abs=0.06)
    assert label.numbers["amplitude"] == pytest.approx(0.015, rel=0.05)
    assert label.numbers["share"] > 0.9
    assert label.strength == pytest.approx(1.0, abs=0.05)


def test_a_robot_that_vibrates_too_gives_none(trace_of, time, waves) -> None:
    shaking = waves + 0.02 * np.sin(2 * np.pi * 5 * time)[:, None]
    other = waves + 0.02 * np.sin(2 * np.pi * 5 * time + 1.5)[:, None]
    assert RULE.apply(trace_of(time, shaking, other), {}) == []


def test_motion_noise_and_jerks_are_none(trace_of, time, waves) -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, waves.shape)
    jump = 0.3 * (time > 9)[:, None]
    stalls = 0.2 * ((time > 5) & (time < 6) | (time > 13) & (time < 14))[:, None]
    for error in (0.3 * waves, noise, jump, stalls, 0.1):
        assert RULE.apply(trace_of(time, waves, waves + error), {}) == []


def test_a_small_vibration_is_none(trace_of, time, waves) -> None:
    predicted = waves + 0.006 * np.sin(2 * np.pi * 5 * time)[:, None]
    assert RULE.apply(trace_of(time, waves, predicted), {}) == []
    assert len(RULE.apply(trace_of(time, waves, predicted), {"amplitude": 0.004})) == 2


@pytest.mark.parametrize("gaps", [[(8, 10)], [(5, 6), (8, 10)]])
def test_rows_on_both_sides_of_a_gap_are_not_put_together(trace_of, time, waves, gaps) -> None:
    predicted = waves + 0.015 * np.sin(2 * np.pi * 5 * time)[:, None] * [1, 0]
    masked = np.any([(time > a) & (time < b) for a, b in gaps], axis=0)
    weights = np.where(masked, 0.0, 0.02)
    weights[0] = 0.0
    (label,) = RULE.apply(trace_of(time, waves, predicted, weights=weights, masked=masked), {})
    assert label.joints == ("joint_0",)
    assert label.numbers["frequency"] == pytest.approx(5.0, abs=0.1)
    assert label.numbers["amplitude"] == pytest.approx(0.015, rel=0.05)


def test_what_is_slower_than_all_that_is_looked_at_is_no_part_of_it(trace_of, time, waves) -> None:
    error = 0.004 * np.sin(2 * np.pi * 2.55 * time) + 0.004 * np.sin(2 * np.pi * 2.35 * time)
    trace = trace_of(time, waves, waves + error[:, None] * [1, 0])
    (label,) = RULE.apply(trace, {"amplitude": 0.003, "stands_out": 0.5})
    assert label.numbers["amplitude"] == pytest.approx(0.004, rel=0.1)
    assert label.numbers["share"] <= 1
    both = 0.02 * np.sin(2 * np.pi * 2.7 * time) + 0.004 * np.sin(2 * np.pi * 2.35 * time)
    assert check_sizes(RULE, trace_of(time, waves, waves + both[:, None] * [1, 0])) == 1


def test_calm_rows_beyond_a_gap_hide_no_vibration(trace_of) -> None:
    time = 0.02 * np.arange(4000)
    waves = 0.5 * np.sin(np.outer(time, [0.9, 1.3]))
    masked = (time >= 12) & (time % 10 >= 2) & (time % 10 < 3)
    shaking = 0.009 * np.sin(2 * np.pi * 5 * time) * (time < 12)
    weights = np.where(masked, 0.0, 0.02)
    trace = trace_of(time, waves, waves + shaking[:, None] * [1, 0], weights=weights, masked=masked)
    assert trace.joint_rms[0] < 0.004
    (label,) = RULE.apply(trace, {})
    assert label.numbers["amplitude"] == pytest.approx(0.009, rel=0.05)
    assert check_sizes(RULE, trace) == 1
