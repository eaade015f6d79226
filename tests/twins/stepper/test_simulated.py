"""A MuJoCo twin as a stepper: a rollout without corrections, and what corrections do."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import mujoco
import numpy as np
import pytest

from bench.datasets.split import inputs_of
from bench.io.stepper import Reset, Rows
from bench.io.store import Episodes
from bench.kinematics.robot import load_robot
from bench.twins.simulation.kind import KIND
from bench.twins.simulation.physics import JOINT_UNITS
from bench.twins.simulation.published import published_parameters
from bench.twins.stepper.kinds import begin_of
from bench.twins.stepper.simulated import Simulated
from bench.twins.stepper.state import State
from bench.twins.twin import Parameter, Twin
from tests.support.episodes import JOINTS, UNITS
from tests.twins.made import delayed, silent, sines


def _twin(repository: Path, *more: Parameter) -> Twin:
    path = repository / "robots/so101/servos.json"
    parameters = published_parameters(path, "B", JOINTS)
    return Twin("sim", "mujoco", "so101", (*parameters, *more), {"step": 0.002})


DELAYS = {
    "none": (),
    "common": (Parameter("delay", 0.033, "s", "fitted"),),
    "bristles": tuple(
        Parameter(f"{joint}.{name}", value, unit, "fitted")
        for joint in JOINTS
        for name, value, unit in (
            ("coulomb", 0.05, "N m"),
            ("breakaway", 0.1, "N m"),
            ("stribeck", 0.1, "rad/s"),
            ("presliding", 0.0015, "rad"),
            ("offset", 0.02, "rad"),
        )
    ),
    "apart": (Parameter(f"{JOINTS[1]}.delay", 0.061, "s", "fitted"),),
}


@pytest.fixture
def inputs() -> Episodes:
    return inputs_of(sines(delayed(0.0), (120,), split="holdout_truth"))


def _begin(repository: Path, twin: Twin, inputs: Episodes) -> State:
    time, command, start = (inputs.signal(n, 0) for n in ("time", "q_command", "q_start"))
    reset = Reset(JOINTS, UNITS, float(time[0]), start, command[0], None)
    return begin_of(twin, repository / "robots/so101")(reset)


def _rows(inputs: Episodes, first: int, last: int) -> Rows:
    return Rows(*(inputs.signal(name, 0)[first:last] for name in ("time", "q_command")))


@pytest.mark.parametrize("delay", DELAYS)
@pytest.mark.parametrize("size", [1, 7, 200])
def test_without_a_correction_it_is_the_rollout(
    repository: Path, inputs: Episodes, delay: str, size: int
) -> None:
    twin = _twin(repository, *DELAYS[delay])
    robot = load_robot(repository / "robots/so101/robot.json")
    rolled = KIND.rollout(twin, inputs, robot, repository / "robots/so101", silent)
    state = _begin(repository, twin, inputs)
    found = [state.advance(_rows(inputs, at, at + size)) for at in range(1, 120, size)]
    assert np.abs(np.concatenate(found) - rolled.signals["q"][1:]).max() < 2e-9


def test_a_copy_and_its_origin_go_apart(repository: Path, inputs: Episodes) -> None:
    twin = _twin(repository, *DELAYS["common"])
    alone, state = (_begin(repository, twin, inputs) for _ in range(2))
    for one in (alone, state):
        one.advance(_rows(inputs, 1, 40))
        one.observe(np.full(6, 0.1))
    copy = state.copy()
    ahead = copy.advance(_rows(inputs, 40, 90))
    copy.observe(np.full(6, -0.2))
    copy.move(np.full(6, 0.3), np.ones(6))
    again = state.copy().advance(_rows(inputs, 40, 90))
    assert (again == ahead).all()
    assert (alone.advance(_rows(inputs, 40, 120)) == state.advance(_rows(inputs, 40, 120))).all()


def test_it_is_moved_to_positions_and_velocities(repository: Path, inputs: Episodes) -> None:
    state = _begin(repository, _twin(repository), inputs)
    state.advance(_rows(inputs, 1, 30))
    q, dq = np.array([0.2, -0.1, 0.3, 0.0, 0.1, 0.4]), np.array([1.0, -1, 2, 0, 0, 0.5])
    state.move(q, dq)
    (now,) = inputs.signal("time", 0)[29:30]
    command = inputs.signal("q_command", 0)[29:30]
    assert state.advance(Rows(np.array([now]), command))[0] == pytest.approx(q, abs=2e-9)
    soon = state.advance(Rows(np.array([now + 0.002]), command))[0]
    assert (np.sign(soon - q)[[0, 1, 2]] == [1, -1, 1]).all()


def test_its_own_correction_closes_in_on_a_lasting_difference(repository: Path) -> None:
    """A robot that rests 0.05 beside its command is still there when corrections stop."""
    time = 0.02 * np.arange(1, 301)
    start, shift = np.zeros(6), np.full(6, 0.05)
    reset = Reset(JOINTS, UNITS, 0.0, start, start, None)
    twin = _twin(repository)
    state = begin_of(twin, repository / "robots/so101")(reset)
    still = Rows(time, np.zeros((300, 6)))
    for row in range(250):
        state.advance(still.part(slice(row, row + 1)))
        state.observe(shift)
    ahead = state.copy().advance(still.part(slice(250, 300)))
    assert np.abs(ahead[-1] - shift).max() < 0.02


def test_one_that_breaks_stays_where_it_was(repository: Path, inputs: Episodes) -> None:
    twin = _twin(repository)
    broken = Twin("sim", "mujoco", "so101", twin.parameters, {"step": 0.5})
    state = _begin(repository, broken, inputs)
    found = state.advance(_rows(inputs, 1, 120))
    assert np.isfinite(found).all()
    assert np.isfinite(state.observe(np.zeros(6))).all()


BIMANUAL = tuple(
    f"{side}_{name}"
    for side in ("left", "right")
    for name in (*(f"joint_{number}" for number in range(6)), "left_carriage_joint")
)
METRES = (*("rad",) * 6, "m") * 2
SOFT: dict[str, float] = {
    **{"kp": 60.0, "kv": 2.0, "force_min": -80.0, "force_max": 80.0},
    **{"damping": 1.0, "frictionloss": 0.05, "armature": 0.05},
}


def _both_arms(folder: Path) -> Simulated:
    parameters = (
        Parameter(f"{joint}.{name}", value, JOINT_UNITS[name], "assumed")
        for joint in BIMANUAL
        for name, value in SOFT.items()
    )
    twin = Twin("sim", "mujoco", "mobile-ai", tuple(parameters), {"step": 0.002})
    start = np.tile([0.0, 0.9, 0.6, 0.2, 0.0, 0.0, 0.02], 2)
    state = begin_of(twin, folder)(Reset(BIMANUAL, METRES, 0.0, start, start, None))
    assert isinstance(state, Simulated)
    return state


@pytest.mark.parametrize("factor", [1.0, 0.5])
def test_a_joint_that_follows_another_moves_with_it(
    repository: Path, tmp_path: Path, factor: float
) -> None:
    """Both fingers close at once after a correction, the second by the factor of the mimic."""
    folder = tmp_path / "mobile-ai"
    shutil.copytree(repository / "robots/mobile-ai", folder)
    text = (folder / "robot.urdf").read_text(encoding="utf-8")
    mimic = '<mimic joint="left_left_carriage_joint"'
    assert text.count(f"{mimic}/>") == 1
    changed = text.replace(f"{mimic}/>", f'{mimic} multiplier="{factor}"/>')
    (folder / "robot.urdf").write_text(changed, encoding="utf-8")
    state = _both_arms(folder)
    dq = np.zeros(14)
    dq[[6, 13]] = -0.3, 0.2
    state.move(np.tile([0.0, 0.9, 0.6, 0.2, 0.0, 0.0, 0.03], 2), dq)
    model = state._machine.arm.model
    qvel = state._full[1 + model.nq :][: model.nv]
    speed = {
        f"{side}_{each}": qvel[model.joint(f"{side}_{each}_carriage_joint").dofadr[0]]
        for side in ("left", "right")
        for each in ("left", "right")
    }
    assert speed == pytest.approx(
        {"left_left": -0.3, "left_right": -0.3 * factor, "right_left": 0.2, "right_right": 0.2}
    )


def test_a_correction_leaves_objects_where_they_are(repository: Path, inputs: Episodes) -> None:
    box = {"name": "box", "position": [0.5, 0, 0.5], "size": [0.02] * 3, "mass": 0.1}
    twin = replace(_twin(repository), settings={"step": 0.002, "scene": {"objects": [box]}})
    state = _begin(repository, twin, inputs)
    assert isinstance(state, Simulated)
    state.advance(_rows(inputs, 1, 15))
    falling = state._full.copy()
    state.move(np.full(6, 0.1), np.zeros(6))
    model = state._machine.arm.model
    free = model.jnt_type == mujoco.mjtJoint.mjJNT_FREE
    (qpos,), (dof,) = model.jnt_qposadr[free], model.jnt_dofadr[free]
    own = [*range(1 + qpos, 8 + qpos), *range(1 + model.nq + dof, 7 + model.nq + dof)]
    assert falling[3 + qpos] < 0.45  # it has fallen
    assert (state._full[own] == falling[own]).all()
