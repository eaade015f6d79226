from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.io.documents import check
from bench.twins.generate import true_physics
from bench.twins.identification.recovery import MOVED, minute, recover, true_values
from bench.twins.simulation.physics import physics_from


@pytest.fixture(scope="module")
def robot(repository: Path) -> Path:
    return repository / "robots" / "so101"


def test_the_truth_by_name_is_the_robot_that_generates() -> None:
    joints = tuple(true_physics().servos)
    came = physics_from(true_values(), {"step": true_physics().step}, joints, "here")
    truth = true_physics()
    assert came.mass_scale == truth.mass_scale
    assert came.friction_time == truth.friction_time
    for joint, servo in truth.servos.items():
        for name in ("kp", "damping", "frictionloss", "armature", "offset", "delay"):
            assert getattr(came.servos[joint], name) == pytest.approx(getattr(servo, name))


@pytest.mark.slow
def test_a_minute_moves_three_joints_and_differs_by_seed(robot: Path) -> None:
    one, other = minute(robot, 1), minute(robot, 2)
    assert len(one) == 12
    assert float(one.signals["time"][-1]) == pytest.approx(5.0, abs=0.1)
    moved = one.signals["q_command"].std(axis=0) > 0.02
    assert [n for n, m in zip(one.info.joints, moved, strict=True) if m] == list(MOVED)
    assert not np.array_equal(one.signals["q"], other.signals["q"])
    assert np.array_equal(one.signals["q"], minute(robot, 1).signals["q"])


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_known_robot_is_found(robot: Path) -> None:
    document = check(recover(robot, [1], lambda _done, _total: None), "recovery", "here")
    assert document["free"] == 18
    shares = document["shares"]
    assert shares["intervals"] + document["undetermined"] == 18
    assert shares["hold"] > 0.7
    assert shares["rms_error"] < 0.3
