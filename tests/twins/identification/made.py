"""Short recordings of a SO-101 whose parameters are known, and runs to fit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bench.io.store import Episodes
from bench.io.store_info import EpisodeInfo, StoreInfo
from bench.twins.identification.runs import Form, Runs
from bench.twins.identification.space import Space, space_of
from bench.twins.simulation.arm import assemble
from bench.twins.simulation.physics import physics_from

JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
UNITS = ("rad", "rad", "rad", "rad", "rad", "fraction")
MOVED = JOINTS[:3]
SETTINGS: Mapping[str, Any] = {"step": 4e-3}
TRUTH = {
    "kp": 9.0,
    "kv": 0.0,
    "force_min": -6.0,
    "force_max": 6.0,
    "damping_per_kp": 0.07,
    "armature_per_kp": 0.002,
    "frictionloss": 0.0,
    "coulomb_per_kp": 0.01,
    "breakaway_per_coulomb": 1.8,
    "stribeck": 0.1,
    "presliding": 0.0015,
    "offset": 0.004,
    "delay": 0.012,
}
FREE = {
    "kp": {"spread": 0.5},
    "damping_per_kp": {"spread": 0.5},
    "coulomb_per_kp": {"spread": 0.7},
    "offset": {"spread": 0.01},
}
START = {"kp": 7.0, "damping_per_kp": 0.09, "coulomb_per_kp": 0.006, "offset": 0.0}


def truth() -> dict[str, float]:
    return {f"{joint}.{name}": value for joint in JOINTS for name, value in TRUTH.items()}


def start() -> dict[str, float]:
    return truth() | {f"{joint}.{name}": value for joint in MOVED for name, value in START.items()}


def space(free: Mapping[str, Mapping[str, Any]] = FREE) -> Space:
    values = start()
    return space_of(free, values, dict.fromkeys(values, "somewhere"), MOVED)


def command_of(number: int, rows: int) -> np.ndarray:
    """Sines of two frequencies on the moved joints, others at rest; (rows, 6)."""
    time = 0.02 * np.arange(rows)
    command = np.tile([0.0, 0.2, 0.3, 0.2, 0.0, 0.5], (rows, 1))
    for column in range(len(MOVED)):
        rate = 0.35 + 0.13 * column + 0.09 * number
        grown = np.minimum(time / 1.0, 1.0)
        command[:, column] += 0.35 * grown * np.sin(2 * np.pi * rate * time + number)
    return command


def recorded(urdf: Path, motions: int = 4, rows: int = 200, noise: float = 0.0) -> Episodes:
    """What the robot of `TRUTH` did, on a clock of 50 Hz."""
    arm = assemble(urdf, physics_from(truth(), SETTINGS, JOINTS, "made"), UNITS)
    time = 0.02 * np.arange(rows)
    random = np.random.default_rng(7)
    commands = [command_of(number, rows) for number in range(motions)]
    positions = [arm.respond(time, command, command[0]).position for command in commands]
    shaken = [q + noise * random.standard_normal(q.shape) for q in positions]
    return episodes_of(time, commands, shaken)


def episodes_of(
    time: np.ndarray, commands: list[np.ndarray], positions: list[np.ndarray]
) -> Episodes:
    infos = tuple(
        EpisodeInfo(f"m{n}.a", f"m{n}", f"m{n}", "a", "reference") for n in range(len(commands))
    )
    about = {"time": ("s",), "q": UNITS, "q_command": UNITS}
    info = StoreInfo(
        "made", "so101", "simulated reference", "calibration", JOINTS, UNITS, about, infos
    )
    signals = {
        "time": np.tile(time, len(commands)),
        "q": np.concatenate(positions),
        "q_command": np.concatenate(commands),
    }
    offsets = np.arange(len(commands) + 1, dtype=np.int64) * len(time)
    return Episodes(info, offsets, signals)


def runs_of(episodes: Episodes, urdf: Path) -> Runs:
    return Runs(episodes, tuple(range(len(MOVED))), Form(urdf, SETTINGS))
