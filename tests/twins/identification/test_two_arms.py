"""A robot of two arms, whose fingers follow each other, is fitted as one of one arm is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench.io.store import Episodes
from bench.io.store_info import EpisodeInfo, StoreInfo
from bench.twins.identification.problem import FitProblem
from bench.twins.identification.runs import Form, Runs
from bench.twins.identification.search import search
from bench.twins.identification.space import space_of
from bench.twins.simulation.arm import assemble
from bench.twins.simulation.physics import physics_from

JOINTS = tuple(
    f"{side}_{name}"
    for side in ("left", "right")
    for name in (*(f"joint_{number}" for number in range(6)), "left_carriage_joint")
)
UNITS = (*("rad",) * 6, "m") * 2
MOVED = ("left_joint_1", "left_joint_2", "right_joint_1", "right_joint_2")
COLUMNS = tuple(JOINTS.index(joint) for joint in MOVED)
SETTINGS = {"step": 2e-3}
SERVO = {
    **{"kp": 150.0, "kv": 0.0, "force_min": -200.0, "force_max": 200.0},
    **{"damping_per_kp": 0.06, "armature_per_kp": 0.001, "frictionloss": 0.1},
    **{"offset": 0.0, "delay": 0.0},
}


@pytest.fixture(scope="module")
def urdf(repository: Path) -> Path:
    return repository / "robots" / "mobile-ai" / "robot.urdf"


@pytest.fixture(scope="module")
def recorded(urdf: Path) -> Episodes:
    time, commands = 0.02 * np.arange(120), []
    for number in range(2):
        command = np.tile([0.0, 0.9, 0.6, 0.2, 0.0, 0.0, 0.02] * 2, (120, 1))
        for place, column in enumerate(COLUMNS):
            rate = 0.5 + 0.1 * place + 0.15 * number
            command[:, column] += 0.2 * np.minimum(time, 1.0) * np.sin(2 * np.pi * rate * time)
        commands.append(command)
    values = {f"{joint}.{name}": value for joint in JOINTS for name, value in SERVO.items()}
    arm = assemble(urdf, physics_from(values, SETTINGS, JOINTS, "made"), UNITS)
    positions = [arm.respond(time, command, command[0]).position for command in commands]
    infos = tuple(EpisodeInfo(f"m{n}.a", f"m{n}", f"m{n}", "a", "reference") for n in range(2))
    about = {"time": ("s",), "q": UNITS, "q_command": UNITS}
    kind = "simulated reference"
    info = StoreInfo("made", "mobile-ai", kind, "calibration", JOINTS, UNITS, about, infos)
    signals = {
        "time": np.tile(time, 2),
        "q": np.concatenate(positions),
        "q_command": np.concatenate(commands),
    }
    return Episodes(info, np.array([0, 120, 240]), signals)


def test_gain_and_damping_of_both_arms_are_found(urdf: Path, recorded: Episodes) -> None:
    start = {f"{joint}.{name}": value for joint in JOINTS for name, value in SERVO.items()}
    for joint in MOVED:
        start |= {f"{joint}.kp": 110.0, f"{joint}.damping_per_kp": 0.08}
    free = {"kp": {"spread": 0.5}, "damping_per_kp": {"spread": 0.5}}
    space = space_of(free, start, dict.fromkeys(start, "somewhere"), MOVED)
    problem = FitProblem(Runs(recorded, COLUMNS, Form(urdf, SETTINGS)), space, lambda: None)
    found = problem.space.values(search(problem, np.zeros(len(space.free)), 8).x)
    for joint in MOVED:
        assert found[f"{joint}.kp"] == pytest.approx(150.0, rel=0.05), joint
        assert found[f"{joint}.damping_per_kp"] == pytest.approx(0.06, rel=0.1), joint
