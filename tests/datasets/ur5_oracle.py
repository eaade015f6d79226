"""Figures of the UR5 recordings, computed from the raw files; imports nothing from bench."""

from __future__ import annotations

from pathlib import Path

import numpy as np

ROOT = Path(
    "kkufieta/ur5_modeling_force_estimate/dce0de88e75fc6af2a6336d75917244832c1a15e",
    "JointSpaceControl_Model_C_ForceEstim",
)
EXTRA = "RecordedToTrajectoryConvertion/Pos_Trajectories/8_ms_interpolation/csv_files"
# The maker's table of the UR5, series 3: theta, d, a, alpha.
TABLE = [
    (0.089159, 0.0, np.pi / 2),
    (0.0, -0.425, 0.0),
    (0.0, -0.39225, 0.0),
    (0.10915, 0.0, np.pi / 2),
    (0.09465, 0.0, -np.pi / 2),
    (0.0823, 0.0, 0.0),
]


def folder(mirror: Path, recording: str) -> Path:
    """Where a recording's files lie in a mirror."""
    if recording == "RecordedToTrajectory":
        return mirror / ROOT / EXTRA
    name = recording if recording == "TEST" else f"Movement_{recording}"
    return mirror / ROOT / "RecordedUR5Data" / name / "csv_files"


def log(mirror: Path, recording: str, name: str) -> np.ndarray:
    """The complete lines of one log, (N, 7)."""
    lines = (folder(mirror, recording) / f"log_{name}.csv").read_text().split("\n")[:-1]
    return np.array([[float(number) for number in line.split(", ")] for line in lines])


def logs(mirror: Path, recording: str, *names: str) -> list[np.ndarray]:
    """Several logs, cut to the shortest."""
    found = [log(mirror, recording, name) for name in names]
    return [values[: min(map(len, found))] for values in found]


def resting(speeds: np.ndarray) -> np.ndarray:
    """The rows whose commanded speeds (N, 6) are all zero, in this row and the one before."""
    still = (speeds == 0).all(axis=1)
    return still & np.concatenate([[False], still[:-1]])


def moving(speeds: np.ndarray) -> np.ndarray:
    """The rows with a commanded speed, in this row and the three before."""
    goes = (speeds != 0).any(axis=1)
    return np.array([k >= 3 and goes[k - 3 : k + 1].all() for k in range(len(goes))])


def tool(q: np.ndarray) -> np.ndarray:
    """Tool positions (N, 3) of joint angles (N, 6), by the table."""
    frames = np.tile(np.eye(4), (len(q), 1, 1))
    for (d, a, alpha), theta in zip(TABLE, q.T, strict=True):
        c, s, ca, sa = np.cos(theta), np.sin(theta), np.cos(alpha), np.sin(alpha)
        zero, one = np.zeros_like(c), np.ones_like(c)
        link = np.array(
            [
                [c, -s * ca, s * sa, a * c],
                [s, c * ca, -c * sa, a * s],
                [zero, zero + sa, zero + ca, zero + d],
                [zero, zero, zero, one],
            ]
        )
        frames = np.einsum("nij,jkn->nik", frames, link)
    return frames[:, :3, 3]


def echo(mirror: Path, recording: str, delay: float) -> tuple[np.ndarray, float, float, float]:
    """How far the command, `delay` seconds late, is from the arm in moving rows.

    Returns:
        RMSE of each joint (6,), over all joints, rad; RMSE and largest error of the tool, m.
    """
    target, actual, speeds, *_ = logs(
        mirror, recording, "q_target", "q_actual", "qd_target", "tool_vector", "qd_actual"
    )
    rows = moving(speeds[:, 1:])
    time = target[:, 0]
    late = np.column_stack([np.interp(time - delay, time, c) for c in target[:, 1:].T])
    error = (late - actual[:, 1:])[rows]
    joints = np.sqrt((error**2).mean(axis=0))
    off = np.linalg.norm(tool(late[rows]) - tool(actual[rows, 1:]), axis=1)
    return (
        joints,
        float(np.sqrt((error**2).mean())),
        float(np.sqrt((off**2).mean())),
        float(off.max()),
    )
