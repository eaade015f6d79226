"""What each hypothesis does to a twin's numbers."""

from __future__ import annotations

import math

import pytest

from bench.attribution.changes import KNOBS, changed
from bench.attribution.hypothesis import HYPOTHESES
from bench.twins.twin import Parameter, Twin


def twin(**values: float) -> Twin:
    parameters = [Parameter(n.replace("__", "."), v, "1", "known") for n, v in values.items()]
    return Twin("one", "mujoco", "so101", tuple(parameters))


def test_the_numbers_of_a_twin_are_the_simulated_hypotheses() -> None:
    assert set(KNOBS) == {each.name for each in HYPOTHESES if each.simulated}


def test_a_gain_is_changed_alone() -> None:
    own = twin(a__kp=10.0, a__damping_per_kp=0.1, a__damping=2.0, b__kp=5.0)
    values = KNOBS["gain"].values(own, "a", math.log(2))
    assert values == pytest.approx({"a.kp": 20.0, "a.damping_per_kp": 0.05})


def test_ratios_without_a_gain_stay() -> None:
    assert KNOBS["gain"].values(twin(a__damping_per_kp=0.1), "a", 0.5) == {}


def test_both_ends_of_a_torque_move() -> None:
    own = twin(a__force_min=-3.0, a__force_max=4.0)
    values = KNOBS["saturation"].values(own, "a", math.log(0.5))
    assert values == pytest.approx({"a.force_min": -1.5, "a.force_max": 2.0})


def test_all_delays_shift_and_none_gets_negative() -> None:
    values = KNOBS["delay"].values(twin(a__delay=0.03, b__delay=0.01, delay=0.02), "a", -0.015)
    assert values == pytest.approx({"a.delay": 0.015, "b.delay": 0.0, "delay": 0.005})


def test_an_offset_is_added_at_its_joint() -> None:
    values = KNOBS["joint_offset"].values(twin(a__offset=0.01, b__offset=0.02), "a", 0.05)
    assert values == pytest.approx({"a.offset": 0.06})


def test_what_is_zero_cannot_grow() -> None:
    assert KNOBS["friction"].values(twin(a__frictionloss=0.0), "a", 1.0) == {}


def test_only_what_is_named_changes() -> None:
    own = changed(twin(a__kp=10.0, b__kp=5.0), {"a.kp": 7.0})
    assert [p.value for p in own.parameters] == [7.0, 5.0]
