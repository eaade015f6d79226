from __future__ import annotations

import numpy as np
import pytest

from bench.formulas.joint_regression import (
    ACCELERATION,
    DIRECTION,
    GRAVITY,
    MOVES,
    POSITION,
    SPEED,
    TRAVEL,
    Explained,
    explain,
)

TIME = 0.02 * np.arange(2000)
PHASE = np.array([0.0, 1.0])
FREQUENCY = np.array([[0.9, 1.3], [2.9, 2.3]])


def motion() -> np.ndarray:
    """(N, 2) two sines a joint."""
    slow = 0.5 * np.sin(np.outer(TIME, FREQUENCY[0]) + PHASE)
    return slow + 0.06 * np.sin(np.outer(TIME, FREQUENCY[1]) + 2 * PHASE)


def velocity() -> np.ndarray:
    slow = 0.5 * FREQUENCY[0] * np.cos(np.outer(TIME, FREQUENCY[0]) + PHASE)
    return slow + 0.06 * FREQUENCY[1] * np.cos(np.outer(TIME, FREQUENCY[1]) + 2 * PHASE)


def acceleration() -> np.ndarray:
    slow = -0.5 * FREQUENCY[0] ** 2 * np.sin(np.outer(TIME, FREQUENCY[0]) + PHASE)
    return slow - 0.06 * FREQUENCY[1] ** 2 * np.sin(np.outer(TIME, FREQUENCY[1]) + 2 * PHASE)


def weight() -> np.ndarray:
    """(N, 2) a torque that goes with no other term."""
    return np.cos(1.7 * np.outer(TIME, [1.0, 1.1]))


def explained(error: np.ndarray, **other: object) -> Explained:
    fields = {
        "time": TIME,
        "position": motion(),
        "error": error,
        "counted": np.arange(len(TIME)) > 0,
        "arm_of": [0, 0],
        "gravity": lambda rows: weight()[rows],
        "joints": np.arange(2),
    }
    return explain(**{**fields, **other})  # type: ignore[arg-type]


def noise(size: float = 1e-4) -> np.ndarray:
    return np.random.default_rng(0).normal(0, size, (len(TIME), 2))


@pytest.mark.parametrize(
    ("term", "part", "unit"),
    [
        (SPEED, velocity, 1.0),
        (ACCELERATION, acceleration, 1.0),
        (GRAVITY, weight, 1.0),
        (POSITION, motion, 1.0),
    ],
)
def test_a_planted_term_is_found_with_its_coefficient(term, part, unit) -> None:
    error = 0.02 + noise()
    error[:, 1] += 0.03 * part()[:, 1]
    found = explained(error)
    assert found.coefficient[1, term] == pytest.approx(0.03 * unit, rel=0.02)
    assert found.size[1, term] == pytest.approx(0.03 * part()[:, 1].std(), rel=0.05)
    assert found.partial[1, term] > 0.95
    assert found.evidence[1, term] > 20
    others = [k for k in range(5) if k != term]
    assert (found.size[1, others] < 1e-3).all()
    assert (found.size[0] < 1e-3).all()


def test_direction_turns_over_the_travel_and_lasts_at_rest() -> None:
    """A play: the error is against the motion and goes over within `TRAVEL` of the way back."""
    position = motion()
    stop = (TIME > 20) & (TIME < 24)
    position[stop] = position[np.argmax(stop)]
    play = np.zeros(len(TIME))
    for k in range(1, len(TIME)):
        step = position[k, 0] - position[k - 1, 0]
        play[k] = np.clip(play[k - 1] + 2 * step / TRAVEL, -1, 1)
    error = noise()
    error[:, 0] -= 0.03 * play
    found = explained(error, position=position)
    assert found.coefficient[0, DIRECTION] == pytest.approx(-0.03, rel=0.1)
    assert found.partial[0, DIRECTION] > 0.9


