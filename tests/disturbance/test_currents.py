"""The model of the currents: its clock, its means, its states and its fit."""

from __future__ import annotations

import numpy as np
import pytest

from bench.disturbance.currents import (
    MOVES,
    OUTSIDE,
    RESTING,
    SETTLED,
    STANDING,
    STEP,
    CurrentModel,
    fit,
    prepare,
    running_mean,
)
from bench.kinematics.robot import Arm
from tests.disturbance.arms import CONSTANT, NOISE, planar, recording, stated, torques


def test_a_running_mean_is_the_integral_over_its_window() -> None:
    random = np.random.default_rng(0)
    time = np.cumsum(random.uniform(0.004, 0.03, 200))
    values = random.standard_normal((200, 2))
    at = np.array([time[0], 1.0, 1.7, time[-1]])
    found = running_mean(time, values, at, 0.2)
    for row, centre in enumerate(at):
        fine = np.linspace(max(centre - 0.1, time[0]), min(centre + 0.1, time[-1]), 200_001)
        expected = [np.trapezoid(np.interp(fine, time, v), fine) for v in values.T]
        assert found[row] == pytest.approx(np.array(expected) / (fine[-1] - fine[0]), abs=1e-6)


def test_one_row_is_its_own_mean() -> None:
    found = running_mean(np.array([2.0]), np.array([[3.0]]), np.array([2.0]), 0.2)
    assert found.tolist() == [[3.0]]


def test_states_of_a_joint_that_stands_moves_and_rests() -> None:
    time = 0.008 * np.arange(1250)
    q = np.zeros((len(time), 2))
    q[:, 0] = 0.5 * np.clip(time - 4, 0, 2)
    dq = np.gradient(q, time, axis=0)
    state = prepare(planar(), time, q, dq, np.zeros_like(q)).state

    def at(second: float) -> list[int]:
        return state[round(second / STEP)].tolist()

    assert at(0.4) == [STANDING, STANDING]  # what was before is not recorded
    assert at(2.0) == [RESTING, RESTING]
    assert at(4.0) == [STANDING, STANDING]
    assert at(5.0) == [MOVES, STANDING]
    assert at(6.4) == [STANDING, STANDING]
    assert at(8.0) == [RESTING, RESTING]


def test_faster_than_calibration_is_beyond() -> None:
    arm = planar()
    slow, fast = (recording(seed) for seed in (0, 1))
    known = prepare(arm, *slow)
    model = fit([known, known])
    assert not (model.states(known) == OUTSIDE).any()
    time, q, dq, current = fast
    unknown = prepare(arm, time, 3 * q, 3 * dq, current)
    beyond = (model.states(unknown) == OUTSIDE).any(axis=1)
    faster = (np.abs(unknown.speed) > 1.05 * np.abs(known.speed).max(axis=0)).any(axis=1)
    assert faster.any() and beyond[faster].all() and not beyond.all()


def test_the_fit_leaves_little_more_than_the_noise() -> None:
    arm = planar()
    model = fit([prepare(arm, *recording(seed, rests=False)) for seed in range(4)])
    other = prepare(arm, *recording(9))
    rest = model.residual(other)
    for joint in range(2):
        own = rest[other.state[:, joint] == MOVES, joint]
        assert np.sqrt(np.mean(own**2)) < 1.5 * NOISE


def test_stated_masses_foresee_postures_that_calibration_never_takes() -> None:
    """Also where they are a fifth too small: the motors' constants make up for a common factor."""
    time, q, dq, current = recording(3, rests=False)
    narrow = 0.15
    ddq = np.gradient(dq, time, axis=0)
    there = current - torques(q, dq, ddq) / CONSTANT  # what is not of the masses
    calibration = (time, narrow * q, dq, there + torques(narrow * q, dq, ddq) / CONSTANT)

    def left(arm: Arm) -> np.ndarray:
        other = prepare(arm, *recording(9))
        rest = fit([prepare(arm, *calibration)]).residual(other)
        return np.array([np.std(rest[other.state[:, j] == MOVES, j]) for j in range(2)])

    alone = left(planar())
    for share in (1.0, 0.8):
        assert (left(stated(share)) < alone / [4, 1]).all()


def test_units_of_currents_carry_over() -> None:
    arm = planar()
    time, q, dq, current = recording(3)
    ampere = prepare(arm, time, q, dq, current)
    milli = prepare(arm, time, q, dq, 1000 * current)
    np.testing.assert_allclose(
        fit([milli, milli]).residual(milli),
        1000 * fit([ampere, ampere]).residual(ampere),
        rtol=1e-6,
        atol=1e-6,
    )


def test_a_joint_that_calibration_never_moves_has_no_model() -> None:
    time = 0.008 * np.arange(500)
    still = prepare(planar(), time, *[np.zeros((500, 2))] * 3)
    model = fit([still, still])
    assert isinstance(model, CurrentModel)
    assert not any(weights.any() for weights in model.weights)


def test_at_the_ends_no_joint_is_in_settled_motion() -> None:
    """What was before the recording, nobody knows: it may just have broken away."""
    time = 0.008 * np.arange(500)
    q = np.column_stack([0.5 * time, 0.3 * time])
    speed = np.broadcast_to([0.5, 0.3], q.shape)
    state = prepare(planar(), time, q, speed, np.zeros_like(q)).state
    edge = round(SETTLED / STEP / 2 - 0.01)
    assert (state[:edge] == STANDING).all() and (state[-edge:] == STANDING).all()
    assert (state[edge:-edge] == MOVES).all()


def test_a_posture_is_the_same_a_turn_on() -> None:
    time = 0.008 * np.arange(100)
    q = np.column_stack([0.5 * time, 0.3 * time])
    none = np.zeros_like(q)
    first, second = (prepare(planar(), time, q + turn, none, none) for turn in (0.0, 2 * np.pi))
    assert first.posture == pytest.approx(second.posture)
    step = np.linalg.norm(np.diff(first.posture[1:-1, [0, 2]], axis=0), axis=1)
    assert step == pytest.approx(np.full(len(step), 0.5 * STEP), abs=1e-4)
