from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.entries.check import CheckInput, Contents
from bench.entries.checks.joints import run
from tests.entries.toy import JOINTS, SCORED, UNITS, Holdout, commands, episodes_of, make_holdout

HOLDOUT = make_holdout()
EITHER = "'pan', 'lift', 'elbow' or 'pan', 'lift', 'elbow', 'gripper'"


def found(
    joints: tuple[str, ...],
    units: tuple[str, ...] | None = None,
    scored: tuple[str, ...] = SCORED,
    holdout: Holdout = HOLDOUT,
) -> list[str]:
    info = episodes_of({"circle.run-a": commands(2)}).info
    units = ("rad",) * len(joints) if units is None else units
    contents = Contents(info=replace(info, joints=joints, units=units))
    return [str(p) for p in run(CheckInput(contents, holdout.inputs, holdout.lock, scored))]


@given(st.lists(st.sampled_from(JOINTS), unique=True, min_size=1).map(tuple))
def test_the_scored_joints_or_all_and_in_that_order(joints: tuple[str, ...]) -> None:
    units = tuple(dict(zip(JOINTS, UNITS, strict=True))[name] for name in joints)
    lines = found(joints, units)
    if joints in ((*JOINTS,), ("pan", "lift", "elbow")):
        assert lines == []
        return
    shown = ", ".join(f"'{name}'" for name in joints)
    if set(joints) in ({*JOINTS}, {"pan", "lift", "elbow"}):
        shown += " (another order)"
    assert lines == [f"joints: trajectories.zarr: joints: expected {EITHER}, came {shown}"]


@pytest.mark.parametrize("scored", [(), JOINTS])
def test_without_a_choice_all_joints_are_expected(scored: tuple[str, ...]) -> None:
    assert found(JOINTS, UNITS, scored) == []
    assert found(SCORED, scored=scored) == [
        "joints: trajectories.zarr: joints: expected 'pan', 'lift', 'elbow', 'gripper', "
        "came 'pan', 'lift', 'elbow'"
    ]


def test_the_order_of_scored_is_that_of_the_dataset() -> None:
    for scored in itertools.permutations(SCORED):
        assert found(SCORED, scored=scored) == []


def test_every_unit_that_differs_is_named() -> None:
    assert found(JOINTS, ("m", "rad", "fraction", "rad")) == [
        "units: trajectories.zarr: joint 'pan': expected rad, came m",
        "units: trajectories.zarr: joint 'elbow': expected rad, came fraction",
        "units: trajectories.zarr: joint 'gripper': expected fraction, came rad",
    ]


def test_a_joint_of_another_name_has_no_unit_to_differ_from() -> None:
    (line,) = found(("pan", "lift", "knee"), ("rad", "rad", "m"))
    assert line.startswith("joints: ")


def test_a_joint_twice_is_neither(holdout: Holdout) -> None:
    (line,) = found(("pan", "pan", "lift"), holdout=holdout)
    assert line == (
        f"joints: trajectories.zarr: joints: expected {EITHER}, came 'pan', 'pan', 'lift'"
    )
