"""Motions that excite the joints: calibration and validation of the generated dataset."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.twins.motions.shapes import Floats, Pose, ease, through, triangle, waves

# Calibration: every joint is excited, no task.


def multisine(u: Floats) -> Floats:
    """All joints, three sines each, a band of its own for each joint."""
    low, middle, high = (
        (0.13, 0.11, 0.17, 0.15, 0.12, 0.14),
        (0.41, 0.37, 0.53, 0.61, 0.47, 0.43),
        (0.97, 0.83, 1.09, 1.27, 1.39, 0.89),
    )
    return waves(
        u,
        (0.0, 0.1, 0.2, 0.0, 0.0, 0.5),
        [
            ((0.40, 0.25, 0.30, 0.35, 0.50, 0.20), low, (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)),
            ((0.15, 0.10, 0.12, 0.16, 0.20, 0.10), middle, (0.3, 0.7, 0.1, 0.5, 0.9, 0.2)),
            ((0.05, 0.04, 0.05, 0.06, 0.08, 0.05), high, (0.6, 0.2, 0.8, 0.4, 0.0, 0.7)),
        ],
    )


def chirp(u: Floats) -> Floats:
    """All joints, frequency rising from 0.1 to about 1.6 Hz, amplitude falling."""
    turns = 0.1 * u + 0.5 * 0.095 * u * u
    amplitude = np.outer(1.0 / (1.0 + 0.12 * u), (0.50, 0.30, 0.35, 0.45, 0.60, 0.35))
    phase = np.array((0.0, 0.2, 0.45, 0.6, 0.8, 0.35))
    wave = amplitude * np.sin(2 * np.pi * (turns[:, None] + phase))
    path: Floats = np.array((0.2, -0.1, 0.4, 0.3, -0.2, 0.5)) + ease(u / 1.5)[:, None] * wave
    return path


def random_steps(u: Floats) -> Floats:
    """All joints jump between irregular levels, each at times of its own."""
    joint = np.arange(6)
    number = np.floor(u[:, None] / (0.75 + 0.09 * joint) + 0.13 * joint)
    # Multiples of the golden ratio fall evenly and without order between 0 and 1.
    level = (number * 0.6180339887498949 + 0.37 * joint) % 1.0 - 0.5
    size = np.array((0.5, 0.35, 0.4, 0.5, 0.6, 0.7))
    path: Floats = np.array((-0.3, 0.2, -0.1, 0.2, 0.5, 0.5)) + level * size
    return path


def trapezoids(u: Floats) -> Floats:
    """All joints, ramps at constant speed and rests, one joint starting after the other."""
    reach = np.array((0.70, 0.45, -0.55, 0.60, -0.80, 0.55))
    begin = 0.4 + 0.9 * np.arange(6)
    rise, back = (
        np.clip((u[:, None] - begin) / 2.2, 0, 1),
        np.clip((u[:, None] - begin - 5) / 3, 0, 1),
    )
    return np.array((-0.4, -0.3, 0.5, -0.4, 0.3, 0.3)) + reach * (rise - 1.4 * back)


def slow_ramps(u: Floats) -> Floats:
    """All joints back and forth at 0.03 to 0.1 rad/s: friction near rest."""
    speed = np.array((0.05, 0.04, 0.06, 0.07, 0.10, 0.04))
    period = np.array((9.0, 11.0, 8.0, 7.0, 6.0, 10.0))
    centre = np.array((0.5, 0.0, 0.1, 0.4, 0.9, 0.4))
    path: Floats = centre + speed * period / 4 * triangle(u[:, None] / period)
    return path


def shoulder_strokes(u: Floats) -> Floats:
    """Shoulder lift alone, large strokes with rests: gravity load up and down."""
    rest = (0.0, -0.7, 0.6, 0.3, 0.0, 0.1)
    lifts = (-0.7, 0.0, -0.4, 0.5, 0.1, 0.7, -0.3)
    keys = [(0.5, rest)]
    for number, lift in enumerate(lifts[1:]):
        pose = (0.0, lift, 0.6, 0.3, 0.0, 0.1)
        keys += [(2.1 + 2.5 * number, pose), (3.0 + 2.5 * number, pose)]
    return through(u, keys)


def elbow_strokes(u: Floats) -> Floats:
    """Elbow alone, strokes that grow and quicken."""
    path = np.tile((0.3, 0.1, 0.0, -0.5, -0.6, 0.8), (len(u), 1))
    turns = 0.14 * u + 0.006 * u * u
    path[:, 2] = -0.1 + (0.12 + 0.045 * u) * np.sin(2 * np.pi * turns)
    return path


def reversals(u: Floats) -> Floats:
    """Small reversals of all joints at three poses: play, stiction, rest error."""
    poses: Sequence[tuple[float, Pose]] = [
        (4.6, (-0.6, -0.4, 0.7, 0.2, -0.9, 0.3)),
        (5.6, (0.1, 0.3, -0.3, 0.7, 0.0, 0.6)),
        (10.1, (0.1, 0.3, -0.3, 0.7, 0.0, 0.6)),
        (11.1, (0.7, 0.0, 0.2, -0.5, 0.8, 0.8)),
    ]
    period = np.array((1.9, 2.3, 1.7, 1.5, 2.1, 2.7))
    size = np.array((0.08, 0.07, 0.09, 0.08, 0.10, 0.06))
    return through(u, poses) + size * triangle(u[:, None] / period)


# Validation: all joints at once, and one task-like motion.


def coupled_sweep(u: Floats) -> Floats:
    """All joints together, two sines each, as fast as a task."""
    return waves(
        u,
        (-0.2, 0.0, 0.3, 0.2, 0.3, 0.4),
        [
            (
                (0.45, 0.35, 0.40, 0.30, 0.50, 0.25),
                (0.19, 0.23, 0.21, 0.29, 0.16, 0.27),
                (0.5, 0.0, 0.6, 0.2, 0.8, 0.4),
            ),
            (
                (0.08, 0.07, 0.09, 0.14, 0.20, 0.08),
                (0.71, 0.67, 0.77, 0.59, 0.64, 0.55),
                (0.1, 0.9, 0.3, 0.7, 0.5, 0.0),
            ),
        ],
    )


def staircase(u: Floats) -> Floats:
    """Pan, lift and wrist climb stairs of unequal height and come down."""
    heights = (0.0, 0.18, 0.30, 0.52, 0.64, 0.90, 0.55, 0.35, 0.0)
    keys: list[tuple[float, Pose]] = []
    for number, h in enumerate(heights):
        pose = (0.6 - 1.2 * h, -0.4 + 0.6 * h, 0.5 - 0.8 * h, 0.1 + 0.3 * h, 0.5 * h, 0.2 + 0.5 * h)
        keys += [(1.8 * number + 0.6, pose), (1.8 * number + 1.8, pose)]
    return through(u, keys)


def reach_return(u: Floats) -> Floats:
    """Two reaches from a folded pose, one near and one far, and back."""
    folded = (0.0, -0.9, 0.9, 0.6, 0.0, 0.1)
    near, far = (0.6, 0.0, 0.3, 0.4, 0.6, 0.9), (-0.7, 0.6, -0.4, 0.3, -0.9, 0.6)
    return through(
        u,
        [
            (0.5, folded),
            (3.2, near),
            (4.3, near),
            (7.0, folded),
            (7.8, folded),
            (11.2, far),
            (12.0, far),
            (15.0, folded),
        ],
    )


def wrist_mix(u: Floats) -> Floats:
    """Wrist flex and roll quickly, gripper in between, while the arm drifts."""
    path = waves(
        u,
        (0.0, 0.0, 0.0, 0.1, 0.0, 0.5),
        [((0, 0, 0, 0.45, 0.9, 0.3), (1, 1, 1, 0.48, 0.34, 0.25), (0, 0, 0, 0.0, 0.3, 0.6))],
    )
    drift = ease(u / 16.0)[:, None] * np.array((0.8, 0.5, -0.6, 0.0, 0.0, 0.0))
    path += drift + np.array((-0.4, -0.3, 0.4, 0.0, 0.0, 0.0))
    return path
