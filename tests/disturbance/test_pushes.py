"""Pushes in made-up currents: found with their interval, and none where there is none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.disturbance.currents import OUTSIDE, STATES, STEP, Prepared, prepare
from bench.disturbance.detect import ArmDetector, Set, detector
from bench.disturbance.pushes import (
    THRESHOLDS,
    Residual,
    beside_level,
    largest,
    limits_of,
    pushes_of,
)
from tests.disturbance.arms import planar, pushed, recording
from tests.docs.pages import ROOT, section, tables

DEFAULTS = {name: threshold.default for name, threshold in THRESHOLDS.items()}


@pytest.fixture(scope="module")
def own() -> ArmDetector:
    arm = planar()
    names = [tuple(f"{part}{k}" for k in range(4)) for part in "cv"]
    sets = [
        Set(name, tuple(prepare(arm, *recording(seed, rests=seed % 2 == 0)) for seed in seeds))
        for name, seeds in zip(names, (range(4), range(4, 8)), strict=True)
    ]
    return detector(arm, sets[0], sets[1], DEFAULTS)


@pytest.mark.parametrize("seed", [20, 21, 22])
def test_undisturbed_currents_have_no_clear_push(own: ArmDetector, seed: int) -> None:
    found = own.pushes("new", prepare(planar(), *recording(seed)))
    assert max((push.ratio for push in found), default=0) < DEFAULTS["verdict"]


@pytest.mark.parametrize(
    ("joint", "first", "last"), [(0, 5.5, 6.3), (1, 8.6, 9.2), (0, 16.2, 17.0)]
)
@pytest.mark.parametrize("size", [-2.0, 2.0])
def test_a_planted_push_is_found_with_its_interval(
    own: ArmDetector, joint: int, first: float, last: float, size: float
) -> None:
    time, q, dq, current = recording(20)
    current = pushed(time, current, first, last, joint, size)
    found = own.pushes("new", prepare(planar(), time, q, dq, current))
    (clear,) = [push for push in found if push.ratio > DEFAULTS["verdict"]]
    assert clear.interval == pytest.approx((first, last), abs=0.2)
    assert clear.joints[0] == joint
    assert clear.peak == pytest.approx(size, abs=0.6)


def test_a_push_at_rest_is_found(own: ArmDetector) -> None:
    time = 0.008 * np.arange(2500)
    q = np.tile([0.3, -0.5], (len(time), 1))
    current = np.tile([1.0, 0.4], (len(time), 1))
    current += 0.005 * np.random.default_rng(0).standard_normal(current.shape)
    none = np.zeros_like(q)
    assert own.pushes("new", prepare(planar(), time, q, none, current)) == []
    current = pushed(time, current, 9.0, 10.0, 1, 0.6)
    (push,) = own.pushes("new", prepare(planar(), time, q, none, current))
    assert push.joints == (1,)
    assert push.interval == pytest.approx((9.0, 10.0), abs=0.15)


def test_recordings_that_set_the_limits_are_judged_by_those_of_the_others(own: ArmDetector) -> None:
    with_all, without = own.limits(), own.limits("c0")
    assert (without <= with_all).all() and (without < with_all).any()


def made(values: np.ndarray, state: np.ndarray) -> Residual:
    elsewhere = np.arange(len(values))[:, None] * np.ones(values.shape[1])  # never twice
    return Residual(STEP * np.arange(len(values)), values, state.astype(np.int8), elsewhere)


@settings(max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_no_recording_is_above_the_limits_that_it_set(seed: int, lasts: int) -> None:
    random = np.random.default_rng(seed)
    values = np.repeat(random.standard_normal((40, 2)), lasts, axis=0)
    state = np.repeat(random.integers(0, len(STATES), (40, 2)), random.integers(1, 5), axis=0)
    rows = min(len(values), len(state))
    residual = made(values[:rows], state[:rows])
    limits = limits_of([largest(residual, DEFAULTS)], DEFAULTS | {"margin": 1.0})
    assert pushes_of(residual, limits, DEFAULTS) == []


def test_what_was_never_seen_has_no_limit() -> None:
    residual = made(np.ones((20, 1)), np.zeros((20, 1)))
    limits = limits_of([largest(residual, DEFAULTS)], DEFAULTS)
    assert limits[0, 0] == pytest.approx(1.25)
    assert np.isinf(limits[1:]).all()
    assert pushes_of(made(1e9 * np.ones((20, 1)), np.ones((20, 1))), limits, DEFAULTS) == []


def test_beyond_what_was_seen_no_less_is_allowed() -> None:
    values, state = np.ones((40, 1)), np.zeros((40, 1))
    values[20:], state[20:] = 0.01, OUTSIDE
    limits = limits_of([largest(made(values, state), DEFAULTS)], DEFAULTS)
    assert limits[OUTSIDE, 0] == limits[0, 0] == pytest.approx(1.25)


def test_a_short_spike_is_no_push_and_joints_at_once_are_one() -> None:
    values = np.zeros((60, 2))
    values[10:13] = 9.0  # 0.08 s
    values[30:40, 0] = -3.0
    values[36:44, 1] = 5.0
    limits = np.ones((len(STATES), 2))
    (push,) = pushes_of(made(values, np.zeros((60, 2))), limits, DEFAULTS)
    assert push.interval == pytest.approx((30 * STEP, 43 * STEP))
    assert push.joints == (1, 0)
    assert (push.peak, push.ratio) == (5.0, 5.0)


def test_a_change_of_sides_is_no_lasting_push() -> None:
    values = np.where(np.arange(60) % 2, 3.0, -3.0)[:, None]
    limits = np.ones((len(STATES), 1))
    assert pushes_of(made(values, np.zeros((60, 1))), limits, DEFAULTS) == []


def test_the_level_is_the_median_around_a_row() -> None:
    values = np.random.default_rng(4).standard_normal((30, 1))
    found = beside_level(values, 10 * STEP)
    for row in range(30):
        around = values[max(0, row - 5) : row + 6, 0]
        assert found[row, 0] == pytest.approx(values[row, 0] - np.median(around))


def test_the_shortest_recordings_have_none(own: ArmDetector) -> None:
    for rows in (1, 2, 12):
        time = 0.008 * np.arange(rows)
        nothing = np.zeros((rows, 2))
        short = prepare(planar(), time, nothing, nothing, nothing)
        assert isinstance(short, Prepared)
        assert own.pushes("new", short) == []


def test_the_page_has_the_thresholds() -> None:
    page = (ROOT / "docs" / "labels.md").read_text(encoding="utf-8")
    said = next(iter(tables(section(page, "Pushes"))))[1:]
    assert said == [
        [f"`{name}`", f"{one.default:g}", one.unit, one.source] for name, one in THRESHOLDS.items()
    ]
