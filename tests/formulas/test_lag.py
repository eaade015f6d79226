from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.formulas import lag as module
from bench.formulas.lag import Motion, best_shift, best_shifts, lag, moving_joints

STEP = 0.02


def clock(seconds: float, seed: int = 0) -> np.ndarray:
    """A clock of 50 Hz with 0.5 ms of jitter."""
    rows = int(seconds / STEP)
    return STEP * np.arange(rows) + np.random.default_rng(seed).uniform(0, 5e-4, rows)


def motion(time: np.ndarray, seed: int, joints: int = 3) -> np.ndarray:
    """Smooth motion: per joint one large wave of 4 to 8 s and a small one of 2 to 3 s."""
    rng = np.random.default_rng(seed)
    large, small = rng.uniform(4, 8, joints), rng.uniform(2, 3, joints)
    phase = rng.uniform(0, 2 * np.pi, (2, joints))
    t = time[:, None]
    slow = np.sin(2 * np.pi * t / large + phase[0])
    return 0.5 * slow + 0.05 * np.sin(2 * np.pi * t / small + phase[1])


def by_direct_differences(
    time: np.ndarray, reference: np.ndarray, predicted: np.ndarray, ranges: np.ndarray
) -> float | None:
    """The definition, shift by shift, for signals of which every joint moves; no masks."""
    step = np.median(np.diff(time))
    grid = np.arange(time[0], time[-1] + 1e-9, step)
    r, p = (
        np.column_stack([np.interp(grid, time, x) for x in signal.T]) / ranges
        for signal in (reference, predicted)
    )
    power = sum(np.abs(np.fft.fft(x - x.mean())) ** 2 for x in r.T)
    strongest = 1 + np.argmax(power[1 : len(grid) // 2 + 1])
    most = int(min(0.5, len(grid) * step / strongest / 4) / step)
    if most < 1:
        return None
    error = []
    for shift in range(-most, most + 1):
        moved = p[most + shift : len(p) - most + shift]
        error.append(np.var(moved - r[most : len(r) - most], axis=0).sum())
    minima = [k for k in range(1, 2 * most) if error[k - 1] > error[k] < error[k + 1]]
    if not minima:
        return None
    best = min(minima, key=lambda k: (abs(k - most), error[k]))
    a, b, c = np.polyfit([-1, 0, 1], error[best - 1 : best + 2], 2)
    lowest = max(c - b * b / (4 * a), 0)
    if 1 - np.sqrt(lowest / error[most]) < 0.1:
        return None
    return float((best - most - b / (2 * a)) * step)


@settings(max_examples=60)
@given(st.floats(-0.45, 0.45), st.integers(0, 10**6))
def test_a_planted_lag_comes_back_within_half_a_step(late: float, seed: int) -> None:
    time = clock(20, seed)
    offset_and_drift = np.array([0.3, -0.2, 0.0]) + time[:, None] * [1e-4, 0.0, -1e-4]
    predicted = motion(time - late, seed) + offset_and_drift
    found = lag(time, motion(time, seed), predicted, np.ones(3), np.ones(len(time)))
    if abs(late) < STEP:
        assert found is None or abs(found - late) < STEP / 2
    else:
        assert found is not None
        assert abs(found - late) < STEP / 2
        assert np.sign(found) == np.sign(late)


@settings(max_examples=60)
@given(st.integers(0, 10**6), st.floats(0.02, 2.0))
def test_it_equals_the_definition_by_direct_differences(seed: int, roughness: float) -> None:
    rng = np.random.default_rng(seed)
    time = np.cumsum(rng.uniform(0.015, 0.025, 400))
    walk = np.cumsum(rng.normal(0, 0.05, (400, 2)), axis=0) + rng.normal(0, 0.1, (400, 2))
    reference = walk + np.sin(time)[:, None]
    predicted = np.roll(reference, 7, axis=0) + roughness * rng.normal(0, 0.3, (400, 2))
    ranges = np.array([1.0, 3.0])
    found = lag(time, reference, predicted, ranges, np.ones(400))
    expected = by_direct_differences(time, reference, predicted, ranges)
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-9))


def test_a_sampled_lag_below_one_step_is_seen() -> None:
    time = clock(20)
    found = lag(time, motion(time, 1), motion(time - 0.007, 1), np.ones(3), np.ones(len(time)))
    assert found == pytest.approx(0.007, abs=1e-3)


