"""Episodes made for the checks of an entry: an arm on sines, measured with an encoder's noise."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.guard.comparison import Comparison

STEP = 2 * np.pi / 4096


def comparison(
    seed: int = 0, *, rows: int = 1200, joints: int = 5, plant: Any = None, **fields: Any
) -> Comparison:
    """An episode whose entry is the noiseless motion 5 mrad off, or `plant(truth, twin)`.

    Args:
        seed: of motion, clock and noise.
        rows: of the episode.
        joints: of the arm.
        plant: makes the entry from the truth (N, J) and the twin (N, J).
        fields: of the comparison.
    """
    rng = np.random.default_rng([17, seed])
    time = np.cumsum(0.02 + 0.001 * rng.uniform(-1, 1, rows))
    speed, phase = rng.uniform(0.3, 1.5, joints), rng.uniform(0, 6, joints)
    command = 0.5 * np.sin(speed * time[:, None] + phase)
    moved = 0.5 * np.sin(speed * (time[:, None] - 0.08) + phase)
    truth = np.round((moved + 3e-4 * rng.standard_normal(moved.shape)) / STEP) * STEP
    twin = moved + 5e-3
    predicted = twin if plant is None else plant(truth, twin)
    scored = np.ones(rows, dtype=bool)
    scored[0] = False
    made: dict[str, Any] = {
        "id": f"m{seed}.run-a",
        "time": time,
        "scored": scored,
        "joints": tuple(f"j{i}" for i in range(joints)),
        "arms": {"arm": range(joints)},
        "reference": truth,
        "predicted": predicted,
        "command": command,
        "error": predicted - truth,
    }
    return Comparison(**{**made, **fields})
