from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.io.problems import ProblemsError, UnknownNameError
from bench.twins.identification.space import JOINT_SCALES, space_of
from tests.twins.identification import made


def test_coordinates_count_spreads_from_the_prior() -> None:
    space = made.space()
    values = space.values(np.zeros(12))
    assert values == pytest.approx(made.start())
    kp = space.free[0]
    assert (kp.name, kp.joint, kp.prior) == ("shoulder_pan.kp", "shoulder_pan", 7.0)
    assert kp.value(1.0) == pytest.approx(7.0 * math.exp(0.5))
    offset = next(each for each in space.free if each.name == "elbow_flex.offset")
    assert offset.value(-2.0) == pytest.approx(-0.02)


def test_a_ratio_above_one_is_searched_by_what_it_is_above_it() -> None:
    space = made.space({"breakaway_per_coulomb": {"spread": 0.5}})
    each = space.free[0]
    assert each.value(0.0) == pytest.approx(1.8)
    assert each.value(1.0) == pytest.approx(1 + 0.8 * math.exp(0.5))
    assert each.value(-50.0) > 1.0


def test_values_at_a_bound_do_not_lie_beyond_it_by_rounding() -> None:
    names = [f"{joint}.delay" for joint in made.MOVED]
    start = {name: 0.0311 + 0.0017 * number for number, name in enumerate(names)}
    space = space_of({"delay": {"spread": 0.007}}, start, dict.fromkeys(names, ""), made.MOVED)
    low, high = space.bounds
    assert any(each.value(float(at)) < 0 for each, at in zip(space.free, low, strict=True))
    assert space.values(low) == dict.fromkeys(names, 0.0)
    assert space.values(high) == dict.fromkeys(names, 0.3)


@given(st.sampled_from(sorted(JOINT_SCALES)), st.floats(-3, 3))
def test_value_and_coordinate_undo_each_other(quantity: str, at: float) -> None:
    names = [f"{joint}.{quantity}" for joint in made.MOVED]
    values = dict.fromkeys(names, 1.5 if quantity == "breakaway_per_coulomb" else 0.05)
    space = space_of({quantity: {"spread": 0.3}}, values, dict.fromkeys(names, ""), made.MOVED)
    for each in space.free:
        assert each.coordinate(each.value(at)) == pytest.approx(at, abs=1e-6)


def test_one_simulation_moves_a_quantity_of_every_joint_and_a_scene_alone() -> None:
    free = {**made.FREE, "table.height": {"spread": 0.01}}
    values = made.start() | {"table.height": -0.06, "table.friction": 0.3}
    space = space_of(free, values, dict.fromkeys(values, ""), made.MOVED)
    names = [sorted(space.free[p].name for p in group) for group in space.groups]
    assert ["table.height"] in names
    assert ["elbow_flex.kp", "shoulder_lift.kp", "shoulder_pan.kp"] in names
    assert sorted(p for group in space.groups for p in group) == list(range(13))


def test_a_quantity_that_cannot_be_free_is_named_with_those_that_can() -> None:
    with pytest.raises(UnknownNameError, match=r"free quantity 'colour'.*breakaway_per_coulomb"):
        made.space({"colour": {"spread": 1.0}})


def test_a_quantity_that_the_start_lacks_is_named() -> None:
    with pytest.raises(UnknownNameError, match=r"'shoulder_pan\.armature'"):
        made.space({"armature": {"spread": 1.0}})


def test_a_bound_that_excludes_the_start_is_a_problem() -> None:
    with pytest.raises(ProblemsError) as caught:
        made.space({"kp": {"spread": 1.0, "bounds": [8, 20]}, "offset": {"spread": 0.01}})
    assert [str(problem) for problem in caught.value.problems] == [
        "start_out_of_bounds: elbow_flex.kp: expected within [8, 20], came 7",
        "start_out_of_bounds: shoulder_lift.kp: expected within [8, 20], came 7",
        "start_out_of_bounds: shoulder_pan.kp: expected within [8, 20], came 7",
    ]
