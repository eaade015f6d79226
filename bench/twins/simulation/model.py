"""From a robot's links and numbers to a MuJoCo model.

API: MuJoCo 4.0, `mujoco.MjSpec` (https://mujoco.readthedocs.io/en/stable/python.html).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mujoco
import numpy as np
from numpy.polynomial.polynomial import polyder, polyval
from numpy.typing import NDArray

from bench.io.problems import Problem, ProblemsError
from bench.twins.simulation.collision import add_scene
from bench.twins.simulation.links import not_simulated, read_links
from bench.twins.simulation.physics import Friction, Physics, Servo

GRAVITY = (0.0, 0.0, -9.81)
_SOLIMP_STIFF = (0.99, 0.9999, 0.001, 0.5, 2.0)
_BRISTLE_DAMPING = 0.02
"""Damping ratio of the bristles with the armature; what moves is damped by the joint itself."""
_STIFFNESS, _BREAKAWAY = 5, 4
"""Where MuJoCo keeps them, in `actuator_dynprm` and `actuator_biasprm`; a test holds it."""


def build_spec(links: Path, physics: Physics) -> Any:
    """A robot with a position servo on every joint but those that follow another.

    Nothing collides but what the scene names; joint limits are on. A simulation that breaks stays
    broken: MuJoCo does not reset it.

    Args:
        links: path of the robot's model, fixed base: see `read_links`.
        physics: one servo for every moving joint that mimics no other; actuators come in this
            order, with a control each. Friction with bristles follows as actuators without one.

    Returns:
        A `mujoco.MjSpec`; the torque limits of the model are replaced by the servos'.

    Raises:
        ProblemsError: the model cannot be simulated, or its joints are not those of `physics`.
    """
    spec = read_links(links)
    # MuJoCo reads `mimic` of a URDF as an equality whose first joint follows the second.
    follow = {each.name1 for each in spec.equalities if each.type == mujoco.mjtEq.mjEQ_JOINT}
    joints = {joint.name: joint for joint in spec.joints if joint.name not in follow}
    if joints.keys() != physics.servos.keys():
        wanted, came = sorted(physics.servos), sorted(joints)
        raise ProblemsError(
            [Problem("joints", str(links), "the joints " + ", ".join(wanted), ", ".join(came))]
        )
    for body in spec.bodies:
        body.mass *= physics.mass_scale
        body.inertia = body.inertia * physics.mass_scale
        body.fullinertia = body.fullinertia * physics.mass_scale
        body.gravcomp = physics.gravity_compensation
    for name, servo in physics.servos.items():
        _set_joint(joints[name], servo, physics.friction_time)
        _add_servo(spec, name, servo)
    for name, servo in physics.servos.items():
        if servo.friction is not None:
            _add_friction(spec, name, servo.friction, servo.armature)
    add_scene(spec, physics.scene, str(links))
    spec.option.timestep = physics.step
    spec.option.gravity = GRAVITY
    spec.option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
    spec.option.disableflags = int(mujoco.mjtDisableBit.mjDSBL_AUTORESET)
    if not physics.scene.touches:
        spec.option.disableflags |= int(mujoco.mjtDisableBit.mjDSBL_CONTACT)
    return spec


def build_model(links: Path, physics: Physics) -> Any:
    """The compiled robot, a `mujoco.MjModel`: see `build_spec`.

    Raises:
        ProblemsError: the model cannot be simulated, or its joints are not those of `physics`.
    """
    spec = build_spec(links, physics)
    try:
        model = spec.compile()
    except ValueError as error:
        raise not_simulated(str(links), error) from None
    for name, servo in physics.servos.items():
        # Set here, because its form in the specification differs between versions of MuJoCo.
        model.dof_damping[model.joint(name).dofadr] = servo.damping
    return model


def qpos_columns(model: Any) -> list[int]:
    """Where the joint of each servo stands in `qpos`; one number a joint, as in `qvel`."""
    return [int(model.jnt_qposadr[model.actuator_trnid[i, 0]]) for i in range(model.nu)]


def dof_columns(model: Any) -> list[int]:
    """Where the joint of each servo stands in `qvel`."""
    return [int(model.jnt_dofadr[model.actuator_trnid[i, 0]]) for i in range(model.nu)]


def all_positions(
    model: Any, driven: NDArray[np.float64], others: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """`qpos` where the joints with a servo have these positions.

    Joints that follow another are where it has them.

    Args:
        model: from `build_model`.
        driven: (J,) rad or m.
        others: (nq,) where any other joint is; default: where the model has it.

    Returns:
        (nq,) rad or m.
    """
    positions: NDArray[np.float64] = (model.qpos0 if others is None else others).copy()
    positions[qpos_columns(model)] = driven
    for follower, driver, path in _followers(model):
        at, by = model.jnt_qposadr[follower], model.jnt_qposadr[driver]
        shift = polyval(positions[by] - model.qpos0[by], path)
        positions[at] = model.qpos0[at] + shift
    return positions


def all_velocities(
    model: Any,
    positions: NDArray[np.float64],
    driven: NDArray[np.float64],
    others: NDArray[np.float64],
) -> NDArray[np.float64]:
    """`qvel` where the joints with a servo have these velocities.

    Joints that follow another move as it makes them.

    Args:
        model: from `build_model`.
        positions: (nq,) from `all_positions`.
        driven: (J,) rad/s or m/s.
        others: (nv,) velocities of any other joint.

    Returns:
        (nv,) rad/s or m/s.
    """
    velocities = others.copy()
    velocities[dof_columns(model)] = driven
    for follower, driver, path in _followers(model):
        by = model.jnt_qposadr[driver]
        slope = polyval(positions[by] - model.qpos0[by], polyder(path))
        at = model.jnt_dofadr[follower]
        velocities[at] = slope * velocities[model.jnt_dofadr[driver]]
    return velocities


def _followers(model: Any) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
    """The joints that follow another, each with its driver, by number.

    Third comes (5,) the polynomial that leads from how far the driver is from where it began to how
    far the follower is.
    """
    for number in np.flatnonzero(model.eq_type == mujoco.mjtEq.mjEQ_JOINT):
        yield (
            int(model.eq_obj1id[number]),
            int(model.eq_obj2id[number]),
            model.eq_data[number, :5],
        )


def joint_ranges(model: Any) -> NDArray[np.float64]:
    """The limits (J, 2) in rad or m of the joint of each servo."""
    limits: NDArray[np.float64] = np.array(model.jnt_range)[model.actuator_trnid[: model.nu, 0]]
    return limits


def settle(model: Any, data: Any, command: NDArray[np.float64]) -> None:
    """Bend the bristles so that friction holds a robot at rest, as far as it can.

    Args:
        model: from `build_model`.
        data: its state, positions and velocities set; its activations are.
        command: (J,) rad or m, what the servos see.
    """
    if model.na == 0:
        return
    data.ctrl[:] = command
    mujoco.mj_forward(model, data)
    # What the joints are driven by while friction is at rest; `act` holds one deflection each.
    drive = data.qfrc_actuator + data.qfrc_passive - data.qfrc_bias
    for number in range(model.nu, len(model.actuator_trnid)):
        stiffness = model.actuator_dynprm[number, _STIFFNESS]
        dof = model.jnt_dofadr[model.actuator_trnid[number, 0]]
        most = model.actuator_biasprm[number, _BREAKAWAY]
        held = min(max(drive[dof], -most), most)
        data.act[model.actuator_actadr[number]] = held / stiffness


def _set_joint(joint: Any, servo: Servo, friction_time: float | None) -> None:
    joint.frictionloss = servo.frictionloss
    joint.armature = servo.armature
    joint.actfrclimited = mujoco.mjtLimited.mjLIMITED_FALSE
    if friction_time is not None:
        joint.solref_friction = (friction_time, 1.0)
        joint.solimp_friction = _SOLIMP_STIFF


def _add_friction(spec: Any, name: str, friction: Friction, armature: float) -> None:
    stiffness = friction.coulomb / friction.presliding
    actuator = spec.add_actuator(
        name=f"{name}.friction", target=name, trntype=mujoco.mjtTrn.mjTRN_JOINT
    )
    actuator.set_to_dcmotor(
        motorconst=(0.0, 0.0),
        resistance=1.0,
        lugre=(
            stiffness,
            2 * _BRISTLE_DAMPING * math.sqrt(stiffness * armature),
            friction.coulomb,
            friction.breakaway,
            friction.stribeck,
        ),
        ctrlspec=int(mujoco.mjtCtrlInput.mjINPUT_NONE),
    )


def _add_servo(spec: Any, name: str, servo: Servo) -> None:
    actuator = spec.add_actuator(name=name, target=name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
    actuator.set_to_position(kp=servo.kp, kv=servo.kv)
    actuator.forcelimited = mujoco.mjtLimited.mjLIMITED_TRUE
    actuator.forcerange = (servo.force_min, servo.force_max)
