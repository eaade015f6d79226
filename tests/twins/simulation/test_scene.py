"""A table and boxes: what touches, what does not, and settings that make no scene."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.io.problems import ProblemsError
from bench.twins.simulation.arm import assemble
from bench.twins.simulation.integrate import simulate
from bench.twins.simulation.model import build_model, qpos_columns
from bench.twins.simulation.physics import Physics
from bench.twins.simulation.scene import EMPTY, Box, Contact, Scene, Table, scene_of
from tests.twins.simulation.test_integrate import servo

JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
TIP = Contact("gripper_frame_link", (0.0, 0.0, 0.0), 0.01)
ELBOW = 2
UNITS = ("rad", "rad", "rad", "rad", "rad", "fraction")


@pytest.fixture
def urdf(repository: Path) -> Path:
    return repository / "robots" / "so101" / "robot.urdf"


def physics(scene: Scene) -> Physics:
    stiff = servo(kp=20.0, damping=1.0, force_min=-3.0, force_max=3.0)
    return Physics(dict.fromkeys(JOINTS, stiff), step=2e-3, scene=scene)


def lowered(urdf: Path, scene: Scene) -> np.ndarray:
    """The elbow bends until the tool would be well below the base; positions (N, 6)."""
    arm = assemble(urdf, physics(scene), UNITS)
    time = np.arange(0, 4, 0.02)
    command = np.zeros((len(time), 6))
    command[:, 1] = 0.3
    command[:, ELBOW] = np.minimum(0.5 * time, 0.9)
    start = command[0].copy()
    return arm.respond(time, command, start).position


def test_a_table_stops_the_arm(urdf: Path) -> None:
    free = lowered(urdf, EMPTY)
    stopped = lowered(urdf, Scene((TIP,), (), Table(-0.03, 0.3)))
    below = lowered(urdf, Scene((TIP,), (), Table(-0.6, 0.3)))
    assert free[-1, ELBOW] - stopped[-1, ELBOW] > 0.05
    assert np.abs(below - free).max() < 1e-9
    assert np.abs(stopped[:20] - free[:20]).max() < 1e-9  # not there yet


def test_a_table_without_contacts_or_contacts_without_a_table_touch_nothing(urdf: Path) -> None:
    free = lowered(urdf, EMPTY)
    for scene in (Scene((), (), Table(-0.03, 0.3)), Scene((TIP,))):
        assert not scene.touches
        assert (lowered(urdf, scene) == free).all()


def test_a_box_is_pushed_and_the_arm_still_answers_in_its_columns(urdf: Path) -> None:
    box = Box("cube", (0.36, 0.0, 0.02), (0.05, 0.3, 0.05), 0.05)
    scene = Scene((TIP,), (box,), Table(-0.005, 0.3))
    model = build_model(urdf, physics(scene))
    assert model.nq == 6 + 7
    assert qpos_columns(model) == list(range(6))
    time = np.arange(0, 3, 0.02)
    command = np.zeros((len(time), 6))
    command[:, 0] = 0.5 * np.sin(time)
    came = simulate(model, time, command, command[0], np.zeros(6))
    assert np.isinf(came.failed_at)
    assert np.abs(came.position[:, 0] - command[:, 0]).max() < 0.1


def test_a_box_falls_onto_the_table_and_rests(urdf: Path) -> None:
    import mujoco

    box = Box("cube", (0.5, 0.3, 0.2), (0.05, 0.05, 0.05), 0.1)
    model = build_model(urdf, physics(Scene((), (box,), Table(-0.06, 0.5))))
    data = mujoco.MjData(model)
    for _ in range(1000):
        mujoco.mj_step(model, data)
    assert data.body("cube").xpos[2] == pytest.approx(-0.06 + 0.025, abs=2e-3)


def test_settings_become_a_scene() -> None:
    setting = {
        "contacts": [{"link": "tip", "position": [0, 0, 0.1], "radius": 0.01}],
        "objects": [
            {"name": "cube", "position": [0.3, 0, 0], "size": [0.1, 0.1, 0.1], "mass": 0.2}
        ],
    }
    table = Table(-0.06, 0.3)
    assert scene_of(setting, table, "here") == Scene(
        (Contact("tip", (0, 0, 0.1), 0.01),),
        (Box("cube", (0.3, 0, 0), (0.1, 0.1, 0.1), 0.2),),
        table,
    )
    assert scene_of({}, None, "here") == EMPTY


@pytest.mark.parametrize(
    "broken",
    [
        {"walls": []},
        {"contacts": [{"link": "tip", "position": [0, 0], "radius": 0.01}]},
        {"contacts": [{"link": "tip", "position": [0, 0, 0], "radius": 0}]},
        {"objects": [{"name": "a/b", "position": [0, 0, 0], "size": [1, 1, 1], "mass": 1}]},
    ],
)
def test_settings_that_make_no_scene_are_problems(broken: dict[str, Any]) -> None:
    with pytest.raises(ProblemsError, match="here: settings/scene"):
        scene_of(broken, None, "here")


def test_a_contact_on_no_link_is_a_problem(urdf: Path) -> None:
    scene = Scene((replace(TIP, link="tentacle"),), (), Table(0.0, 0.3))
    with pytest.raises(ProblemsError) as caught:
        build_model(urdf, physics(scene))
    (problem,) = caught.value.problems
    assert (problem.code, problem.came) == ("contact_link", "tentacle")
    assert "gripper_frame_link" in problem.expected
