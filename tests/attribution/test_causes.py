"""Causes, sets and `undetermined`, from given probabilities and effects."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bench.attribution import causes
from bench.attribution.causes import Conclusion, outside
from bench.attribution.estimation import Estimate
from bench.attribution.hypothesis import HYPOTHESES
from bench.scoring.labels.registry import RULES
from bench.twins.twin import Parameter, ResidualRange, Twin

UNITS = np.eye(8)
EVERY = tuple(label for each in HYPOTHESES for label in each.shows)


def find(*given: Any, labels: tuple[str, ...] = EVERY) -> Conclusion:
    """Of an episode that has every label, unless others are given."""
    return causes.find(*given, labels=labels)


def estimate(name: str, effect: np.ndarray, left: float = 0.1, **other: float) -> Estimate:
    values = {f"a.{name}": other.get("value", 2.0)}
    error = other.get("error", 0.01)
    return Estimate(name, other.get("amount", 0.5), values, left, error, effect)


def probabilities(**named: float) -> dict[str, float]:
    rest = [each.name for each in HYPOTHESES if each.name not in named]
    return {**named, **dict.fromkeys(rest, (1 - sum(named.values())) / len(rest))}


def twin(low: float, high: float, value: float = 1.0, name: str = "a.friction") -> Twin:
    ranges = (ResidualRange(name, low, high, "uniform", "chosen"),)
    return Twin("one", "mujoco", "so101", (Parameter(name, value, "1", "known"),), {}, ranges)


def test_one_cause() -> None:
    own = {"friction": estimate("friction", UNITS[0]), "gain": estimate("gain", UNITS[1])}
    found = find(probabilities(friction=0.9), own, None, "elbow", ())
    assert found.verdict == "cause"
    (member,) = found.causes[0].members
    assert member.hypothesis.name == "friction"
    assert member.joints == ("elbow",)
    assert found.causes[0].probability == pytest.approx(0.9)
    assert len(found.causes) == 1


def test_two_with_one_effect_are_a_set_with_one_probability() -> None:
    own = {
        "friction": estimate("friction", UNITS[0]),
        "damping": estimate("damping", -2 * UNITS[0] + 0.1 * UNITS[1]),
    }
    found = find(probabilities(friction=0.5, damping=0.45), own, None, "elbow", ())
    assert found.verdict == "set"
    assert [m.hypothesis.name for m in found.causes[0].members] == ["friction", "damping"]
    assert found.causes[0].probability == pytest.approx(0.95)


def test_effects_that_differ_are_two_causes() -> None:
    own = {
        "friction": estimate("friction", UNITS[0]),
        "damping": estimate("damping", UNITS[0] + 0.5 * UNITS[1]),
    }
    found = find(probabilities(friction=0.55, damping=0.4), own, None, "elbow", ())
    assert found.verdict == "cause"
    assert [len(cause.members) for cause in found.causes] == [1, 1]


def test_a_gain_that_is_like_a_common_factor_comes_with_it() -> None:
    parts = {name: estimate(name, UNITS[k]) for k, name in enumerate(("damping", "friction"))}
    own = {**parts, "gain": estimate("gain", -(UNITS[0] + UNITS[1]))}
    found = find(probabilities(gain=0.9), own, None, "elbow", ())
    assert [m.hypothesis.name for m in found.causes[0].members] == ["gain", "damping", "friction"]
    # Gravity sets the scale: the gain does something of its own.
    own["gain"] = estimate("gain", -(UNITS[0] + UNITS[1]) + UNITS[2])
    assert find(probabilities(gain=0.9), own, None, "elbow", ()).verdict == "cause"


def test_friction_alone_does_not_come_with_the_gain() -> None:
    parts = {name: estimate(name, UNITS[k]) for k, name in enumerate(("damping", "friction"))}
    own = {**parts, "gain": estimate("gain", -(UNITS[0] + UNITS[1]))}
    assert find(probabilities(friction=0.9), own, None, "elbow", ()).verdict == "cause"


def test_what_is_improbable_is_undetermined() -> None:
    found = find(probabilities(friction=0.4, jam=0.3), {}, None, "elbow", ())
    assert found.verdict == "undetermined"
    assert found.reason == "no cause is more probable than 0.5"
    assert [c.members[0].hypothesis.name for c in found.causes] == ["friction", "jam"]


def test_what_explains_little_is_undetermined() -> None:
    own = {"friction": estimate("friction", UNITS[0], left=0.8)}
    found = find(probabilities(friction=0.99), own, None, "elbow", ())
    assert found.verdict == "undetermined"
    assert found.reason == "the best number explains less than 30% of the error"


def test_a_cause_that_is_no_number_needs_no_estimate() -> None:
    found = find(probabilities(jam=0.99), {}, None, "elbow", ())
    assert found.verdict == "cause"
    assert found.causes[0].members[0].outside == "unknown"


def test_joints_follow_from_the_scope() -> None:
    for name, joints in (("jam", ("elbow",)), ("delay", ()), ("late_gripper", ("jaw",))):
        found = find(probabilities(**{name: 0.99}), {}, None, "elbow", ("jaw",))
        assert found.causes[0].members[0].joints == joints


@pytest.mark.parametrize(
    ("low", "high", "error", "expected"),
    [
        (0.8, 1.2, 0.01, "yes"),
        (0.8, 2.5, 0.01, "no"),
        (0.8, 1.9, 0.01, "yes"),
        (0.8, 1.9, 0.2, "unknown"),
        (2.5, 3.0, 0.01, "yes"),
    ],
)
def test_outside_the_residual_range(low: float, high: float, error: float, expected: str) -> None:
    """The estimate is 2, moved by 1 with an amount of 0.5."""
    own = estimate("friction", UNITS[0], value=2.0, error=error)
    assert outside(twin(low, high), own) == expected


def test_without_a_range_or_a_twin_it_is_unknown() -> None:
    own = estimate("friction", UNITS[0])
    assert outside(None, own) == "unknown"
    assert outside(twin(0.8, 1.2, name="a.kp"), own) == "unknown"
    assert outside(twin(0.8, 1.2), None) == "unknown"


def test_a_cause_that_would_show_and_does_not_is_undetermined() -> None:
    found = find(probabilities(jam=0.99), {}, None, "elbow", (), labels=("offset",))
    assert found.verdict == "undetermined"
    assert found.reason == "the episode has no label that it would show: stall_missed"
    seen = find(probabilities(jam=0.99), {}, None, "elbow", (), labels=("stall_missed",))
    assert seen.verdict == "cause"


def test_what_a_cause_would_show_are_rules_and_numbers_are_asked_otherwise() -> None:
    known = {rule.name for rule in RULES}
    for each in HYPOTHESES:
        assert bool(each.shows) != each.simulated
        assert set(each.shows) <= known
