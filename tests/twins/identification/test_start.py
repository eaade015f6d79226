from __future__ import annotations

from pathlib import Path

import pytest

from bench.io.problems import UnknownNameError
from bench.twins.identification.start import ASSUMED, start_of

JOINTS = ("elbow_flex", "gripper")
BRISTLES = {"breakaway_per_coulomb": 2.0, "stribeck": 0.1, "presliding": 0.0015}


@pytest.fixture
def robot(repository: Path) -> Path:
    return repository / "robots" / "so101"


def test_published_numbers_become_ratios_and_the_rest_is_assumed(robot: Path) -> None:
    settings = {
        "servo": "bam-m1",
        "delay": 0.01,
        "friction": BRISTLES,
        "whole": {"table.height": -0.06},
    }
    start = start_of(settings, robot, JOINTS)
    values = start.values
    kp = 1.2116 / 2.676 * 0.166 * 16 * 7.4
    assert values["elbow_flex.kp"] == pytest.approx(kp, rel=1e-6)
    viscous = 0.05909 + 1.2116**2 / 2.676  # friction, and back-EMF
    assert values["elbow_flex.damping_per_kp"] == pytest.approx(viscous / kp, rel=1e-5)
    assert values["elbow_flex.armature_per_kp"] == pytest.approx(0.0284 / kp, rel=1e-5)
    assert values["elbow_flex.coulomb_per_kp"] == pytest.approx(0.05239 / kp, rel=1e-5)
    assert values["elbow_flex.force_max"] == pytest.approx(0.97 * 7.4 * 1.2116 / 2.676, rel=1e-6)
    assert (values["elbow_flex.frictionloss"], values["gripper.stribeck"]) == (0.0, 0.1)
    assert values["table.height"] == -0.06
    assert start.sources["elbow_flex.kp"].startswith("https://")
    assert start.sources["elbow_flex.coulomb_per_kp"] == start.sources["elbow_flex.kp"]
    assert start.sources["elbow_flex.delay"] == start.sources["table.height"] == ASSUMED


def test_without_bristles_friction_loss_is_a_ratio(robot: Path) -> None:
    start = start_of({"servo": "A", "delay": 0.0, "friction": None}, robot, JOINTS)
    assert start.values["gripper.frictionloss_per_kp"] == pytest.approx(0.052 / 998.22)
    assert "gripper.frictionloss" not in start.values
    assert "gripper.coulomb_per_kp" not in start.values


def test_an_unknown_set_is_named(robot: Path) -> None:
    with pytest.raises(UnknownNameError, match="'C3PO'"):
        start_of({"servo": "C3PO", "delay": 0.0}, robot, JOINTS)


def test_with_feed_forward_the_servos_damping_is_a_ratio(robot: Path) -> None:
    start = start_of({"servo": "A", "delay": 0.0, "feed_forward": 0.9}, robot, JOINTS)
    assert start.values["gripper.kv_per_kp"] == pytest.approx(2.731 / 998.22)
    assert "gripper.kv" not in start.values
    assert start.values["gripper.feed_forward"] == 0.9
    assert start.sources["gripper.feed_forward"] == ASSUMED
    without = start_of({"servo": "A", "delay": 0.0}, robot, JOINTS).values
    assert without["gripper.kv"] == 2.731
    assert "gripper.feed_forward" not in without