@pytest.mark.parametrize("what", ["equal", "offset", "noise", "amplitude", "drift"])
def test_a_prediction_on_time_has_no_lag(what: str) -> None:
    time = clock(20)
    reference = motion(time, 2)
    predicted = {
        "equal": reference,
        "offset": reference + 0.2,
        "noise": reference + np.random.default_rng(0).normal(0, 0.05, reference.shape),
        "amplitude": 0.9 * reference,
        "drift": reference + 0.01 * time[:, None],
    }[what]
    assert lag(time, reference, predicted, np.ones(3), np.ones(len(time))) is None


@pytest.mark.parametrize("late", [-0.6, 0.6])
def test_beyond_half_a_second_there_is_none(late: float) -> None:
    time = clock(30)
    reference, predicted = np.sin(time)[:, None], np.sin(time - late)[:, None]
    assert lag(time, reference, predicted, np.ones(1), np.ones(len(time))) is None


@pytest.mark.parametrize(("late", "seen"), [(0.15, True), (0.3, False), (0.6, False)])
def test_a_periodic_motion_is_searched_up_to_a_quarter_of_its_period(
    late: float, seen: bool
) -> None:
    time = clock(16)
    turn = 2 * np.pi / 0.8
    reference, predicted = np.sin(turn * time)[:, None], np.sin(turn * (time - late))[:, None]
    found = lag(time, reference, predicted, np.ones(1), np.ones(len(time)))
    assert found == (pytest.approx(late, abs=1e-3) if seen else None)


def test_rows_of_weight_zero_are_not_read() -> None:
    time = clock(30)
    reference, predicted = motion(time, 3), motion(time - 0.1, 3)
    weights = np.ones(len(time))
    masked = np.r_[0:3, 400:500, 900, len(time) - 2 : len(time)]
    weights[masked] = 0
    reference[masked], predicted[masked] = 1e4, -1e4
    found = lag(time, reference, predicted, np.ones(3), weights)
    assert found == pytest.approx(0.1, abs=1e-3)


def test_nothing_is_wrapped_around() -> None:
    time = clock(10)
    reference = (0.5 * np.tanh(4 * (time - 5)) + 0.2 * time)[:, None]
    predicted = (0.5 * np.tanh(4 * (time - 5.2)) + 0.2 * time)[:, None]
    found = lag(time, reference, predicted, np.ones(1), np.ones(len(time)))
    assert found == pytest.approx(0.2, abs=1e-3)


def test_ranges_weigh_the_joints() -> None:
    time = clock(20)
    reference = motion(time, 4, 2)
    predicted = np.column_stack([motion(time - 0.1, 4, 2)[:, 0], motion(time - 0.3, 4, 2)[:, 1]])
    weights = np.ones(len(time))
    first = lag(time, reference, predicted, np.array([0.1, 10.0]), weights)
    second = lag(time, reference, predicted, np.array([10.0, 0.1]), weights)
    assert first == pytest.approx(0.1, abs=5e-3)
    assert second == pytest.approx(0.3, abs=5e-3)


def test_a_joint_that_rests_does_not_count() -> None:
    time = clock(20)
    reference, predicted = motion(time, 5, 2), motion(time - 0.1, 5, 2)
    reference[:, 1] = 0.01 * np.sin(time)
    predicted[:, 1] = 3 * np.sin(5 * time)
    weights = np.ones(len(time))
    assert moving_joints(reference, weights).tolist() == [True, False]
    found = lag(time, reference, predicted, np.ones(2), weights)
    assert found == pytest.approx(0.1, abs=1e-3)


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 20])
def test_too_few_rows_give_none(rows: int) -> None:
    time = STEP * np.arange(rows)
    reference = np.column_stack([time, time**2]) * 10
    assert lag(time, reference, reference[::-1], np.ones(2), np.ones(rows)) is None


@pytest.mark.parametrize("kept", [[], [7], [7, 8], list(range(0, 500, 2))])
def test_too_few_neighbouring_rows_give_none(kept: list[int]) -> None:
    time = clock(10)
    weights = np.zeros(len(time))
    weights[kept] = 1
    predicted = motion(time - 0.1, 6)
    assert lag(time, motion(time, 6), predicted, np.ones(3), weights) is None


@pytest.mark.parametrize("constant", ["reference", "predicted", "both"])
def test_constant_signals_give_none(constant: str) -> None:
    time = clock(10)
    reference, predicted = motion(time, 7), motion(time - 0.1, 7)
    if constant != "predicted":
        reference[:] = 0.3
    if constant != "reference":
        predicted[:] = -0.3
    assert lag(time, reference, predicted, np.ones(3), np.ones(len(time))) is None


def test_no_joint_gives_none() -> None:
    time = clock(10)
    none = np.zeros((len(time), 0))
    assert lag(time, none, none, np.zeros(0), np.ones(len(time))) is None


