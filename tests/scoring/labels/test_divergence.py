from __future__ import annotations

import numpy as np
import pytest

from bench.scoring.labels import offset
from bench.scoring.labels.divergence import RULE


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_a_planted_drift_is_labelled_with_its_growth(trace_of, time, waves, power) -> None:
    predicted = waves.copy()
    predicted[:, 1] += 0.2 * (time / time[-1]) ** power
    (label,) = RULE.apply(trace_of(time, waves, predicted), {})
    assert label.joints == ("joint_1",)
    assert label.numbers["growth"] == pytest.approx(power, abs=0.1)
    assert label.numbers["order"] == pytest.approx(1.0, abs=0.1)
    assert label.numbers["end"] > 3 * label.numbers["begin"]
    assert label.interval == pytest.approx((2.0, time[-1]), abs=0.05)
    assert label.strength > 0.99


def test_errors_that_stay_fade_or_come_once_are_none(trace_of, time, waves) -> None:
    stay = 0.1 * np.sin(5 * time)
    fade = 0.2 * np.exp(-time / 5)
    once = 0.5 * ((time > 15) & (time < 17))
    small = 0.02 * time / time[-1]
    for error in (stay, fade, once, small):
        assert RULE.apply(trace_of(time, waves, waves + error[:, None]), {}) == []


def test_an_error_that_grows_with_the_motion_is_none(trace_of, time) -> None:
    """A delay in a motion that quickens."""
    path = 0.4 * np.sin(0.5 * time + 0.1 * time**2)[:, None]
    late = 0.4 * np.sin(0.5 * (time - 0.06) + 0.1 * (time - 0.06) ** 2)[:, None]
    trace = trace_of(time, path, late)
    assert RULE.apply(trace, {}) == []
    # Held against the error alone it would be one.
    assert len(RULE.apply(trace, {"pace": 1e9})) == 1


def test_short_episodes_have_none(trace_of, time, waves) -> None:
    part = time < 11
    predicted = waves + 0.3 * time[:, None] / 11
    assert RULE.apply(trace_of(time[part], waves[part], predicted[part]), {}) == []


def test_masked_rows_without_a_command_hide_no_drift(trace_of, time, waves) -> None:
    predicted = waves.copy()
    predicted[:, 1] += 0.2 * time / time[-1]
    masked = (time > 7) & (time < 7.5)
    weights, command = np.where(masked, 0.0, 0.02), waves.copy()
    whole = RULE.apply(trace_of(time, waves, predicted, weights=weights, masked=masked), {})
    command[masked] = np.nan
    fields = {"weights": weights, "masked": masked, "command": command}
    found = RULE.apply(trace_of(time, waves, predicted, **fields), {})
    assert len(whole) == len(found) == 1
    assert found[0].numbers == pytest.approx(whole[0].numbers, rel=0.05)


@pytest.mark.parametrize("turns", [0.5, 1.3, 3.2])
def test_a_joint_without_limits_may_drift_past_a_turn(trace_of, time, waves, turns) -> None:
    endless = np.tile([-np.inf, np.inf], (2, 1))
    drift = 2 * np.pi * turns * (time / time[-1])[:, None] * [0, 1]
    error = (drift + np.pi) % (2 * np.pi) - np.pi
    trace = trace_of(time, waves, waves + drift, error=error, limits=endless)
    (label,) = RULE.apply(trace, {})
    assert label.joints == ("joint_1",)
    assert label.numbers["growth"] == pytest.approx(1.0, abs=0.1)
    assert offset.RULE.apply(trace, {"share": 0.8}) == []
