"""Dry friction with bristles: breakaway, sliding, the Stribeck curve, and rest; by closed forms."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import mujoco
import numpy as np
import pytest

from bench.twins.simulation.integrate import simulate
from bench.twins.simulation.model import build_model
from bench.twins.simulation.physics import Friction, Physics
from tests.twins.simulation.test_integrate import ARM, INERTIA, MASS, one_joint, servo

FRICTION = Friction(coulomb=0.2, breakaway=0.5, stribeck=0.1, presliding=1e-3)
RUBBING = replace(servo(damping=2.0), friction=FRICTION)
NO_DELAY = np.zeros(1)


def ramp(speed: float, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    time = np.arange(0, seconds, 0.02)
    return time, (speed * time)[:, None]


def test_the_numbers_lie_where_settle_looks_for_them(tmp_path: Path) -> None:
    model = one_joint(tmp_path, "0 0 1", RUBBING)
    assert (model.nu, model.na, len(model.actuator_trnid)) == (1, 1, 2)
    assert model.actuator_dynprm[1, 5] == pytest.approx(0.2 / 1e-3)
    assert model.actuator_biasprm[1, 4] == pytest.approx(0.5)


@pytest.mark.parametrize("speed", [0.02, 0.2, 0.4])
def test_steady_sliding_lags_by_the_stribeck_curve(tmp_path: Path, speed: float) -> None:
    # Steady: kp lag = damping v + coulomb + (breakaway - coulomb) exp(-(v/stribeck)^2).
    model = one_joint(tmp_path, "0 0 1", RUBBING, step=1e-3)
    time, command = ramp(speed, 1.0 / speed if speed > 0.1 else 6.0)
    came = simulate(model, time, command, np.zeros(1), NO_DELAY).position[:, 0]
    lag = command[-1, 0] - came[-1]
    rubs = 0.2 + 0.3 * math.exp(-((speed / 0.1) ** 2))
    # The command is a staircase that is half a row late on average.
    assert lag == pytest.approx((2.0 * speed + rubs) / 20.0 + 0.01 * speed, rel=0.03)


def test_a_joint_at_rest_stays_until_breakaway(tmp_path: Path) -> None:
    model = one_joint(tmp_path, "0 0 1", RUBBING, step=1e-3)
    time, command = ramp(0.005, 8.0)
    came = simulate(model, time, command, np.zeros(1), NO_DELAY).position[:, 0]
    left = float(command[np.argmax(came > 5e-3), 0])
    assert left == pytest.approx(0.5 / 20.0, rel=0.15)  # breakaway / kp


def test_friction_at_rest_carries_what_the_servo_pulls(tmp_path: Path) -> None:
    # 0.4 N m of pull, below breakaway: a robot that was at rest stays there.
    model = one_joint(tmp_path, "0 0 1", RUBBING, step=1e-3)
    time = np.arange(0, 3, 0.02)
    command = np.full((len(time), 1), 0.4 / 20.0)
    came = simulate(model, time, command, np.zeros(1), NO_DELAY).position[:, 0]
    assert np.abs(came).max() < 2e-4
    beyond = np.full((len(time), 1), 0.7 / 20.0)
    assert simulate(model, time, beyond, np.zeros(1), NO_DELAY).position[-1, 0] > 0.01


def test_friction_at_rest_carries_gravity(tmp_path: Path) -> None:
    weight = MASS * 9.81 * ARM
    heavy = replace(RUBBING, friction=replace(FRICTION, coulomb=1.0, breakaway=1.2))
    model = one_joint(tmp_path, "0 1 0", heavy, step=1e-3)
    assert weight < 1.2
    time = np.arange(0, 3, 0.02)
    came = simulate(model, time, np.zeros((len(time), 1)), np.zeros(1), NO_DELAY).position
    assert np.abs(came).max() < 5e-4


def test_without_bristles_nothing_changes(tmp_path: Path) -> None:
    model = one_joint(tmp_path, "0 0 1", servo())
    assert model.na == 0
    assert len(model.actuator_trnid) == 1


def test_no_bristle_is_bent_where_nothing_pulls(tmp_path: Path) -> None:
    model = one_joint(tmp_path, "0 0 1", RUBBING, step=1e-3)
    time = np.arange(0, 1, 0.02)
    came = simulate(model, time, np.zeros((len(time), 1)), np.zeros(1), NO_DELAY).position
    assert np.abs(came).max() == 0.0


def test_every_joint_of_a_robot_gets_its_own(repository: Path) -> None:
    joints = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
    servos = {name: replace(servo(), friction=None) for name in joints}
    servos["elbow_flex"] = RUBBING
    model = build_model(repository / "robots" / "so101" / "robot.urdf", Physics(servos))
    assert (model.nu, model.na) == (6, 1)
    assert mujoco.mj_id2name(model, mujoco.mjtObj.mjOBJ_ACTUATOR, 6) == "elbow_flex.friction"
    assert INERTIA > 0
