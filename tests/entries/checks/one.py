"""One episode of one joint as a check's input."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.entries.check import CheckInput, Contents
from bench.io.store import Episodes
from tests.entries.toy import episodes_of


def one_episode(
    wanted: np.ndarray,
    clock: np.ndarray,
    command: np.ndarray | None = None,
    q: np.ndarray | None = None,
    failed_at: float = np.inf,
    continuous: tuple[str, ...] = (),
) -> CheckInput:
    """An entry with the joint positions `q` (N, J) on `clock` beside commands on `wanted`."""
    command = np.zeros((len(wanted), 1)) if command is None else command
    q = np.zeros((len(clock), 1)) if q is None else q
    joints = tuple(f"j{number}" for number in range(q.shape[1]))
    units = ("rad",) * len(joints)
    shown = episodes_of({"e": (wanted, command)}, joints, units)
    info = replace(shown.info, split="holdout_inputs", signals={"time": ("s",), "q_command": units})
    inputs = Episodes(
        info, shown.start, {"time": shown.signals["time"], "q_command": shown.signals["q"]}
    )
    entry = episodes_of({"e": (clock, q)}, joints, units, np.array([failed_at]))
    contents = Contents(info=entry.info, episodes=entry)
    return CheckInput(contents, inputs, {}, joints, continuous)
