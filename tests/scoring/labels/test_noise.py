from __future__ import annotations

import numpy as np
import pytest

from bench.scoring.labels.noise import RULE


@pytest.mark.parametrize("size", [0.003, 0.02])
def test_planted_noise_is_labelled_with_its_deviation(trace_of, time, waves, size) -> None:
    predicted = waves.copy()
    predicted[:, 1] += np.random.default_rng(0).normal(0, size, len(time))
    (label,) = RULE.apply(trace_of(time, waves, predicted), {})
    assert label.joints == ("joint_1",)
    assert label.numbers["deviation"] == pytest.approx(size, rel=0.1)
    assert label.numbers["reference_deviation"] < 2e-4
    assert label.numbers["alternating"] == pytest.approx(2 / 3, abs=0.1)
    assert label.strength == pytest.approx(1.0, abs=0.2)


def test_noise_on_an_uneven_clock(trace_of) -> None:
    time = np.cumsum(np.where(np.arange(1000) % 2, 0.008, 0.024))
    reference = 0.5 * np.sin(3 * time)[:, None]
    smooth = 0.5 * np.sin(3 * time - 0.2)[:, None]
    assert RULE.apply(trace_of(time, reference, smooth), {}) == []
    noise = np.random.default_rng(0).normal(0, 0.003, smooth.shape)
    (label,) = RULE.apply(trace_of(time, reference, smooth + noise), {})
    assert label.numbers["deviation"] == pytest.approx(0.003, rel=0.1)


def test_a_robot_that_is_as_noisy_gives_none(trace_of, time, waves) -> None:
    first, second = np.random.default_rng(0).normal(0, 0.004, (2, *waves.shape))
    assert RULE.apply(trace_of(time, waves + first, waves + second), {}) == []


def test_vibrations_steps_and_rounding_are_no_noise(trace_of, time, waves) -> None:
    shaking = waves + 0.02 * np.sin(2 * np.pi * 6 * time)[:, None]
    stepped = waves + 0.3 * (np.floor(time) % 2)[:, None]
    rounded = np.rint(waves / 0.0015) * 0.0015
    for predicted in (shaking, stepped, rounded):
        assert RULE.apply(trace_of(time, waves, predicted), {}) == []


def test_rows_of_weight_zero_do_not_count(trace_of, time, waves) -> None:
    noise = np.random.default_rng(0).normal(0, 0.01, waves.shape)
    noise[:500] = 0
    weights = np.where(np.arange(len(time)) < 500, 0.02, 0.0)
    assert RULE.apply(trace_of(time, waves, waves + noise, weights=weights), {}) == []
