"""Does a fit find parameters that are known, and how often do its intervals hold them?

The generated robot moves three joints for one minute in all, in twelve short motions that every
seed draws anew; each execution differs a little, as in `bench.twins.generate`. The twin has the
robot's own form, so what is tested is the estimator and its intervals, not the model. Beside them
stand the intervals of `mujoco.sysid.calculate_intervals` from the same residuals and Jacobian: they
take the errors of neighbouring rows for independent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document
from bench.io.store import Episodes
from bench.io.store_info import EpisodeInfo, StoreInfo
from bench.twins.generate import JOINTS, RUNS, execute, session, true_physics
from bench.twins.identification.papers import interval_of
from bench.twins.identification.problem import FitProblem
from bench.twins.identification.runs import Form, Runs
from bench.twins.identification.search import search
from bench.twins.identification.space import Space, space_of
from bench.twins.identification.uncertainty import Uncertainty, uncertainty
from bench.twins.motions import RATE, Motion
from bench.twins.motions.shapes import waves
from bench.twins.simulation.physics import RATIOS, SERVO_UNITS
from bench.twins.twin import Progress

Floats = NDArray[np.float64]

MOVED = ("shoulder_pan", "shoulder_lift", "elbow_flex")
MOTIONS, ROWS = 12, 250
"""Twelve motions of five seconds: one minute."""
STEP = 2e-3
CENTRE = (0.0, 0.2, 0.3, 0.2, 0.0, 0.5)
FREE: Mapping[str, Mapping[str, float]] = {
    "kp": {"spread": 1.0},
    "damping_per_kp": {"spread": 1.0},
    "armature_per_kp": {"spread": 1.0},
    "frictionloss_per_kp": {"spread": 1.0},
    "offset": {"spread": 0.03},
    "delay": {"spread": 0.03},
}
START = {
    "kp": 12.0,
    "damping_per_kp": 0.08,
    "armature_per_kp": 0.0015,
    "frictionloss_per_kp": 0.015,
    "offset": 0.0,
    "delay": 0.015,
}
"""Where every fit starts, the same for each joint; none is the truth."""
STEPS = 12


@dataclass(frozen=True)
class Held:
    """Which intervals hold the truth, of one seed.

    Attributes:
        names: of the free parameters that the data determine.
        ours, theirs: whether the interval of each does.
        errors: estimate minus truth of each, in spreads of the prior.
        undetermined: names of the others.
    """

    names: tuple[str, ...]
    ours: tuple[bool, ...]
    theirs: tuple[bool, ...]
    errors: tuple[float, ...]
    undetermined: tuple[str, ...]


def recover(robot_folder: Path, seeds: Sequence[int], progress: Progress) -> Document:
    """Generate, fit and compare, seed by seed.

    Args:
        robot_folder: of the SO-101.
        seeds: one robot's minute each.
        progress: told of every seed.

    Returns:
        Shares of intervals that hold the truth, in all and by quantity, schema `recovery`.
    """
    found = []
    for seed in seeds:
        found.append(_one(robot_folder, seed))
        progress(len(found), len(seeds))
    return _document(found, seeds)


def _one(robot_folder: Path, seed: int) -> Held:
    episodes = minute(robot_folder, seed)
    truth = true_values()
    columns = tuple(episodes.info.joints.index(joint) for joint in MOVED)
    runs = Runs(episodes, columns, Form(robot_folder / "robot.urdf", {"step": STEP}))
    start = {**truth, **{f"{j}.{name}": value for j in MOVED for name, value in START.items()}}
    space = space_of(FREE, start, dict.fromkeys(start, "assumed"), MOVED)
    problem = FitProblem(runs, space, _nothing)
    linear = search(problem, np.zeros(len(space.free)), STEPS)
    squares, slopes = problem.normal(linear)
    groups = [episode.group for episode in episodes.info.episodes]
    spread = uncertainty(linear.x, squares, slopes, groups, space.bounds)
    half = _toolbox(problem, linear)
    return _held(space, linear.x, spread, half, truth)


def _toolbox(problem: FitProblem, linear: Any) -> Floats:
    """(P,) half widths of `mujoco.sysid`'s intervals of the coordinates."""
    from mujoco import sysid

    count = len(linear.x)
    jacobian = problem.jacobian(linear)[:-count]
    residual = problem.residual(linear.x[:, None])[:-count, 0]
    half: Floats = np.asarray(sysid.calculate_intervals([residual], jacobian)[1])
    return half


