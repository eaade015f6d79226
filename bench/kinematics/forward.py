"""Forward kinematics of serial arms, over all rows at once, in float64.

The folded chain (`bench.kinematics.chain`) is evaluated in blocks of rows, in work space that
fits the cache. A block is computed alone and always in the same way, so that the result is the
same, bit for bit, for any number of threads.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bench.kinematics import rotations
from bench.kinematics.chain import fold
from bench.kinematics.evaluate import Space, angle, distance, finish, reach
from bench.kinematics.robot import Arm

Array = NDArray[np.float64]

BLOCK = 16384
"""Rows per block at most (measured: with fewer the calls cost too much, the more so between
threads)."""

MAX_THREADS = 4
BLOCKS_PER_THREAD = 4
"""Threads taken unasked: at most so many, and each for at least so many blocks. A call of NumPy
lasts some ten microseconds here and between calls the interpreter runs one thread at a time, so
a second thread saves a seventh at 100,000 rows and a quarter at 400,000 (measured on two idle
cores), and costs time where the cores are busy."""


class Poses(NamedTuple):
    """Tool frames in the robot's base frame.

    Attributes:
        position: (N, 3) in m; each column is contiguous.
        quaternion: (N, 4) unit quaternions (w, x, y, z), of either sign; columns contiguous.
    """

    position: Array
    quaternion: Array


class PoseErrors(NamedTuple):
    """How far pairs of tool frames are apart.

    Attributes:
        position: (N,) Euclidean distance in m.
        angle: (N,) angle of the relative rotation in rad, in [0, pi].
    """

    position: Array
    angle: Array


def forward(arm: Arm, q: ArrayLike, threads: int | None = None) -> Poses:
    """Tool frames of `arm` in the robot's base frame, its mount included.

    Args:
        arm: the arm; a mimic joint follows its driver.
        q: (N, J) positions of `arm.chain_joints` in rad or m, finite.
        threads: how many to use; by default as many as pay (`MAX_THREADS`).

    Raises:
        ValueError: `q` has another shape.
    """
    chain = fold(arm)
    rows = _rows(arm, q)
    out = np.empty((7, len(rows)))

    def block(space: Space, part: slice) -> None:
        result = reach(chain, rows[part], space, space.results[0])
        finish(chain, result, space, out[:, part])

    _in_blocks(len(rows), threads, lambda n: Space(len(chain.turns), n, 1), block)
    return Poses(out[:3].T, out[3:].T)


def pose_errors(
    arm: Arm, first: ArrayLike, second: ArrayLike, threads: int | None = None
) -> PoseErrors:
    """How far the tool is off between two trajectories (N, J) of `arm.chain_joints`, row by row.

    The same as `pose_differences` of both poses, to 1e-14 m and rad, at less than the cost of the
    poses: a distance and an angle do not change with the head and the tail of the chain, so both
    are left out. The angle is 4 atan(|a - b| / |a + b|) of the quaternions, |a + b| the larger:
    equal to 2 atan2(|v|, |w|) of the relative quaternion, as |a - b| = 2 sin(angle / 4), and as
    exact at 1e-9 rad as at pi.

    Raises:
        ValueError: a trajectory has another shape.
    """
    chain = fold(arm)
    a, b = _rows(arm, first), _rows(arm, second)
    if len(a) != len(b):
        raise ValueError(f"both trajectories must have as many rows, not {len(a)} and {len(b)}")
    out = np.empty((2, len(a)))

    def block(space: Space, part: slice) -> None:
        left = reach(chain, a[part], space, space.results[0])
        right = reach(chain, b[part], space, space.results[1])
        distance(left, right, out[0, part])
        angle(left, right, space, out[1, part])

    _in_blocks(len(a), threads, lambda n: Space(len(chain.turns), n, 2), block)
    return PoseErrors(out[0], out[1])


def pose_differences(first: Poses, second: Poses) -> PoseErrors:
    """How far two lists of poses are apart, row by row: Euclidean norm, and 2 atan2(|v|, |w|)."""
    off = np.asarray(first.position) - np.asarray(second.position)
    return PoseErrors(
        np.linalg.norm(off, axis=-1),
        rotations.relative_angle(first.quaternion, second.quaternion),
    )


def _rows(arm: Arm, q: ArrayLike) -> Array:
    rows = np.asarray(q, dtype=np.float64)
    columns = len(arm.chain_joints)
    if rows.ndim != 2 or rows.shape[1] != columns:
        expected = f"arm {arm.name} takes positions of shape (N, {columns})"
        raise ValueError(f"{expected}, not {rows.shape}")
    return rows


def _in_blocks(
    rows: int,
    threads: int | None,
    prepare: Callable[[int], Space],
    block: Callable[[Space, slice], None],
) -> None:
    size = -(-rows // max(1, -(-rows // BLOCK)))  # blocks of about the same length
    starts = range(0, rows, max(1, size))
    paying = min(_cores(), MAX_THREADS, len(starts) // BLOCKS_PER_THREAD)
    workers = max(1, min(threads or paying, len(starts)))

    def work(first: int) -> None:
        space = prepare(size)
        for start in starts[first::workers]:
            block(space, slice(start, min(start + size, rows)))

    if workers == 1:
        work(0)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, range(workers)))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
