"""The rules that name a term of the regression: planted terms, their twins, and clean data."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bench.formulas.joint_regression import TRAVEL
from bench.kinematics.gravity import gravity_torques
from bench.kinematics.robot import load_robot
from bench.scoring.labels import (
    friction_like,
    gain,
    gravity_like,
    inertia_like,
    posture_related,
    speed_related,
)
from tests.support.sizes import check_sizes

RULES = {
    rule.name: rule
    for rule in (
        friction_like.RULE,
        inertia_like.RULE,
        gravity_like.RULE,
        gain.RULE,
        speed_related.RULE,
        posture_related.RULE,
    )
}
ROBOTS = Path(__file__).parent.parent.parent.parent / "robots"
(ARM,) = load_robot(ROBOTS / "so101" / "robot.json").arms
NAMES = tuple(joint.name for joint in ARM.chain_joints)
LIFT, WRIST = 1, 3


def wide(time: np.ndarray) -> np.ndarray:
    """(N, 5) the arm in waves, a slow and a quick one a joint."""
    slow = np.array([0.9, 0.7, 1.1, 0.8, 1.3])
    quick = np.array([4.1, 4.6, 3.7, 4.9, 5.3])
    path = np.array([0.6, 0.8, 0.7, 0.6, 0.8]) * np.sin(np.outer(time, slow) + np.arange(5))
    path[:, LIFT] -= 0.4
    return path + 0.08 * np.sin(np.outer(time, quick) + 2 * np.arange(5))


@pytest.fixture
def arm_of(trace_of, time):
    """Makes a trace of the SO-101 from an error of one joint."""

    def make(joint: int, error: np.ndarray, models=(ARM,), **fields):
        reference = wide(time)
        noise = np.random.default_rng(0).normal(0, 3e-4, reference.shape)
        predicted = reference + noise
        predicted[:, joint] += error
        given = {"joints": NAMES, "models": models, "limits": np.tile([-3.0, 3.0], (5, 1))}
        return trace_of(time, reference, predicted, **{**given, **fields})

    return make


def play(position: np.ndarray) -> np.ndarray:
    found = np.zeros(len(position))
    for k in range(1, len(position)):
        step = 2 * (position[k] - position[k - 1]) / TRAVEL
        found[k] = np.clip(found[k - 1] + step, -1, 1)
    return found


def labels(trace) -> dict[str, list]:
    found = {name: rule.apply(trace, {}) for name, rule in RULES.items()}
    return {name: each for name, each in found.items() if each}


def test_friction(arm_of, time) -> None:
    found = labels(arm_of(WRIST, -0.03 * play(wide(time)[:, WRIST])))
    assert list(found) == ["friction_like"]
    (label,) = found["friction_like"]
    assert label.joints == (NAMES[WRIST],)
    assert label.numbers["coefficient"] == pytest.approx(-0.03, rel=0.1)
    assert label.strength == pytest.approx(1.0, abs=0.1)
    assert time[0] < label.interval[0] < label.interval[1] < time[-1]


def test_inertia(arm_of, time) -> None:
    bend = np.gradient(np.gradient(wide(time)[:, WRIST], time), time)
    found = labels(arm_of(WRIST, -0.015 * bend))
    assert list(found) == ["inertia_like"]
    assert found["inertia_like"][0].numbers["coefficient"] == pytest.approx(-0.015, rel=0.1)


def test_gravity(arm_of, time) -> None:
    torque = gravity_torques(ARM, wide(time))
    found = labels(arm_of(LIFT, 0.08 * torque[:, LIFT]))
    assert list(found) == ["gravity_like"]
    (label,) = found["gravity_like"]
    assert label.joints == (NAMES[LIFT],)
    assert label.numbers["coefficient"] == pytest.approx(0.08, rel=0.05)
    assert check_sizes(gravity_like.RULE, arm_of(LIFT, 0.08 * torque[:, LIFT])) == 1


def test_gain(arm_of, time) -> None:
    found = labels(arm_of(WRIST, 0.1 * wide(time)[:, WRIST]))
    assert list(found) == ["gain"]
    assert found["gain"][0].numbers["coefficient"] == pytest.approx(0.1, rel=0.02)
    assert check_sizes(gain.RULE, arm_of(WRIST, 0.1 * wide(time)[:, WRIST])) == 1


def test_without_masses_a_gain_may_be_gravity(arm_of, time) -> None:
    found = labels(arm_of(WRIST, 0.1 * wide(time)[:, WRIST], models=()))
    assert list(found) == ["posture_related"]
    assert found["posture_related"][0].joints == (NAMES[WRIST],)


def test_an_error_that_goes_with_speed_is_no_friction(arm_of, time) -> None:
    """Of one joint among five, so that no shift explains the arm's error."""
    speed = np.gradient(wide(time)[:, WRIST], time)
    trace = arm_of(WRIST, -0.08 * speed)
    assert list(labels(trace)) in ([], ["speed_related"])


