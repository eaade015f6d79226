from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bench.scoring.trace import EpisodeTrace
from bench.scoring.trace_records import Declared
from tests.support.traces import no_others

TraceOf = Callable[..., EpisodeTrace]


@pytest.fixture
def trace_of() -> TraceOf:
    """Makes a trace of one arm from a clock and positions (N, J); fields may be given by name."""

    def make(
        time: np.ndarray, reference: np.ndarray, predicted: np.ndarray, **fields: Any
    ) -> EpisodeTrace:
        rows, joints = reference.shape
        given: dict[str, Any] = {
            "id": "wave/run-a",
            "group": "wave",
            "run": "run-a",
            "time": time,
            "weights": np.r_[0.0, np.full(max(rows - 1, 0), 0.02)][:rows],
            "masked": np.zeros(rows, bool),
            "arms": ("arm",),
            "joints": tuple(f"joint_{j}" for j in range(joints)),
            "arm_of": ("arm",) * joints,
            "joint_weights": np.full(joints, 1 / joints),
            "ranges": np.full(joints, 4.0),
            "limits": np.tile([-2.0, 2.0], (joints, 1)),
            "reference": reference,
            "predicted": predicted,
            "command": reference,
            "error": predicted - reference,
            "others": no_others(rows),
            "samples": None,
            "action_error": None,
            "declared": Declared(),
            "position_error": np.zeros((rows, 1)),
            "orientation_error": np.zeros((rows, 1)),
            "current": None,
            "failed_at": None,
        }
        return EpisodeTrace(**{**given, **fields})

    return make


@pytest.fixture
def time() -> np.ndarray:
    """Twenty seconds at 50 Hz."""
    return 0.02 * np.arange(1000)


@pytest.fixture
def waves(time: np.ndarray) -> np.ndarray:
    """(N, 2) two joints in slow waves of 0.5 rad."""
    return 0.5 * np.sin(np.outer(time, [0.9, 1.3]))
