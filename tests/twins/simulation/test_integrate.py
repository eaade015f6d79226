"""Oracles: closed solutions of one joint, a plain loop over mj_step, a search row by row."""

from __future__ import annotations

import math
from pathlib import Path

import mujoco
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.twins.simulation import integrate
from bench.twins.simulation.integrate import held_commands, simulate, straight_commands
from bench.twins.simulation.model import build_model
from bench.twins.simulation.parallel import run_all
from bench.twins.simulation.physics import Physics, Servo

MASS, ARM, INERTIA = 0.5, 0.2, 0.01


def one_joint(folder: Path, axis: str, servo: Servo, **others: float) -> object:
    """A link of 0.5 kg, its centre of mass 0.2 m from the axis, 0.01 kg m2 about it."""
    text = f"""<robot name="one"><link name="base"/>
      <link name="arm"><inertial><origin xyz="{ARM} 0 0"/><mass value="{MASS}"/>
      <inertia ixx="{INERTIA}" iyy="{INERTIA}" izz="{INERTIA}" ixy="0" ixz="0" iyz="0"/>
      </inertial></link>
      <joint name="turn" type="revolute"><parent link="base"/><child link="arm"/>
      <axis xyz="{axis}"/><limit lower="-3" upper="3" effort="1" velocity="1"/></joint></robot>"""
    path = folder / "one.urdf"
    path.write_text(text)
    return build_model(path, Physics({"turn": servo}, **others))


def servo(**changed: float) -> Servo:
    values = {
        "kp": 20.0, "kv": 0.0, "force_min": -100.0, "force_max": 100.0,
        "damping": 0.3, "frictionloss": 0.0, "armature": 0.02,
    }  # fmt: skip
    return Servo(**{**values, **changed})


def column(values: list[float]) -> np.ndarray:
    return np.array(values)[:, None]


NO_DELAY = np.zeros(1)
TIME = np.arange(0, 3, 0.0201)


def step_response(kp: float, damping: float, inertia: float, time: np.ndarray) -> np.ndarray:
    """Of inertia x'' + damping x' + kp (x - 1) = 0 from rest at 0, underdamped."""
    decay = damping / (2 * inertia)
    turn = math.sqrt(kp / inertia - decay**2)
    return 1 - np.exp(-decay * time) * (np.cos(turn * time) + decay / turn * np.sin(turn * time))


def test_a_step_without_gravity_is_the_damped_oscillation(tmp_path: Path) -> None:
    model = one_joint(tmp_path, "0 0 1", servo(), step=2e-4)
    command = np.full((len(TIME), 1), 0.8)
    came = simulate(model, TIME, command, np.zeros(1), NO_DELAY).position[:, 0]
    inertia = INERTIA + MASS * ARM**2 + 0.02
    expected = 0.8 * step_response(20.0, 0.3, inertia, TIME)
    assert np.abs(came - expected).max() < 2e-3
    assert expected.max() > 1.1  # it does oscillate


def test_kv_damps_like_the_joint(tmp_path: Path) -> None:
    command = np.full((len(TIME), 1), 0.8)
    by_joint = one_joint(tmp_path, "0 0 1", servo(damping=0.7))
    by_servo = one_joint(tmp_path, "0 0 1", servo(damping=0.3, kv=0.4))
    a, b = (
        simulate(model, TIME, command, np.zeros(1), NO_DELAY).position
        for model in (by_joint, by_servo)
    )
    assert np.abs(a - b).max() < 1e-9


def test_gravity_pulls_the_joint_off_its_command(tmp_path: Path) -> None:
    model = one_joint(tmp_path, "0 1 0", servo())
    command = np.zeros((len(TIME), 1))
    rest = simulate(model, TIME + 7, command, np.zeros(1), NO_DELAY).position[-1, 0]
    # About the y axis a positive angle lowers the arm.
    assert 20.0 * rest == pytest.approx(MASS * 9.81 * ARM * math.cos(rest), abs=1e-2)
    assert rest > 0.04


def test_dry_friction_holds_a_joint(tmp_path: Path) -> None:
    stuck = one_joint(tmp_path, "0 0 1", servo(frictionloss=3.0), friction_time=4e-3)
    moved = one_joint(tmp_path, "0 0 1", servo(frictionloss=1.0), friction_time=4e-3)
    command = np.full((len(TIME), 1), 0.1)  # 2 N m
    first, second = (
        simulate(model, TIME, command, np.zeros(1), NO_DELAY).position[-1, 0]
        for model in (stuck, moved)
    )
    assert abs(first) < 5e-3
    assert 0.04 < second < 0.16


def test_the_force_range_limits_the_acceleration(tmp_path: Path) -> None:
    model = one_joint(tmp_path, "0 0 1", servo(force_max=0.5, damping=0.0), step=2e-4)
    time = np.arange(0, 0.3, 0.01)
    command = np.full((len(time), 1), 2.0)
    came = simulate(model, time, command, np.zeros(1), NO_DELAY).position[:, 0]
    acceleration = 0.5 / (INERTIA + MASS * ARM**2 + 0.02)
    assert np.abs(came - 0.5 * acceleration * time**2).max() < 1e-3


def test_a_delay_shifts_the_response(tmp_path: Path) -> None:
    model = one_joint(tmp_path, "0 0 1", servo())
    time = np.arange(100) * 0.02
    command = column([0.0] * 10 + [1.0] * 90)
    prompt = simulate(model, time, command, np.zeros(1), NO_DELAY).position
    late = simulate(model, time, command, np.zeros(1), np.array([0.06])).position
    assert np.abs(late[3:] - prompt[:-3]).max() < 1e-9
    assert np.abs(prompt[20] - prompt[10]) > 0.1


