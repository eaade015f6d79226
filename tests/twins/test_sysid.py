"""`mujoco.sysid` through our kind: it finds a robot of its own form, and its papers are whole."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t

from bench.io.documents import check_schema
from bench.io.problems import ProblemsError
from bench.kinematics.robot import load_robot
from bench.twins.simulation.arm import assemble
from bench.twins.simulation.physics import Physics, Servo
from bench.twins.sysid import KIND, SETTINGS, intervals
from bench.twins.twin import Fit, Material
from tests.twins.identification import made

TRUE = Servo(14.0, 0.0, -3.35, 3.35, 0.9, 0.15, 0.03, 0.0, 0.03)
CHOSEN: dict[str, Any] = {
    "servo": "B",
    "delay": 0.02,
    "step": 0.004,
    "seconds": 4,
    "iterations": 5,
    "bounds": {
        "kp": [1, 200],
        "damping": [0.01, 20],
        "frictionloss": [0, 5],
        "armature": [0.001, 0.5],
        "delay": [0, 0.1],
    },
}


@pytest.fixture(scope="module")
def material(repository: Path) -> Material:
    folder = repository / "robots" / "so101"
    arm = assemble(
        folder / "robot.urdf", Physics(dict.fromkeys(made.JOINTS, TRUE), step=0.004), made.UNITS
    )
    time = 0.02 * np.arange(200)
    commands = [made.command_of(number, 200) for number in range(3)]
    for number, command in enumerate(commands):
        command[:, 3] += 0.2 * np.sin(2 * np.pi * 0.4 * time + number)
        command[:, 4] += 0.2 * np.sin(2 * np.pi * 0.5 * time + number)
    positions = [arm.respond(time, command, command[0]).position for command in commands]
    episodes = made.episodes_of(time, commands, positions)
    return Material(episodes, episodes, load_robot(folder / "robot.json"), folder, CHOSEN, 1)


@pytest.fixture(scope="module")
def fit(material: Material) -> Fit:
    return KIND.fit(material, lambda _done, _total: None)


def test_the_settings_fit_their_schema() -> None:
    check_schema(CHOSEN, SETTINGS, "here")


@pytest.mark.slow
def test_it_finds_what_gravity_and_motion_show(fit: Fit) -> None:
    values = {parameter.name: parameter for parameter in fit.parameters}
    for joint in ("shoulder_lift", "elbow_flex"):
        assert values[f"{joint}.kp"].value == pytest.approx(14.0, rel=0.05)
        assert values[f"{joint}.damping"].value == pytest.approx(0.9, rel=0.1)
    assert values["delay"].value == pytest.approx(0.03, abs=0.01)  # armature lags, too
    assert values["elbow_flex.kp"].interval is not None
    assert values["elbow_flex.force_max"].determined == "published"
    fitted = [p for p in fit.parameters if p.determined == "fitted"]
    assert len(fitted) <= 25
    assert fit.settings == {"step": 0.004}


@pytest.mark.parametrize("rows", [8, 6000])
def test_intervals_are_those_of_least_squares_whatever_the_units(rows: int) -> None:
    random = np.random.default_rng(5)
    jacobian, residual = random.normal(size=(rows, 3)), random.normal(size=rows)
    jacobian[:, 2] = jacobian[:, 1] + 1e-3 * jacobian[:, 2]
    variance = residual @ residual / (rows - 3)
    expected = np.sqrt(variance * np.diag(np.linalg.inv(jacobian.T @ jacobian)))
    units = np.array([1e5, 1.0, 1.0])  # as they are, the toolbox takes the last two for one
    padded = np.column_stack([jacobian * units, np.zeros(rows)])
    errors, halves = intervals([residual[:5], residual[5:]], padded)
    assert errors[:3] * units == pytest.approx(expected, rel=1e-7)
    # Student's intervals: with five degrees of freedom a third wider than normal ones.
    assert halves[:3] * units == pytest.approx(expected * t.ppf(0.975, rows - 3), rel=1e-7)
    assert np.isinf(errors[3])
    assert np.isinf(halves[3])


@pytest.mark.slow
def test_its_twin_rolls_out(material: Material, fit: Fit) -> None:
    from bench.twins.prediction import error_on
    from bench.twins.twin import Twin

    twin = Twin("t", "sysid", "so101", fit.parameters, fit.settings)
    error = error_on(
        material.calibration,
        material.robot,
        lambda inputs: KIND.rollout(
            twin, inputs, material.robot, material.robot_folder, lambda _d, _t: None
        ),
    )
    assert error is not None
    assert error < 3e-3


def test_a_bound_that_excludes_the_start_is_a_problem(material: Material) -> None:
    bounds = {**CHOSEN["bounds"], "armature": [0.1, 0.5]}
    tight = replace(material, settings={**CHOSEN, "bounds": bounds})
    with pytest.raises(ProblemsError) as caught:
        KIND.fit(tight, lambda _done, _total: None)
    assert str(caught.value.problems[0]) == (
        "start_out_of_bounds: elbow_flex.armature: expected within [0.1, 0.5], came 0.028"
    )
    assert len(caught.value.problems) == 6
