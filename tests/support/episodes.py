"""Small sets of episodes for tests, made from nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.io.store import Episodes
from bench.io.store_info import EpisodeInfo, StoreInfo

JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
UNITS = ("rad",) * 5 + ("fraction",)


def make_episodes(
    motions: Sequence[str] = ("wave", "reach", "hold"),
    *,
    runs: Sequence[str] = ("run-a", "run-b"),
    rows: int = 40,
    seed: int = 0,
    split: str = "all",
    dataset: str = "toy",
) -> Episodes:
    """Sine-like commands, and positions that follow them late and a little off.

    Runs of a motion share their commands; the first run is the reference.
    """
    rng = np.random.default_rng(seed)
    infos, parts = [], []
    phase = {motion: rng.uniform(0, 6, len(JOINTS)) for motion in motions}
    for run in runs:
        for number, motion in enumerate(motions):
            length = rows + 3 * number
            time = np.arange(length) * 0.02 + 5e-6
            command = 0.3 * np.sin(2 * np.pi * 0.7 * time[:, None] + phase[motion])
            late = 0.3 * np.sin(2 * np.pi * 0.7 * (time[:, None] - 0.1) + phase[motion])
            q = late + rng.normal(0.01, 0.002, (length, len(JOINTS)))
            role = "reference" if run == runs[0] else "repeat"
            infos.append(EpisodeInfo(f"{motion}.{run}", motion, motion, run, role))
            parts.append({"time": time, "q_command": command, "q": q, "dq": np.gradient(q, axis=0)})
    info = StoreInfo(
        dataset=dataset,
        robot="so101",
        kind="recorded",
        split=split,
        joints=JOINTS,
        units=UNITS,
        signals={"time": ("s",), "q": UNITS, "q_command": UNITS, "dq": ("rad/s",)},
        episodes=tuple(infos),
    )
    start = np.concatenate([[0], np.cumsum([len(p["time"]) for p in parts])]).astype(np.int64)
    names = ("time", "q", "q_command", "dq")
    return Episodes(info, start, {n: np.concatenate([p[n] for p in parts]) for n in names})
