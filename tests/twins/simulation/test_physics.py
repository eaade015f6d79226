from __future__ import annotations

import math
from typing import Any

import pytest

from bench.io.problems import ProblemsError
from bench.twins.simulation.physics import STEP, Servo, physics_of
from bench.twins.twin import Parameter, Twin

UNITS = {
    "kp": "N m/rad",
    "kv": "N m s/rad",
    "force_min": "N m",
    "force_max": "N m",
    "damping": "N m s/rad",
    "frictionloss": "N m",
    "armature": "kg m2",
}
VALUES = dict(zip(UNITS, (20.0, 0.5, -3.0, 4.0, 0.6, 0.05, 0.03), strict=True))


def twin(
    changed: dict[str, tuple[float, str]] | None = None,
    without: str = "",
    settings: dict[str, Any] | None = None,
) -> Twin:
    numbers = {f"{joint}.{n}": (v, UNITS[n]) for joint in "ab" for n, v in VALUES.items()}
    numbers.update(changed or {})
    parameters = tuple(
        Parameter(name, value, unit, "assumed")
        for name, (value, unit) in numbers.items()
        if name != without
    )
    return Twin("t", "mujoco", "r", parameters, settings or {})


def test_parameters_become_servos() -> None:
    came = physics_of(twin(), ("b", "a"))
    assert list(came.servos) == ["b", "a"]
    assert came.servos["a"] == Servo(20.0, 0.5, -3.0, 4.0, 0.6, 0.05, 0.03, 0.0, 0.0)
    assert (came.mass_scale, came.friction_time, came.step) == (1.0, None, STEP)


def test_whole_robot_and_single_joints() -> None:
    changed = {
        "delay": (0.05, "s"),
        "b.delay": (0.01, "s"),
        "a.offset": (-0.02, "rad"),
        "mass_scale": (0.9, "1"),
        "friction_time": (0.004, "s"),
    }
    came = physics_of(twin(changed, settings={"step": 1e-3}), ("a", "b"))
    assert (came.servos["a"].delay, came.servos["b"].delay) == (0.05, 0.01)
    assert (came.servos["a"].offset, came.servos["b"].offset) == (-0.02, 0.0)
    assert (came.mass_scale, came.friction_time, came.step) == (0.9, 0.004, 1e-3)


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (twin(without="b.kv"), "missing_parameter: twin t: b.kv: expected a value, came none"),
        (
            twin({"c.kp": (1.0, "N m/rad")}),
            "unknown_parameter: twin t: c.kp: expected a parameter of kind mujoco, came another",
        ),
        (
            twin({"a.kp": (1.0, "N m/deg")}),
            "unit: twin t: a.kp: expected unit N m/rad, came unit N m/deg",
        ),
        (
            twin({"a.damping": (-1.0, "N m s/rad")}),
            "out_of_range: twin t: a.damping: expected a finite number that is not negative, "
            "came -1",
        ),
        (
            twin({"a.offset": (math.nan, "rad")}),
            "out_of_range: twin t: a.offset: expected a finite number, came nan",
        ),
    ],
)
def test_what_is_wrong_is_said(broken: Twin, message: str) -> None:
    with pytest.raises(ProblemsError) as caught:
        physics_of(broken, ("a", "b"))
    assert [str(problem) for problem in caught.value.problems] == [message]


def test_all_problems_at_once() -> None:
    with pytest.raises(ProblemsError) as caught:
        physics_of(twin({"a.kp": (-1.0, "1")}, without="b.kp"), ("a", "b"))
    assert [problem.code for problem in caught.value.problems] == [
        "out_of_range",
        "unit",
        "missing_parameter",
    ]


FORWARD = {"a.feed_forward": (0.9, "1"), "b.feed_forward": (0.0, "1")}


def test_feed_forward_is_for_commands_that_run_straight() -> None:
    straight = physics_of(twin(FORWARD, settings={"commands": "straight"}), ("a", "b"))
    assert straight.straight
    assert [servo.feed_forward for servo in straight.servos.values()] == [0.9, 0.0]
    assert not physics_of(twin(), ("a", "b")).straight
    with pytest.raises(ProblemsError) as caught:
        physics_of(twin(FORWARD), ("a", "b"))
    assert [str(problem) for problem in caught.value.problems] == [
        "feed_forward: twin t: a.feed_forward: expected 0, as commands are held; or the setting "
        "`commands: straight`, came 0.9"
    ]


def test_what_a_controller_knows_of_gravity() -> None:
    changed = {"gravity_compensation": (0.8, "1"), "a.kv_per_kp": (0.05, "s")}
    came = physics_of(twin(changed, without="a.kv"), ("a", "b"))
    assert came.gravity_compensation == 0.8
    assert came.servos["a"].kv == pytest.approx(1.0)
    assert physics_of(twin(), ("a", "b")).gravity_compensation == 0.0
