"""Scored episodes for tests, made from a reference and an error."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.formulas.weighting import time_weights
from bench.scoring.trace import EpisodeTrace
from bench.scoring.trace_records import Declared, Others


def no_others(rows: int) -> Others:
    """Neither gripper nor prismatic joint."""
    nothing = np.zeros((rows, 0))
    return Others((), (), (), np.zeros(0, bool), *[np.zeros(0)] * 2, *[nothing] * 4)


def one_gripper(error: np.ndarray, *, weight: float = 0.0) -> Others:
    """One gripper, logged as a fraction, with this error (N, 1)."""
    still = np.full(error.shape, 0.5)
    flags, one = np.array([True]), np.array([1.0])
    names = (("gripper",), ("arm",), ("fraction",))
    return Others(*names, flags, one, np.array([weight]), still, still + error, error, still)


def make_trace(error: np.ndarray, **fields: Any) -> EpisodeTrace:
    """A trace with this error (N, J) over a reference that moves; any field may be replaced."""
    rows, joints = error.shape
    time = np.arange(rows) * 0.02
    reference = 0.3 * np.sin(time[:, None] + np.arange(joints))
    made: dict[str, Any] = {
        "id": "wave.run-a",
        "group": "wave",
        "run": "run-a",
        "time": time,
        "weights": time_weights(time, np.arange(rows) > 0),
        "masked": np.zeros(rows, bool),
        "arms": ("arm",),
        "joints": tuple(f"joint_{j}" for j in range(joints)),
        "arm_of": ("arm",) * joints,
        "joint_weights": np.full(joints, 1 / joints),
        "ranges": np.full(joints, 3.0),
        "limits": np.tile([-3.0, 3.0], (joints, 1)),
        "reference": reference,
        "predicted": reference + error,
        "command": reference.copy(),
        "error": error,
        "others": no_others(rows),
        "samples": None,
        "action_error": None,
        "declared": Declared(),
        "position_error": np.zeros((rows, 1)),
        "orientation_error": np.zeros((rows, 1)),
        "current": None,
        "failed_at": None,
        **fields,
    }
    return EpisodeTrace(**made)
