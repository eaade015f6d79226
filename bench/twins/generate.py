"""The generated dataset `so101-synth`: a simulated SO-101 with known parameters, as a log.

The robot is a MuJoCo model of the SO-101 with servo parameters of its own, none of them
published, that a twin does not know. Each motion is executed twice: run-a with the true
parameters, run-b after a fictitious re-calibration (shifted encoder zeros, other friction); every
execution differs a little in addition. An execution begins 1.5 s before the log does: the robot
moves to the first command from a pose nearby, so that it rests where friction holds it.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.datasets.readers.counts import CountedJoint, CountedRun, CountsLog
from bench.io.documents import Document
from bench.twins.motions import MOTIONS, RATE, Motion
from bench.twins.motions.shapes import Floats, ease
from bench.twins.simulation.arm import assemble
from bench.twins.simulation.parallel import run_all
from bench.twins.simulation.physics import ROBOT_UNITS, SERVO_UNITS, Physics, Servo
from bench.twins.twin import Progress

Integers = NDArray[np.int64]

RUNS = ("run-a", "run-b")
COUNT = 2 * np.pi / 4096
GRIPPER_COUNTS = 1252
"""Of the gripper from closed to open."""
COMMAND_STEP = 1e-6
JOINTS = (
    CountedJoint("shoulder_pan", "rad", COUNT, COMMAND_STEP),
    CountedJoint("shoulder_lift", "rad", COUNT, COMMAND_STEP),
    CountedJoint("elbow_flex", "rad", COUNT, COMMAND_STEP),
    CountedJoint("wrist_flex", "rad", COUNT, COMMAND_STEP),
    CountedJoint("wrist_roll", "rad", COUNT, COMMAND_STEP),
    CountedJoint("gripper", "fraction", 1 / GRIPPER_COUNTS, COMMAND_STEP),
)
APPROACH_ROWS = 75


def _servo(
    kp: float, damping: float, frictionloss: float, armature: float, offset: float, delay: float
) -> Servo:
    return Servo(kp, 0.0, -6.0, 6.0, damping, frictionloss, armature, offset, delay)


def true_physics() -> Physics:
    """The robot of run-a."""
    return Physics(
        servos={
            "shoulder_pan": _servo(19.4, 1.23, 0.21, 0.0145, 0.0024, 0.022),
            "shoulder_lift": _servo(17.1, 0.94, 0.37, 0.0163, 0.0071, 0.028),
            "elbow_flex": _servo(30.8, 1.52, 0.86, 0.0312, 0.0147, 0.034),
            "wrist_flex": _servo(22.6, 1.08, 0.26, 0.0151, 0.0043, 0.025),
            "wrist_roll": _servo(15.3, 0.83, 0.15, 0.0118, -0.0016, 0.031),
            "gripper": _servo(12.2, 0.71, 0.11, 0.0097, 0.0105, 0.038),
        },
        mass_scale=1.06,
        friction_time=0.004,
        step=1e-3,
    )


@dataclass(frozen=True)
class Variation:
    """How one execution differs from the true parameters.

    Attributes:
        shift: (J,) rad, added to the angle before the encoder counts.
        friction: (J,) factor on frictionloss and damping.
    """

    shift: Floats
    friction: Floats


SESSION_SHIFT, EXECUTION_SHIFT = 4.5e-3, 1.2e-3
"""Standard deviations in rad of the encoder's shift in run-b, and of one execution."""
SESSION_FRICTION, EXECUTION_FRICTION = 0.06, 0.03
"""Standard deviations of the logarithm of the friction factor."""
APPROACH = 0.3
"""The robot comes from at most so far, in rad and as a fraction of the gripper's range."""


Seed = int | bytes
"""A number that anyone may know, or secret bytes."""


def stream(seed: Seed, *path: int) -> np.random.Generator:
    """The random numbers of one purpose.

    Of a secret seed one stream says nothing of another: each begins at an HMAC-SHA256 of its path.
    The clocks of a holdout are published, and its truth must not follow from them.
    """
    if isinstance(seed, int):
        return np.random.default_rng((seed, *path))
    digest = hmac.digest(seed, ",".join(map(str, path)).encode(), hashlib.sha256)
    return np.random.default_rng(int.from_bytes(digest))


def session(seed: Seed, run: int) -> Variation:
    """What is common to all executions of a run; the first run has the true parameters."""
    draw = stream(seed, 1, run)
    shift, friction = draw.normal(size=(2, len(JOINTS)))
    if run == 0:
        return Variation(np.zeros(len(JOINTS)), np.ones(len(JOINTS)))
    return Variation(SESSION_SHIFT * shift, np.exp(SESSION_FRICTION * friction))


