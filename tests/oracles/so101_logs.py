"""The SO-101 recordings, read from the raw logs with nothing but the standard library and numpy.

Part of an oracle: it shares no code with the package and repeats the facts that it needs.
Source of the recordings: isaac-sim2real/sage, commits and paths in `RUNS`.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# The logs name the joints otherwise than the URDF; the order is the same.
LOG_JOINTS = ("Rotation", "Pitch", "Elbow", "Wrist_Pitch", "Wrist_Roll", "Jaw")
JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
ARM = 5  # the first five joints are the scored arm; the sixth is the gripper, a fraction 0..1

RUNS: Mapping[str, str] = MappingProxyType(
    {
        "run-a": "4ffd2627df9d23e279b35712a67e629ce0c0dfa7/output/real/so101/custom",
        "run-b": "87ca92226a60f767cf01a5a1b032855386087fd0/results/real/so101/custom",
    }
)

CALIBRATION = (
    "actuator_bandwidth",
    "backlash_detection",
    "chirp_sweep",
    "frequency_sweep",
    "friction_gravity",
    "hold_under_gravity",
    "multisine",
    "oscillation_low_freq",
    "prbs_excitation",
    "single_joint_elbow",
    "single_joint_rotation",
    "single_joint_wrist_pitch",
    "static_holding",
    "step_response",
    "trapezoidal_profile",
    "velocity_ramp",
)
VALIDATION = (
    "coupled_joints",
    "dual_joint_elbow_wrist",
    "inertia_coupling",
    "oscillation_med_freq",
    "ramp_motion",
    "reach_and_return",
    "single_joint_wrist_roll",
    "sinusoidal_sweep",
    "slow_precision",
    "staircase_motion",
)
HOLDOUT = (
    "boundary_exploration",
    "center_workspace",
    "circular_motion",
    "custom_motion",
    "diagonal_sweep",
    "dual_joint_rotation_pitch",
    "end_effector",
    "fast_transitions",
    "figure_eight",
    "gripper_cycles",
    "hover_positions",
    "large_amplitude",
    "lissajous_pattern",
    "perturbation_test",
    "pick_place",
    "random_waypoints",
    "reaching_points",
    "repetitive_motion",
    "spiral_motion",
    "square_pattern",
    "symmetric_motion",
    "triangle_wave",
    "wave_motion",
    "workspace_sweep",
)


@dataclass(frozen=True)
class Log:
    """One run of one motion.

    Attributes:
        time: (N,) s, as logged: zero is the start of the motion, the first row is microseconds
            later.
        q: (N, 6) measured, rad; gripper 0..1.
        q_command: (N, 6) commanded, same units.
    """

    time: Floats
    q: Floats
    q_command: Floats


def read_log(mirror: Path, run: str, motion: str) -> Log:
    """Read one motion of one run. ValueError where the files are not what they should be."""
    folder = mirror / "isaac-sim2real" / "sage" / RUNS[run] / motion
    names = tuple((folder / "joint_list.txt").read_text(encoding="ascii").split())
    if names != LOG_JOINTS:
        raise ValueError(f"{folder}: joints {names}, expected {LOG_JOINTS}")
    command_time, q_command = _columns(folder / "control.csv")
    time, q = _columns(folder / "state_motor.csv")
    if not np.array_equal(time, command_time):
        raise ValueError(f"{folder}: commands and states do not carry the same timestamps")
    return Log(time, q, q_command)


def read_logs(mirror: Path, run: str, motions: tuple[str, ...]) -> dict[str, Log]:
    """Read several motions of one run, by motion."""
    return {motion: read_log(mirror, run, motion) for motion in motions}


def same_commands(a: Log, b: Log) -> bool:
    """Whether two runs were given the same command rows: same count, difference at most 1e-9."""
    if a.q_command.shape != b.q_command.shape:
        return False
    return float(np.max(np.abs(a.q_command - b.q_command))) <= 1e-9


def _columns(path: Path) -> tuple[Floats, Floats]:
    """Timestamps (N,) in s and positions (N, 6) of one log file."""
    times = []
    positions = []
    with path.open(newline="", encoding="ascii") as lines:
        for row in csv.DictReader(lines):
            times.append(float(row["timestamp"]) * 1e-6)
            positions.append([float(value) for value in json.loads(row["positions"])])
    return np.array(times), np.array(positions)
