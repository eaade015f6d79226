"""A dataset of two arms at work, made from a seed: what the benchmarks score.

Every joint follows a sum of slow sines within its limits; the reference answers its command late
and with noise, the prediction with another delay, an offset and noise of its own. Nothing is
rounded, so that the stores do not compress to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.io.store import Episodes
from bench.io.store_info import EpisodeInfo, Split, StoreInfo
from bench.kinematics.robot import Joint, Robot, load_robot

Floats = NDArray[np.float64]
ROBOTS = Path(__file__).parent.parent / "robots"
RATE = 50.0
"""Rows per second."""
SINES = 4
DELAYS = {"reference": 0.10, "prediction": 0.13}
"""s, how late a joint answers its command."""


@dataclass(frozen=True)
class Size:
    """How much there is to score."""

    episodes: int
    seconds: float = 30.0

    @property
    def rows(self) -> int:
        return round(self.episodes * self.seconds * RATE)


@dataclass(frozen=True)
class Pair:
    """What happened and what was predicted."""

    reference: Episodes
    prediction: Episodes


def robot(name: str = "") -> Robot:
    """The robot of that name, or the first one with two arms."""
    if name:
        return load_robot(ROBOTS / name / "robot.json")
    loaded = (load_robot(path) for path in sorted(ROBOTS.glob("*/robot.json")))
    return next(one for one in loaded if len(one.arms) > 1)


def make(of: Robot, size: Size, seed: int) -> Pair:
    """Make the dataset; the same for the same robot, size and seed.

    Two episodes are a group. The clock has 50 Hz with a jitter of at most 1 ms.
    """
    rng = np.random.default_rng(seed)
    rows = round(size.seconds * RATE)
    tick = np.arange(rows) / RATE
    clocks, commands, measured, predicted = [], [], [], []
    for _ in range(size.episodes):
        time = tick + rng.uniform(-0.0005, 0.0005, rows)
        time -= time[0]
        motion = _Motion.drawn(of.logged_joints, rng)
        clocks.append(time)
        commands.append(motion.at(time))
        measured.append(motion.at(time - DELAYS["reference"], rng, 0.002))
        predicted.append(motion.at(time - DELAYS["prediction"], rng, 0.001, 0.01))
    time = np.concatenate(clocks)
    start = np.arange(size.episodes + 1, dtype=np.int64) * rows
    truth = {"q": np.concatenate(measured), "q_command": np.concatenate(commands), "time": time}
    guess = {"q": np.concatenate(predicted), "time": time}
    return Pair(
        Episodes(_info(of, size.episodes, "holdout_truth", tuple(truth)), start, truth),
        Episodes(_info(of, size.episodes, "entry", tuple(guess)), start, guess),
    )


@dataclass(frozen=True)
class _Motion:
    """Sums of sines: a middle (J,), and amplitude, frequency (Hz) and phase (J, SINES)."""

    middle: Floats
    spread: Floats
    amplitude: Floats
    frequency: Floats
    phase: Floats

    @classmethod
    def drawn(cls, joints: tuple[Joint, ...], rng: np.random.Generator) -> _Motion:
        """A motion that stays within 60 % of each joint's range."""
        low, high = np.array([_ends(joint) for joint in joints]).T
        shape = (len(joints), SINES)
        share = rng.dirichlet(np.ones(SINES), len(joints))
        spread = high - low
        return cls(
            (low + high) / 2,
            spread,
            0.3 * spread[:, np.newaxis] * share,
            rng.uniform(0.05, 0.5, shape),
            rng.uniform(0, 2 * np.pi, shape),
        )

    def at(
        self,
        time: Floats,
        rng: np.random.Generator | None = None,
        noise: float = 0.0,
        offset: float = 0.0,
    ) -> Floats:
        """(N, J) positions; noise and offset as shares of each joint's range."""
        angle = 2 * np.pi * self.frequency * time[:, np.newaxis, np.newaxis] + self.phase
        values: Floats = self.middle + (self.amplitude * np.sin(angle)).sum(axis=2)
        if rng is not None:
            values += self.spread * offset * rng.normal(size=len(self.middle))
            values += self.spread * noise * rng.normal(size=values.shape)
        return values


def _ends(joint: Joint) -> tuple[float, float]:
    """Where the joint may go: its limits, at most half a turn to either side."""
    if joint.unit == "fraction":
        return 0.0, 1.0
    limits = joint.limits
    if limits is None or limits.lower is None or limits.upper is None:
        return -np.pi, np.pi
    return max(limits.lower, -np.pi), min(limits.upper, np.pi)


def _info(of: Robot, episodes: int, split: Split, signals: tuple[str, ...]) -> StoreInfo:
    units = {"time": ("s",), "q": of.units, "q_command": of.units}
    return StoreInfo(
        dataset="made",
        robot=of.name,
        kind="simulated reference",
        split=split,
        joints=of.joint_names,
        units=of.units,
        signals={name: units[name] for name in signals},
        episodes=tuple(
            EpisodeInfo(f"e{k:05d}", f"g{k // 2:05d}", f"m{k:05d}", "a", "reference")
            for k in range(episodes)
        ),
    )
