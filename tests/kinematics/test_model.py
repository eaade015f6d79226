"""Links and joints of a model: the way from one link to another, names."""

from __future__ import annotations

from bench.kinematics.model import Model, ModelJoint, repeated

NONE = (0.0, 0.0, 0.0)


def _joint(name: str, parent: str, child: str) -> ModelJoint:
    return ModelJoint(name, "fixed", parent, child, NONE, NONE, None, None, None)


JOINTS = (_joint("one", "a", "b"), _joint("two", "b", "c"), _joint("three", "b", "d"))
MODEL = Model(("a", "b", "c", "d"), {joint.child: joint for joint in JOINTS})


def test_the_path_between_links_goes_outwards() -> None:
    assert MODEL.path("a", "d") == (JOINTS[0], JOINTS[2])
    assert MODEL.path("b", "b") == ()
    assert MODEL.path("d", "a") is None
    assert MODEL.path("c", "d") is None


def test_joints_by_name() -> None:
    assert MODEL.joint("two") is JOINTS[1]
    assert MODEL.joint("b") is None


def test_repeated_names_come_once_in_order() -> None:
    assert repeated(["b", "a", "", "b", "c", "a", "", "b"]) == ["a", "b"]