def _held(
    space: Space, x: Floats, spread: Uncertainty, half: Floats, truth: Mapping[str, float]
) -> Held:
    known = np.flatnonzero(spread.determined).tolist()
    ours, theirs, errors = [], [], []
    for p in known:
        each = space.free[p]
        low, high = interval_of(each, float(x[p]), float(spread.standard_error[p]), spread.degrees)
        at = each.coordinate(truth[each.name])
        ours.append(low <= truth[each.name] <= high)
        theirs.append(bool(abs(at - x[p]) <= half[p]))
        errors.append(float(x[p] - at))
    names = tuple(each.name for each in space.free)
    return Held(
        tuple(names[p] for p in known),
        tuple(ours),
        tuple(theirs),
        tuple(errors),
        tuple(name for p, name in enumerate(names) if p not in known),
    )


def _document(found: Sequence[Held], seeds: Sequence[int]) -> Document:
    rows = [
        (name, ours, theirs, error)
        for held in found
        for name, ours, theirs, error in zip(
            held.names, held.ours, held.theirs, held.errors, strict=True
        )
    ]
    quantities = list(FREE)
    return {
        "schema": "twinbench/recovery/1",
        "dataset": "so101-synth",
        "joints": list(MOVED),
        "motions": MOTIONS,
        "seconds": MOTIONS * ROWS / RATE,
        "seeds": list(seeds),
        "free": len(MOVED) * len(FREE),
        "shares": _shares(rows),
        "by_quantity": {
            name: _shares([row for row in rows if row[0].endswith(f".{name}")])
            for name in quantities
        },
        "undetermined": sum(len(held.undetermined) for held in found),
    }


def _shares(rows: Sequence[tuple[str, bool, bool, float]]) -> Document:
    if not rows:
        return {"intervals": 0, "hold": None, "sysid_hold": None, "rms_error": None}
    return {
        "intervals": len(rows),
        "hold": float(np.mean([row[1] for row in rows])),
        "sysid_hold": float(np.mean([row[2] for row in rows])),
        "rms_error": float(np.sqrt(np.mean([row[3] ** 2 for row in rows]))),
    }


def true_values() -> dict[str, float]:
    """The generated robot's parameters by name, with ratios where a fit has ratios."""
    physics = true_physics()
    values: dict[str, float] = {
        "mass_scale": physics.mass_scale,
        "friction_time": float(physics.friction_time or 0.0),
    }
    for joint, servo in physics.servos.items():
        own = {name: float(getattr(servo, name)) for name in SERVO_UNITS}
        for ratio, (quantity, base, _) in RATIOS.items():
            if quantity in own and ratio in FREE:
                own[ratio] = own.pop(quantity) / own[base]
        values |= {f"{joint}.{name}": value for name, value in own.items()}
    return values


def minute(robot_folder: Path, seed: int) -> Episodes:
    """One minute of the generated robot as reference runs, each motion a group of its own."""
    common, infos, parts = session(seed, 0), [], []
    for number in range(MOTIONS):
        draw = np.random.default_rng((seed, 5, number))
        motion = Motion(f"m{number}", ROWS, _recipe(draw))
        approach = 0.2 * draw.uniform(-1, 1, len(JOINTS))
        run = execute(robot_folder, motion, RUNS[0], common, approach, draw)
        infos.append(EpisodeInfo(f"{motion.name}.a", motion.name, motion.name, "a", "reference"))
        parts.append(run)
    names, units = tuple(j.name for j in JOINTS), tuple(j.unit for j in JOINTS)
    steps = {
        "q": np.array([joint.position_step for joint in JOINTS]),
        "q_command": np.array([joint.command_step for joint in JOINTS]),
    }
    signals = {
        "time": np.concatenate([run.time * 1e-6 for run in parts]),
        "q": np.concatenate([run.position * steps["q"] for run in parts]),
        "q_command": np.concatenate([run.command * steps["q_command"] for run in parts]),
    }
    start = np.cumsum([0, *(len(run.time) for run in parts)]).astype(np.int64)
    about = {"time": ("s",), "q": units, "q_command": units}
    info = StoreInfo(
        "so101-synth", "so101", "simulated reference", "calibration", names, units, about, ()
    )
    return Episodes(replace(info, episodes=tuple(infos)), start, signals)


def _recipe(draw: np.random.Generator) -> Any:
    """Two sines a moved joint, slow and quick, that start from nothing."""
    parts = []
    for low, high, size in ((0.15, 0.4, 0.35), (0.5, 1.2, 0.12)):
        moved = np.array([name.name in MOVED for name in JOINTS])
        amplitude = np.where(moved, size * draw.uniform(0.5, 1.0, len(JOINTS)), 0.0)
        frequency, phase = draw.uniform(low, high, len(JOINTS)), draw.uniform(0, 1, len(JOINTS))
        parts.append((tuple(amplitude), tuple(frequency), tuple(phase)))
    return lambda time: waves(time, CENTRE, parts)


def _nothing() -> None:
    pass
