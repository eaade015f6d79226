"""Which columns of a dataset make up an arm."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.datasets.layout import layout_of, load_layout
from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace
from bench.kinematics.robot import load_robot


def dataset(*joints: str, **more: Any) -> dict[str, Any]:
    return {"joints": [{"name": name} for name in joints], **more}


def test_each_arm_has_its_chain_in_the_datasets_order(repository: Path) -> None:
    robot = load_robot(repository / "robots" / "mobile-ai" / "robot.json")
    found = layout_of(dataset(*robot.joint_names), robot)
    assert found.chains == (tuple(range(6)), tuple(range(7, 13)))
    assert found.noise.tolist() == [0.0] * 14
    turned = layout_of(dataset(*reversed(robot.joint_names)), robot)
    assert turned.chains == (tuple(range(13, 7, -1)), tuple(range(6, 0, -1)))


def test_a_joint_that_was_not_recorded_has_no_column(repository: Path) -> None:
    robot = load_robot(repository / "robots" / "so101" / "robot.json")
    declared = {"elbow_flex": 1e-5}
    made = dataset("elbow_flex", "gripper", "shoulder_pan", measurement_noise=declared)
    found = layout_of(made, robot)
    assert found.chains == ((2, 0),)
    assert found.noise.tolist() == [1e-5, 0.0, 0.0]


def test_a_joint_that_the_robot_does_not_have(repository: Path) -> None:
    robot = load_robot(repository / "robots" / "ur5" / "robot.json")
    with pytest.raises(ProblemsError) as raised:
        layout_of(dataset("elbow_joint", "Jaw"), robot)
    message = "joints: dataset.json: expected a joint of the robot ur5, came Jaw"
    assert str(raised.value) == message


@pytest.mark.parametrize("name", ["so101-sage", "so101-synth", "ur5-force"])
def test_committed_datasets_fit_their_robots(repository: Path, name: str) -> None:
    found = load_layout(Workspace(repository).dataset(name))
    assert found.chains == (tuple(range(6 if name == "ur5-force" else 5)),)
    assert (found.noise > 0).all()
    assert np.isfinite(found.noise).all()