@pytest.mark.parametrize("wrong", [0.0, -1.0, float("nan")])
def test_ranges_have_to_be_positive(wrong: float) -> None:
    time = clock(10)
    with pytest.raises(ValueError, match="ranges"):
        lag(time, motion(time, 1), motion(time, 2), np.array([1.0, wrong, 1.0]), np.ones(len(time)))


@settings(max_examples=40)
@given(st.integers(0, 10**6), st.integers(0, 4))
def test_with_masked_rows_it_equals_the_definition_point_by_point(seed: int, gaps: int) -> None:
    """Shift by shift on a uniform clock, over the points from which every shift is readable."""
    rng = np.random.default_rng(seed)
    time = np.arange(600) / 64
    reference = np.cumsum(rng.normal(0, 0.1, (600, 2)), axis=0)
    predicted = np.roll(reference, 5, axis=0) + rng.normal(0, 0.02, (600, 2))
    weights = np.ones(600)
    for first in rng.integers(1, 598, gaps):
        weights[first : first + rng.integers(1, 40)] = 0
    weights[0] = 0
    rows = np.flatnonzero(weights)
    at = np.arange(time[rows[0]], time[rows[-1]] + 1e-9, 1 / 64)
    r, p = (
        np.column_stack([np.interp(at, time[rows], x[rows]) for x in signal.T])
        for signal in (reference, predicted)
    )
    power = sum(np.abs(np.fft.rfft(x - x.mean())[1:]) ** 2 for x in r.T)
    most = int(min(0.5, len(at) / 64 / (1 + np.argmax(power)) / 4) * 64)
    start = round(at[0] * 64)
    # The grid's last point is readable only if a counted row follows it.
    free = [bool(weights[start + k] and weights[min(start + k + 1, 599)]) for k in range(len(at))]
    points = [
        k
        for k in range(most, len(at) - most)
        if all(free[k + shift] for shift in range(-most, most + 1))
    ]
    found = best_shift(time, reference, predicted, np.ones(2), weights)
    if most < 1 or len(points) < 2 * most + 1:
        assert found is None
        return
    error = np.array(
        [np.var(p[np.add(points, s)] - r[points], axis=0) for s in range(-most, most + 1)]
    )
    total = error.sum(axis=1)
    minima = [k for k in range(1, 2 * most) if total[k - 1] > total[k] < total[k + 1]]
    if not minima:
        assert found is None
        return
    best = min(minima, key=lambda k: (abs(k - most), total[k]))
    a, b, c = np.polyfit([-1, 0, 1], total[best - 1 : best + 2], 2)
    if 1 - np.sqrt(max(c - b * b / (4 * a), 0) / total[most]) < 0.1:
        assert found is None
        return
    assert found is not None
    assert found.lag == pytest.approx((best - most - b / (2 * a)) / 64, abs=1e-9)
    np.testing.assert_allclose(found.before, error[most], rtol=1e-9)


def test_arms_in_one_go_are_as_each_by_itself() -> None:
    time = clock(20)
    reference = motion(time, 8, 5)
    reference[:, 3] = 0.2
    predicted = np.where(np.arange(5) < 2, motion(time - 0.1, 8, 5), motion(time + 0.06, 8, 5))
    ranges, weights = np.array([1.0, 2.0, 3.0, 4.0, 5.0]), np.r_[0.0, np.ones(len(time) - 1)]
    arms = [[4, 2, 3], [0, 1], []]
    found = best_shifts(Motion(time, reference, predicted, ranges, weights), arms)
    assert found[2] is None
    for shift, columns in zip(found[:2], arms, strict=False):
        alone = best_shift(
            time, reference[:, columns], predicted[:, columns], ranges[columns], weights
        )
        assert shift is not None
        assert alone is not None
        assert shift.lag == alone.lag
        np.testing.assert_array_equal(shift.before, alone.before)
        np.testing.assert_array_equal(shift.after, alone.after)


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.floats(-0.45, 0.45))
def test_how_far_is_tried_first_changes_nothing(seed: int, late: float) -> None:
    time = clock(20, seed)
    noise = np.random.default_rng(seed).normal(0, 0.05, (len(time), 3))
    predicted = motion(time - late, seed) + noise
    found = lag(time, motion(time, seed), predicted, np.ones(3), np.ones(len(time)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "NEAR", 10_000)
        whole = lag(time, motion(time, seed), predicted, np.ones(3), np.ones(len(time)))
    assert found == (None if whole is None else pytest.approx(whole, rel=1e-9))
