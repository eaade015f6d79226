"""Motions to compare, and what the definition says of two of them, computed plainly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def wandering(
    rng: np.random.Generator, samples: int, joints: int, pause: float = 0.3, stride: float = 0.8
) -> Floats:
    """A motion from one place to the next, with pauses, at five samples a second."""
    ways, place = [rng.uniform(-0.5, 0.5, joints)], []
    while len(place) < samples:
        steps = int(rng.integers(5, 20))
        goal = np.clip(ways[-1] + rng.uniform(-stride, stride, joints), -1.5, 1.5)
        goal = np.where(rng.random(joints) < pause, ways[-1], goal)
        share = (1 - np.cos(np.pi * np.arange(steps) / steps)) / 2
        place += list(ways[-1] + share[:, None] * (goal - ways[-1]))
        ways.append(goal)
    return np.array(place[:samples])


def quicker(motion: Floats, scale: float) -> Floats:
    """The motion in 1/scale of its time, joint by joint."""
    at = np.arange(int((len(motion) - 1) / scale + 1e-9) + 1) * scale
    whole = np.arange(len(motion))
    return np.stack([np.interp(at, whole, joint) for joint in motion.T], axis=1)


def plainly(motion: Floats, other: Floats, scales: Floats, slack: int = 3) -> float:
    """The definition, window by window: the largest share that matches at one scale and shift."""
    begins, spares = [], []
    for begin in range(0, len(motion) - 39, 10):
        moving = int(np.sum(np.std(motion[begin : begin + 40], axis=0) > 0.010))
        if moving:
            begins.append(begin)
            spares.append(1 if moving >= 2 and motion.shape[1] > 1 else 0)
    best = 0
    for scale in scales:
        taken = quicker(other, float(scale))
        shifts = [set[int]() for _ in begins]
        for number, (begin, spare) in enumerate(zip(begins, spares, strict=True)):
            window = motion[begin : begin + 40]
            for place in range(len(taken) - 39):
                if agreeing(window, taken[place : place + 40]) >= motion.shape[1] - spare:
                    near = range(place - begin - slack, place - begin + slack + 1)
                    shifts[number].update(near)
        every = [shift for each in shifts for shift in each]
        if every:
            best = max(best, int(np.unique(every, return_counts=True)[1].max()))
    return best / len(begins) if begins else 0.0


def agreeing(window: Floats, stretch: Floats) -> int:
    """How many joints agree."""
    count = 0
    for joint in range(window.shape[1]):
        one, two = window[:, joint], stretch[:, joint]
        off = (one - one.mean()) - (two - two.mean())
        near = abs(one.mean() - two.mean()) < 0.060
        count += near and np.sqrt(np.mean(off**2)) <= max(0.008, 0.25 * one.std())
    return count