def generate(robot_folder: Path, seed: Seed, progress: Progress) -> CountsLog:
    """Execute every motion in both runs.

    Args:
        robot_folder: folder with the `robot.urdf` of the SO-101.
        seed: of the clocks, the approaches and the variation.
        progress: told of every execution.

    Returns:
        The log, run by run; the same on one machine every time, elsewhere equal up to a count
        here and there.
    """
    jobs = list(itertools.product(range(len(RUNS)), range(len(MOTIONS))))
    sessions = [session(seed, run) for run in range(len(RUNS))]

    def one(job: int) -> CountedRun:
        run, motion = jobs[job]
        poses, draw = stream(seed, 3, motion), stream(seed, 2, run, motion)
        clock = draw if isinstance(seed, int) else stream(seed, 4, run, motion)
        approach = APPROACH * poses.uniform(-1, 1, len(JOINTS))
        common = sessions[run]
        return execute(robot_folder, MOTIONS[motion], RUNS[run], common, approach, draw, clock)

    return CountsLog(JOINTS, tuple(run_all(one, len(jobs), progress)))


def execute(
    robot_folder: Path,
    motion: Motion,
    run: str,
    common: Variation,
    approach: Floats,
    draw: np.random.Generator,
    clock_draw: np.random.Generator | None = None,
) -> CountedRun:
    """Execute one motion once.

    Args:
        robot_folder: folder with the `robot.urdf` of the SO-101.
        motion: what is commanded.
        run: name of the run.
        common: how the run differs from the true parameters.
        approach: (6,) how far from the first command the robot comes, rad and fraction.
        draw: of how this execution differs.
        clock_draw: of the clock; default: `draw`, before that.

    Returns:
        Clock in µs, commands and positions in counts.
    """
    clock = _clock(motion.rows, clock_draw or draw)
    shift, friction = draw.normal(size=(2, len(JOINTS)))
    own = Variation(
        common.shift + EXECUTION_SHIFT * shift,
        common.friction * np.exp(EXECUTION_FRICTION * friction),
    )
    command = np.rint(motion.command() / COMMAND_STEP).astype(np.int64)
    lead = np.arange(APPROACH_ROWS) / RATE
    first = command[0] * COMMAND_STEP
    rest = np.clip(first + approach, [-1.6] * 5 + [0.0], [1.6] * 5 + [1.0])
    way = rest + ease(lead / 1.0)[:, None] * (first - rest)
    arm = assemble(
        robot_folder / "robot.urdf", _varied(own.friction), [joint.unit for joint in JOINTS]
    )
    response = arm.respond(
        np.concatenate([lead, APPROACH_ROWS / RATE + clock * 1e-6]),
        np.concatenate([way, command * COMMAND_STEP]),
        rest,
    )
    shown = response.position[APPROACH_ROWS:] + own.shift / arm.width
    steps = np.array([joint.position_step for joint in JOINTS])
    position = np.rint(shown / steps).astype(np.int64)
    return CountedRun(motion.name, run, clock, command, position)


def _clock(rows: int, draw: np.random.Generator) -> Integers:
    """When the rows were logged, µs: a 50 Hz loop that sleeps a little too long, and stalls.

    The intervals resemble those of a real recorder of this robot: at least 20.005 ms, median
    20.059 ms, one in 250 longer by up to 0.65 ms (https://github.com/isaac-sim2real/sage commit
    4ffd2627df9d23e279b35712a67e629ce0c0dfa7, output/real/so101/custom).
    """
    interval = np.maximum(20_005, 20_059 + np.rint(draw.normal(0.0, 9.0, rows)))
    stalled = draw.random(rows) < 1 / 250
    interval = interval + stalled * draw.integers(100, 650, rows)
    interval[0] = draw.integers(1, 26)
    return np.cumsum(interval).astype(np.int64)


def _varied(friction: Floats) -> Physics:
    """The true robot with this factor on the friction of each joint."""
    physics = true_physics()
    servos = {
        name: replace(
            servo, frictionloss=servo.frictionloss * factor, damping=servo.damping * factor
        )
        for (name, servo), factor in zip(physics.servos.items(), friction.tolist(), strict=True)
    }
    return replace(physics, servos=servos)


def true_parameters(seed: int) -> Document:
    """What `generate` used, for tests that recover it: parameters named as a twin names them."""
    physics = true_physics()
    parameters = [
        {"name": f"{joint}.{name}", "value": getattr(servo, name), "unit": unit}
        for joint, servo in physics.servos.items()
        for name, unit in SERVO_UNITS.items()
    ]
    parameters += [
        {"name": name, "value": getattr(physics, name), "unit": ROBOT_UNITS[name]}
        for name in ("mass_scale", "friction_time")
    ]
    return {
        "schema": "twinbench/true_parameters/1",
        "dataset": "so101-synth",
        "robot": "so101",
        "seed": seed,
        "step": physics.step,
        "parameters": parameters,
        "runs": [
            {
                "name": name,
                "encoder_shift": _by_joint(session(seed, number).shift),
                "friction_factor": _by_joint(session(seed, number).friction),
            }
            for number, name in enumerate(RUNS)
        ],
        "variation_of_one_execution": {
            "encoder_shift": {"standard_deviation": EXECUTION_SHIFT, "unit": "rad"},
            "friction_factor": {"standard_deviation_of_logarithm": EXECUTION_FRICTION, "unit": "1"},
        },
    }


def _by_joint(values: Floats) -> Mapping[str, float]:
    return {joint.name: float(f"{value:.9g}") for joint, value in zip(JOINTS, values, strict=True)}
