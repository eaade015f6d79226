"""Motions of tasks, and paths that a task would take: holdout of the generated dataset."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.twins.motions.shapes import Floats, Pose, ease, lines, through


def pick_place(u: Floats) -> Floats:
    """Pick an object on the left, carry it in an arc, place it on the right."""
    return through(
        u,
        [
            (0.3, (0.0, -0.6, 0.7, 0.5, 0.0, 0.2)),
            (2.4, (0.65, 0.1, 0.3, 0.7, 0.4, 0.9)),
            (3.9, (0.65, 0.45, 0.2, 0.6, 0.4, 0.9)),
            (4.9, (0.65, 0.45, 0.2, 0.6, 0.4, 0.35)),
            (6.4, (0.6, -0.2, 0.5, 0.6, 0.2, 0.35)),
            (9.4, (-0.7, -0.1, 0.4, 0.6, -0.5, 0.35)),
            (10.9, (-0.75, 0.4, 0.15, 0.7, -0.5, 0.35)),
            (11.7, (-0.75, 0.4, 0.15, 0.7, -0.5, 0.85)),
            (13.2, (-0.6, -0.2, 0.5, 0.6, -0.3, 0.7)),
            (15.6, (0.0, -0.6, 0.7, 0.5, 0.0, 0.2)),
        ],
    )


def circle(u: Floats) -> Floats:
    """The tool goes round and round in the plane that pan and elbow span."""
    grow, angle = ease(u / 1.2), 2 * np.pi * 0.22 * u
    path = np.tile((0.0, 0.2, 0.1, 0.3, 0.2, 0.3), (len(u), 1))
    path[:, 0] += 0.42 * grow * np.sin(angle)
    path[:, 2] += 0.33 * grow * (1.0 - np.cos(angle))
    path[:, 3] -= 0.30 * grow * (1.0 - np.cos(angle))
    path[:, 5] += 0.3 * ease((u - 6.0) / 3.0)
    return path


def figure_eight(u: Floats) -> Floats:
    """An eight with pan and lift, the roll following the turns."""
    grow, angle = ease(u / 2.0), 2 * np.pi * 0.145 * u
    path = np.tile((0.1, -0.2, 0.4, 0.5, 0.0, 0.6), (len(u), 1))
    path[:, 0] += 0.62 * grow * np.sin(angle)
    path[:, 1] += 0.26 * grow * np.sin(2 * angle)
    path[:, 4] += 0.35 * grow * np.cos(angle + 0.4)
    path[:, 5] -= 0.25 * ease((u - 8.0) / 1.5)
    return path


def waypoints(u: Floats) -> Floats:
    """From way point to way point with all joints, hardly resting."""
    points: Sequence[Pose] = (
        (0.2, -0.3, 0.5, 0.1, 0.3, 0.5),
        (-0.6, 0.2, 0.1, 0.6, -0.5, 0.9),
        (-0.2, 0.5, -0.4, -0.2, 0.9, 0.3),
        (0.8, 0.1, 0.6, 0.4, 1.2, 0.6),
        (0.5, -0.5, 0.9, -0.4, -0.3, 0.1),
        (-0.8, -0.2, 0.2, 0.8, 0.1, 0.7),
        (0.0, 0.4, -0.1, 0.2, -1.1, 0.4),
        (0.6, -0.1, 0.3, -0.3, 0.5, 0.8),
        (0.2, -0.3, 0.5, 0.1, 0.3, 0.5),
    )
    arrive = (0.2, 2.1, 3.7, 5.9, 8.2, 10.1, 12.3, 13.9, 15.8)
    return through(u, list(zip(arrive, points, strict=True)))


def stacking(u: Floats) -> Floats:
    """Three blocks from one place onto a growing stack."""
    keys: list[tuple[float, Pose]] = [(0.0, (0.4, -0.1, 0.4, 0.5, 0.2, 0.7))]
    for block in range(3):
        begin, height = 5.2 * block, 0.13 * block
        keys += [
            (begin + 1.1, (0.4, 0.3, 0.25, 0.6, 0.2, 0.7)),
            (begin + 1.7, (0.4, 0.3, 0.25, 0.6, 0.2, 0.3)),
            (begin + 2.6, (0.1, -0.2 - height, 0.4, 0.5, 0.1, 0.3)),
            (begin + 3.6, (-0.35, 0.28 - height, 0.25, 0.6, 0.1, 0.3)),
            (begin + 4.1, (-0.35, 0.28 - height, 0.25, 0.6, 0.1, 0.7)),
            (begin + 5.2, (0.4, -0.1, 0.4, 0.5, 0.2, 0.7)),
        ]
    return through(u, keys)


def wiping(u: Floats) -> Floats:
    """Strokes of the pan from side to side, each a little further out."""
    row = np.floor(u / 2.6)
    stroke = ease((u / 2.6 - row) / 0.8)
    side = np.where(row % 2 == 0, stroke, 1.0 - stroke)
    out = row + ease((u / 2.6 - row - 0.8) / 0.2)
    path = np.tile((-0.55, 0.1, 0.45, 0.75, -0.4, 0.15), (len(u), 1))
    path[:, 0] += 1.1 * side
    path[:, 1] += 0.07 * out
    path[:, 2] -= 0.11 * out
    path[:, 3] += 0.04 * out
    return path


def pouring(u: Floats) -> Floats:
    """Bring a cup over a bowl, tilt it slowly with the wrist roll, shake, and set it back."""
    path = through(
        u,
        [
            (0.5, (-0.5, 0.3, 0.2, 0.4, 0.1, 0.45)),
            (2.0, (-0.4, -0.3, 0.5, 0.6, 0.1, 0.45)),
            (4.0, (0.3, -0.1, 0.2, 0.7, 0.1, 0.45)),
            (9.5, (0.3, -0.15, 0.2, 0.6, 1.9, 0.45)),
            (11.5, (0.3, -0.15, 0.2, 0.6, 1.9, 0.45)),
            (13.2, (0.3, -0.1, 0.2, 0.7, 0.1, 0.45)),
            (16.0, (-0.5, 0.3, 0.2, 0.4, 0.1, 0.6)),
        ],
    )
    shake = ease((u - 9.5) / 0.4) * ease((11.5 - u) / 0.4)
    path[:, 3] += 0.06 * shake * np.sin(2 * np.pi * 1.6 * (u - 9.5))
    return path


def stirring(u: Floats) -> Floats:
    """Stir in a pot: small turns of pan, lift and wrist that quicken, then the tool comes out."""
    stir, angle = ease(u / 3.0) * ease((14.0 - u) / 1.5), 2 * np.pi * (0.3 * u + 0.022 * u * u)
    path = np.tile((-0.3, 0.35, 0.0, 1.0, -0.2, 0.25), (len(u), 1))
    path[:, 0] += 0.14 * stir * np.cos(angle)
    path[:, 1] += 0.10 * stir * np.sin(angle)
    path[:, 3] -= 0.12 * stir * np.sin(angle)
    path[:, 1] -= 0.5 * ease((u - 13.8) / 2.0)
    path[:, 2] += 0.3 * ease((u - 13.8) / 2.0)
    return path


def inspection(u: Floats) -> Floats:
    """Look at a part from five sides, with long rests."""
    views: Sequence[Pose] = (
        (0.0, -0.2, 0.3, 0.9, 0.0, 0.5),
        (0.5, -0.1, 0.1, 0.7, 0.8, 0.5),
        (0.1, -0.6, 0.8, 0.2, 1.4, 0.5),
        (-0.5, 0.0, 0.1, 0.8, -0.9, 0.5),
        (-0.1, 0.3, -0.4, 1.2, -0.1, 0.2),
    )
    keys: list[tuple[float, Pose]] = []
    for number, view in enumerate(views):
        keys += [(3.4 * number, view), (3.4 * number + 1.8, view)]
    return through(u, keys)


def handover(u: Floats) -> Floats:
    """Reach far out to a person, wait, let go, draw back in two moves."""
    return through(
        u,
        [
            (0.8, (-0.2, -0.8, 1.0, 0.3, -0.7, 0.3)),
            (3.4, (0.9, 0.5, -0.5, 0.1, 0.0, 0.3)),
            (4.6, (0.9, 0.55, -0.55, 0.05, 0.05, 0.3)),
            (6.8, (0.9, 0.55, -0.55, 0.05, 0.05, 0.3)),
            (7.5, (0.9, 0.55, -0.55, 0.05, 0.05, 0.9)),
            (8.3, (0.85, 0.3, -0.1, 0.2, 0.0, 0.9)),
            (9.8, (0.85, 0.3, -0.1, 0.2, 0.0, 0.9)),
            (12.2, (0.1, -0.3, 0.6, 0.4, -0.4, 0.5)),
            (14.9, (-0.2, -0.8, 1.0, 0.3, -0.7, 0.3)),
        ],
    )


def screwing(u: Floats) -> Floats:
    """Turn a screw with the wrist roll: grip, turn, let go, turn back, and sink a little."""
    cycle = u / 2.9
    number, part = np.floor(cycle), cycle % 1.0
    path = np.tile((0.25, 0.15, 0.2, 0.95, -0.6, 0.6), (len(u), 1))
    path[:, 4] += 1.3 * (ease((part - 0.15) / 0.35) - ease((part - 0.6) / 0.3))
    path[:, 5] -= 0.4 * (ease(part / 0.15) - ease((part - 0.5) / 0.14))
    path[:, 1] += 0.035 * (number + ease((part - 0.15) / 0.35))
    path[:, 3] -= 0.03 * (number + ease((part - 0.15) / 0.35))
    return path


def zigzag(u: Floats) -> Floats:
    """Write a zigzag with sharp corners: lines of pan, lift and elbow, faster each time."""
    keys: list[tuple[float, Pose]] = [(0.6, (0.5, 0.0, 0.2, 0.5, 0.7, 0.05))]
    time, pan = 0.6, 0.5
    for corner in range(9):
        time += 2.3 - 0.14 * corner
        pan -= 0.11
        up = corner % 2 == 0
        lift, elbow = (0.3, -0.15) if up else (-0.05, 0.25)
        keys.append((time, (pan, lift, elbow, 0.55 if up else 0.45, 0.7 - 0.1 * corner, 0.05)))
    return lines(u, keys)
