"""Episodes whose positions are made from their commands, and a fit's material."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.io.store import Episodes
from bench.io.store_info import EpisodeInfo, StoreInfo
from bench.kinematics.robot import load_robot
from bench.twins.twin import Material
from tests.support.episodes import JOINTS, UNITS

Maker = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Positions (N, J) from a clock (N,) s and commands (N, J)."""


def silent(_done: int, _total: int) -> None:
    """No progress."""


def episodes_of(
    tracks: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]],
    roles: Sequence[str] | None = None,
    split: str = "calibration",
) -> Episodes:
    """Episodes from time (N,), commands (N, J) and positions (N, J)."""
    roles = ["reference"] * len(tracks) if roles is None else roles
    infos = tuple(
        EpisodeInfo(f"m{n}.run", f"m{n}", f"m{n}", "run", role) for n, role in enumerate(roles)
    )
    units = {"time": ("s",), "q_command": UNITS, "q": UNITS}
    info = StoreInfo("toy", "so101", "recorded", split, JOINTS, UNITS, units, infos)
    start = np.cumsum([0, *(len(time) for time, _, _ in tracks)]).astype(np.int64)
    signals = {
        name: np.concatenate([track[place] for track in tracks])
        for place, name in enumerate(("time", "q_command", "q"))
    }
    return Episodes(info, start, signals)


def sines(make: Maker, lengths: Sequence[int] = (300, 220), **more: Any) -> Episodes:
    """Commands of several frequencies on an uneven clock, followed as `make` says."""
    tracks = []
    for number, rows in enumerate(lengths):
        step = 0.02 + 0.0007 * np.sin(np.arange(rows - 1))
        time = 3e-6 + np.concatenate([[0.0], np.cumsum(step)])
        rate = 0.3 + 0.17 * np.arange(len(JOINTS)) + 0.05 * number
        command = 0.6 * np.sin(2 * np.pi * rate * time[:, None] + np.arange(len(JOINTS)))
        tracks.append((time, command, make(time, command)))
    return episodes_of(tracks, **more)


def delayed(delay: float) -> Maker:
    """The command as it was so many seconds ago, straight between rows."""

    def make(time: np.ndarray, command: np.ndarray) -> np.ndarray:
        return np.column_stack([np.interp(time - delay, time, column) for column in command.T])

    return make


def material(
    repository: Path, calibration: Episodes, validation: Episodes, **settings: Any
) -> Material:
    """What a fit of the SO-101 is given."""
    folder = repository / "robots" / "so101"
    robot = load_robot(folder / "robot.json")
    return Material(calibration, validation, robot, folder, settings, 1)
