from __future__ import annotations

import numpy as np
import pytest

from bench.scoring.labels.overshoot import RULE
from tests.support.sizes import check_sizes


def answer(time: np.ndarray, damping: float, at: float = 1.0, size: float = 0.5) -> np.ndarray:
    """(N,) what a spring with this damping ratio at 1.5 Hz does after a step of a command."""
    since = np.maximum(time - at, 0.0)
    natural = 2 * np.pi * 1.5
    if damping >= 1:
        return size * (1 - (1 + natural * since) * np.exp(-natural * since))
    own = natural * np.sqrt(1 - damping**2)
    decay = np.exp(-damping * natural * since)
    ring = np.cos(own * since) + damping * natural / own * np.sin(own * since)
    return size * (1 - decay * ring)


def steps(time: np.ndarray, damping: float) -> np.ndarray:
    """(N, 1) up at 1 s and down at 6 s."""
    return (answer(time, damping) - answer(time, damping, 6.0))[:, None]


def command(time: np.ndarray) -> np.ndarray:
    return np.where((time >= 1) & (time < 6), 0.5, 0.0)[:, None]


def test_a_planted_overshoot_is_labelled(trace_of, time) -> None:
    trace = trace_of(time, steps(time, 1.0), steps(time, 0.2), command=command(time))
    (label,) = RULE.apply(trace, {})
    assert label.joints == ("joint_0",)
    assert label.numbers["times"] == 2
    assert label.numbers["step"] == pytest.approx(0.5)
    first = 0.5 * np.exp(-np.pi * 0.2 / np.sqrt(1 - 0.04))
    assert label.numbers["entry_overshoot"] == pytest.approx(first, rel=0.15)
    assert label.numbers["reference_overshoot"] < 0.005
    assert label.interval[0] == pytest.approx(1.0, abs=0.05)
    assert 6.5 < label.interval[1] < 7.5


def test_a_single_one_in_a_long_episode_is_labelled(trace_of) -> None:
    """However little it adds to the error of the whole."""
    time = 0.02 * np.arange(6000)
    command = np.where(time >= 1, 0.5, 0.0)[:, None]
    still, ringing = (answer(time, damping)[:, None] for damping in (1.0, 0.6))
    trace = trace_of(time, still, ringing + (ringing > 0.51) * 0.03, command=command)
    (label,) = RULE.apply(trace, {})
    assert label.numbers["more"] == pytest.approx(0.5 * 0.095 + 0.03, abs=0.01)
    assert trace.joint_rms[0] < 0.0075
    assert check_sizes(RULE, trace) == 1


def test_a_robot_that_overshoots_too_gives_none(trace_of, time) -> None:
    both = steps(time, 0.2)
    assert RULE.apply(trace_of(time, both, both + 0.02, command=command(time)), {}) == []
    late = steps(time, 1.0)
    assert RULE.apply(trace_of(time, both, late, command=command(time)), {}) == []


def test_a_slow_approach_and_a_drift_are_none(trace_of, time) -> None:
    reference = steps(time, 1.0)
    slow = 0.5 * (1 - np.exp(-np.maximum(time - 1, 0) / 0.8))[:, None]
    slow -= 0.5 * (1 - np.exp(-np.maximum(time - 6, 0) / 0.8))[:, None]
    drift = reference - 0.01 * time[:, None]
    for predicted in (slow, drift):
        assert RULE.apply(trace_of(time, reference, predicted, command=command(time)), {}) == []


def test_noise_and_motion_without_holds_are_none(trace_of, time, waves) -> None:
    reference = steps(time, 1.0)
    noisy = reference + np.random.default_rng(0).normal(0, 0.008, reference.shape)
    assert RULE.apply(trace_of(time, reference, noisy, command=command(time)), {}) == []
    assert RULE.apply(trace_of(time, waves, 1.2 * waves), {}) == []


def test_rows_of_weight_zero_do_not_count(trace_of, time) -> None:
    weights = np.where((time > 1) & (time < 3) | (time > 6) & (time < 8), 0.0, 0.02)
    trace = trace_of(
        time, steps(time, 1.0), steps(time, 0.2), command=command(time), weights=weights
    )
    assert RULE.apply(trace, {}) == []


def test_strength_is_that_of_the_holds_alone(trace_of, time) -> None:
    """What is wrong between two of them is another matter."""
    predicted = steps(time, 0.2)
    predicted[(time > 3) & (time < 5.5)] += 0.3
    (label,) = RULE.apply(trace_of(time, steps(time, 1.0), predicted, command=command(time)), {})
    assert label.numbers["times"] == 2
    error = (predicted - steps(time, 1.0))[:, 0] ** 2
    looked = (time >= 1) & (time < 2) | (time >= 6) & (time < 7)
    assert label.strength == pytest.approx(error[looked].sum() / error[1:].sum(), abs=0.02)
    assert label.strength < 0.5