def test_against_least_squares() -> None:
    """The same coefficients, R² and inflation as by definition, with `numpy.linalg.lstsq`."""
    time = 0.04 * np.arange(400)
    position = 0.5 * np.sin(np.outer(time, [0.9])) + 0.2 * np.sin(np.outer(time, [2.1]))
    error = np.random.default_rng(1).uniform(-0.02, 0.02, position.shape)
    error += 0.05 * position
    torque = np.cos(np.outer(time, [1.3]))
    found = explain(
        time, position, error, np.ones(400, bool), [0], lambda r: torque[r], np.arange(1)
    )
    inner = np.arange(2, 398)
    speed = (position[3:-1] - position[1:-3])[:, 0] / 0.08
    bend = (position[4:] - 2 * position[2:-2] + position[:-4])[:, 0] / 0.08**2
    made = np.diff(position[:, 0])
    made[np.abs(made) < 0.01 * 0.04] = 0.0
    moved, way = np.zeros((2, 400))
    for k, step in enumerate(made):
        moved[k + 1], way[k + 1] = moved[k] + step, way[k] + abs(step)
    turn = (moved - np.interp(way - TRAVEL, way, moved))[inner] / TRAVEL
    columns = np.column_stack([speed, turn, bend, torque[inner, 0], position[inner, 0]])
    rows = np.flatnonzero(np.abs(speed) >= MOVES)[::2]
    x, y = columns[rows], error[inner, 0][rows]
    centred, off = x - x.mean(axis=0), y - y.mean()
    slope, rest, *_ = np.linalg.lstsq(centred, off, rcond=None)
    np.testing.assert_allclose(found.coefficient[0], slope, rtol=1e-3, atol=1e-6)
    for k in range(5):
        others = np.delete(centred, k, axis=1)
        without = np.linalg.lstsq(others, off, rcond=None)[1]
        partial = (without[0] - rest[0]) / without[0]
        assert found.partial[0, k] == pytest.approx(partial, rel=1e-3, abs=1e-6)
        unlike = np.linalg.lstsq(others, centred[:, k], rcond=None)[1]
        inflation = (centred[:, k] ** 2).sum() / unlike[0]
        assert found.inflation[0, k] == pytest.approx(inflation, rel=1e-3)
    without = np.linalg.lstsq(centred[:, [2, 3, 4]], off, rcond=None)[1]
    assert found.pair_partial[0, 0] == pytest.approx((without[0] - rest[0]) / without[0], rel=1e-3)


def test_what_is_far_off_is_left_out() -> None:
    error = noise()
    error[:, 0] += 0.03 * acceleration()[:, 0]
    plain = explained(error).coefficient[0, ACCELERATION]
    error[400:450, 0] += 2.0
    assert explained(error).coefficient[0, ACCELERATION] == pytest.approx(plain, rel=0.05)


def test_what_does_not_vary_is_left_out() -> None:
    found = explained(noise(), gravity=lambda rows: np.zeros((len(rows), 2)))
    assert np.isinf(found.inflation[:, GRAVITY]).all()
    assert (found.partial[:, GRAVITY] == 0).all()


def test_terms_that_are_alike_are_inflated() -> None:
    found = explained(noise(), gravity=lambda rows: 2 * motion()[rows] + 0.01 * weight()[rows])
    assert (found.inflation[:, [GRAVITY, POSITION]] > 100).all()
    assert (found.inflation[:, SPEED] < 10).all()


def test_slow_residuals_are_weaker_evidence() -> None:
    """Errors that hold over many rows, as drawn anew every second, tell little of slow terms."""
    draws = np.random.default_rng(2).normal(0, 0.01, (40, 2))
    slow, quick = np.repeat(draws, 50, axis=0), noise(0.01)
    assert explained(slow).evidence[:, POSITION].max() < 4
    planted = 0.01 * motion()
    assert (
        explained(slow + planted).evidence[0, POSITION]
        < explained(quick + planted).evidence[0, POSITION] / 2
    )


@pytest.mark.parametrize("rows", [1, 2, 60, 100])
def test_few_rows_tell_nothing(rows: int) -> None:
    part = slice(0, rows)
    found = explained(
        noise()[part], time=TIME[part], position=motion()[part], counted=np.ones(rows, bool)
    )
    assert not found.partial.any()
    assert np.isinf(found.inflation).all()


def test_rest_and_uncounted_rows_tell_nothing() -> None:
    still = np.full((len(TIME), 2), 0.3)
    assert not explained(noise(), position=still).partial.any()
    assert not explained(noise(), counted=np.zeros(len(TIME), bool)).partial.any()


def test_only_the_joints_that_are_asked_for() -> None:
    error = 0.03 * acceleration() + noise()
    found = explained(error, joints=np.array([1]))
    assert found.partial[1, ACCELERATION] > 0.9
    assert not found.partial[0].any()
    assert not explained(error, joints=np.zeros(0, dtype=np.intp)).partial.any()
