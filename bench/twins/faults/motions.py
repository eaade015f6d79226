"""Short motions for faults, drawn from a seed: waves, steps, and a task with holds.

Commands of six joints at 50 Hz, rad and, of the gripper, fraction; the gripper opens and closes in
all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from bench.twins.motions import RATE
from bench.twins.motions.shapes import Floats, ease

ROWS = 701
"""14 s."""
MIDDLE = np.array((0.0, -0.45, 0.1, 0.1, 0.0))
REACH = np.array((0.75, 0.8, 0.7, 0.7, 0.9))
"""How far each joint gets from its middle, rad."""


def waves(draw: np.random.Generator) -> Floats:
    """Two sines a joint, a slow and a quick one, growing from nothing in 1 s."""
    u = np.arange(ROWS) / RATE
    slow, quick = draw.uniform(0.13, 0.32, 5), draw.uniform(0.55, 0.95, 5)
    phase = draw.uniform(0, 1, (2, 5))
    path = 0.75 * REACH * np.sin(2 * np.pi * (np.outer(u, slow) + phase[0]))
    path += 0.16 * REACH * np.sin(2 * np.pi * (np.outer(u, quick) + phase[1]))
    middle = MIDDLE + 0.15 * draw.uniform(-1, 1, 5)
    return _with_gripper(middle + ease(u / 1.0)[:, None] * path, draw)


def steps(draw: np.random.Generator) -> Floats:
    """Each joint jumps every 1.6 to 2.4 s, at times of its own, by a third to all of its reach."""
    u = np.arange(ROWS) / RATE
    path = np.empty((ROWS, 5))
    for joint in range(5):
        edges = np.cumsum(draw.uniform(1.6, 2.4, 9)) - draw.uniform(0.5, 1.2)
        levels = [draw.uniform(-0.5, 0.5)]
        for _ in edges:
            size = draw.uniform(0.35, 0.8)
            levels.append(levels[-1] - size if levels[-1] > 0 else levels[-1] + size)
        path[:, joint] = np.array(levels)[np.searchsorted(edges, u, side="right")]
    return _with_gripper(MIDDLE + REACH * path, draw)


def task(draw: np.random.Generator) -> Floats:
    """Six poses in turn, 1.3 s on the way and 0.9 s at rest."""
    u = np.arange(ROWS) / RATE
    poses = MIDDLE + REACH * draw.uniform(-0.85, 0.85, (7, 5))
    path = np.tile(poses[0], (ROWS, 1))
    for number in range(6):
        begin = 0.6 + 2.2 * number
        path += ease((u - begin) / 1.3)[:, None] * (poses[number + 1] - poses[number])
    return _with_gripper(path, draw)


def _with_gripper(path: Floats, draw: np.random.Generator) -> Floats:
    """The arm's joints and a gripper that opens and closes every 1.8 to 3.2 s, in 0.4 s."""
    u = np.arange(ROWS) / RATE
    gripper = np.full(ROWS, 0.2)
    sign = 1.0
    for at in np.cumsum(draw.uniform(1.8, 3.2, 8)):
        gripper += sign * 0.6 * ease((u - at) / 0.4)
        sign = -sign
    return np.column_stack([path, gripper])


MOTIONS: Mapping[str, Callable[[np.random.Generator], Floats]] = {
    "waves": waves,
    "steps": steps,
    "task": task,
}