def test_an_error_with_speed_that_no_shift_explains(arm_of, time) -> None:
    """Longer than any shift that is looked at."""
    speed = np.gradient(wide(time)[:, WRIST], time)
    found = labels(arm_of(WRIST, 0.9 * speed))
    assert list(found) == ["speed_related"]
    assert found["speed_related"][0].joints == (NAMES[WRIST],)


def test_a_delay_is_no_inertia_and_no_speed(trace_of, time) -> None:
    late = wide(time - 0.15)
    trace = trace_of(time, wide(time), late, joints=NAMES, models=(ARM,))
    assert labels(trace) == {}


def test_gravity_and_position_that_are_alike_stay_together(arm_of, time) -> None:
    """With the other joints at rest the torque of a joint goes with its position alone."""
    still = np.tile(wide(time)[:1], (len(time), 1))
    still[:, LIFT] = -0.6 + 0.2 * np.sin(0.9 * time) + 0.05 * np.sin(3.1 * time)
    torque = gravity_torques(ARM, still)[:, LIFT]
    trace = arm_of(LIFT, np.zeros(len(time)))
    predicted = still + np.random.default_rng(0).normal(0, 3e-4, still.shape)
    predicted[:, LIFT] += 0.5 * (torque - torque.mean())
    trace = type(trace)(
        **{
            **{k: v for k, v in vars(trace).items() if k in type(trace).__dataclass_fields__},
            "reference": still,
            "predicted": predicted,
            "error": predicted - still,
            "command": still,
        }
    )
    assert list(labels(trace)) == ["posture_related"]


@pytest.mark.parametrize("size", [0.001, 0.004])
def test_noise_has_no_term(arm_of, time, size: float) -> None:
    noise = np.random.default_rng(1).normal(0, size, len(time))
    assert labels(arm_of(WRIST, noise)) == {}


def test_small_terms_have_no_label(arm_of, time) -> None:
    position = wide(time)[:, WRIST]
    for error in (0.012 * play(position), 0.02 * position):
        assert labels(arm_of(WRIST, error)) == {}


def test_a_jam_is_no_term(arm_of, time) -> None:
    error = np.zeros(len(time))
    error[300:360] = 0.3
    assert labels(arm_of(WRIST, error)) == {}


def test_two_arms_are_fitted_by_themselves(trace_of, time) -> None:
    """An arm that rests while the other one moves has no moving rows of its own."""
    reference = np.column_stack([wide(time)[:, 0], np.full(len(time), 0.2)])
    predicted = reference + np.column_stack(
        [0.03 * play(reference[:, 0]), 0.03 * np.sign(np.sin(time))]
    )
    trace = trace_of(time, reference, predicted, arm_of=("left", "right"), arms=("left", "right"))
    (label,) = RULES["friction_like"].apply(trace, {})
    assert (label.arm, label.joints) == ("left", ("joint_0",))
    assert json.dumps(dict(label.numbers))