def test_a_plain_loop_gives_the_same(tmp_path: Path) -> None:
    model = one_joint(tmp_path, "0 1 0", servo(frictionloss=0.1))
    time = np.cumsum(np.random.default_rng(1).uniform(0.019, 0.022, 200)) + 3.0
    command = np.sin(time)[:, None]
    came = simulate(model, time, command, np.array([0.2]), NO_DELAY).position[:, 0]
    data = mujoco.MjData(model)
    data.qpos[0] = 0.2
    passed = [0.2]
    for number in range(math.ceil((time[-1] - time[0]) / 2e-3)):
        now = time[0] + 2e-3 * number + 1e-3
        data.ctrl[0] = command[max(k for k in range(200) if time[k] <= now), 0]
        mujoco.mj_step(model, data)
        passed.append(float(data.qpos[0]))
    expected = np.interp(time, time[0] + 2e-3 * np.arange(len(passed)), passed)
    assert np.abs(came - expected).max() < 1e-12


def test_blocks_leave_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = one_joint(tmp_path, "0 1 0", servo(frictionloss=0.1))
    command = np.sin(TIME)[:, None]
    whole = simulate(model, TIME, command, np.zeros(1), NO_DELAY)
    monkeypatch.setattr(integrate, "_BLOCK", 100)
    parts = simulate(model, TIME, command, np.zeros(1), NO_DELAY)
    assert parts.position.tobytes() == whole.position.tobytes()


def test_one_row_is_the_start(tmp_path: Path) -> None:
    model = one_joint(tmp_path, "0 0 1", servo())
    came = simulate(model, np.array([5.0]), np.ones((1, 1)), np.array([0.3]), NO_DELAY)
    assert came.position.tolist() == [[0.3]]
    assert came.failed_at == math.inf


def test_a_broken_simulation_holds_its_last_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    model = one_joint(tmp_path, "0 0 1", servo(kp=1e9, force_min=-1e12, force_max=1e12))
    time = np.arange(100) * 0.01 + 2.0
    command = column([0.0] * 50 + [1.0] * 50)

    def job(_number: int) -> integrate.Response:
        return simulate(model, time, command, np.zeros(1), NO_DELAY)

    came = run_all(job, 1, lambda *_: None)[0]
    assert 2.5 < came.failed_at < 2.6
    assert np.isfinite(came.position).all()
    assert np.abs(came.position).max() < 1e3
    held = came.position[time >= came.failed_at]
    assert (held == held[0]).all()
    assert (came.position[:51] == 0).all()
    assert [path.name for path in tmp_path.iterdir()] == ["one.urdf"]  # no log of warnings


@given(
    st.lists(st.floats(0.005, 0.05), min_size=1, max_size=20),
    st.floats(0, 0.2),
    st.integers(1, 60),
)
def test_the_command_in_force_is_the_last_given(
    intervals: list[float], delay: float, steps: int
) -> None:
    clock = np.concatenate([[0.0], np.cumsum(intervals)])
    command = np.arange(len(clock), dtype=float)[:, None]
    came = held_commands(clock, command, np.array([delay]), steps, 0.01)[:, 0]
    for number in range(steps):
        now = (number + 0.5) * 0.01 - delay
        given_before = [row for row in range(len(clock)) if clock[row] <= now]
        assert came[number] == (given_before[-1] if given_before else 0)


@given(
    st.lists(st.floats(0.001, 0.05), min_size=1, max_size=12),
    st.lists(st.floats(0, 0.06), min_size=2, max_size=2),
    st.lists(st.floats(0, 0.1), min_size=2, max_size=2),
    st.integers(0, 2**32 - 1),
)
def test_straight_commands_go_from_row_to_row(
    gaps: list[float], delay: list[float], lead: list[float], seed: int
) -> None:
    clock = np.concatenate([[0.0], np.cumsum(gaps)])
    command = np.random.default_rng(seed).uniform(-1, 1, (len(clock), 2))
    step, steps = 0.004, 40
    came = straight_commands(clock, command, np.array(delay), np.array(lead), steps, step)
    for n in range(steps):
        for j in range(2):
            at = n * step - delay[j]
            expected = command[0, j] if at < 0 else command[-1, j]
            for k in range(len(clock) - 1):
                if clock[k] <= at < clock[k + 1]:
                    slope = (command[k + 1, j] - command[k, j]) / (clock[k + 1] - clock[k])
                    expected = command[k, j] + slope * (at - clock[k] + lead[j])
            assert came[n, j] == pytest.approx(expected, abs=1e-9)


def test_feed_forward_takes_the_lag_from_a_ramp(tmp_path: Path) -> None:
    """Behind a ramp a servo lags by kv / kp times its speed, less what is fed forward."""
    model = one_joint(tmp_path, "0 0 1", servo(kv=2.0, damping=0.0), step=1e-3)
    command = (0.4 * TIME)[:, None]
    for share in (0.0, 0.6, 1.0):
        lead = np.array([share * 2.0 / 20.0])
        came = simulate(model, TIME, command, np.zeros(1), NO_DELAY, lead).position
        lag = (command - came)[TIME > 2]
        assert lag == pytest.approx((1 - share) * 0.4 * 2.0 / 20.0, abs=1e-4)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_gravity_that_is_compensated_pulls_no_more(tmp_path: Path, share: float) -> None:
    model = one_joint(tmp_path, "0 1 0", servo(), gravity_compensation=share)
    command = np.zeros((len(TIME), 1))
    came = simulate(model, TIME, command, np.zeros(1), NO_DELAY).position[-1, 0]
    sag = (1 - share) * MASS * 9.81 * ARM * math.cos(came) / 20.0
    assert came == pytest.approx(sag, abs=1e-4)
