"""Rotations as unit quaternions (w, x, y, z) and matrices, over any leading shape.

A quaternion and its negative are the same rotation; functions accept either. Roll, pitch, yaw
are those of URDF, about fixed axes: R = Rz(yaw) Ry(pitch) Rx(roll).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_NEARLY_EQUAL = 1e-6  # below this angle a straight line and the arc agree to rounding


def from_rpy(rpy: ArrayLike) -> Array:
    """Quaternions (..., 4) of roll, pitch, yaw (..., 3) in rad."""
    half = np.asarray(rpy, dtype=np.float64) / 2
    (cr, cp, cy), (sr, sp, sy) = np.moveaxis(np.cos(half), -1, 0), np.moveaxis(np.sin(half), -1, 0)
    return np.stack(
        [
            cy * cp * cr + sy * sp * sr,
            cy * cp * sr - sy * sp * cr,
            cy * sp * cr + sy * cp * sr,
            sy * cp * cr - cy * sp * sr,
        ],
        axis=-1,
    )


def from_axis_angle(axis: ArrayLike, angle: ArrayLike) -> Array:
    """Quaternions (..., 4) of turns by `angle` (...) in rad about unit axes (..., 3)."""
    half = np.asarray(angle, dtype=np.float64)[..., None] / 2
    vector = np.sin(half) * np.asarray(axis, dtype=np.float64)
    scalar = np.broadcast_to(np.cos(half), (*vector.shape[:-1], 1))
    return np.concatenate([scalar, vector], axis=-1)


def from_matrix(matrix: ArrayLike) -> Array:
    """Quaternions (..., 4) of rotation matrices (..., 3, 3).

    All four candidates are formed and the best conditioned one is taken per matrix (Shepperd,
    "Quaternion from rotation matrix", Journal of Guidance and Control 1(3), 1978).
    """
    m = np.asarray(matrix, dtype=np.float64)
    (xx, xy, xz), (yx, yy, yz), (zx, zy, zz) = np.moveaxis(m, (-2, -1), (0, 1))
    candidates = np.stack(
        [
            np.stack([1 + xx + yy + zz, zy - yz, xz - zx, yx - xy], axis=-1),
            np.stack([zy - yz, 1 + xx - yy - zz, xy + yx, xz + zx], axis=-1),
            np.stack([xz - zx, xy + yx, 1 - xx + yy - zz, yz + zy], axis=-1),
            np.stack([yx - xy, xz + zx, yz + zy, 1 - xx - yy + zz], axis=-1),
        ],
        axis=-2,
    )
    best = np.argmax(np.diagonal(candidates, axis1=-2, axis2=-1), axis=-1)
    chosen = np.take_along_axis(candidates, best[..., None, None], axis=-2)
    return normalise(chosen[..., 0, :])


def to_matrix(quaternion: ArrayLike) -> Array:
    """Rotation matrices (..., 3, 3) of unit quaternions (..., 4)."""
    w, x, y, z = np.moveaxis(np.asarray(quaternion, dtype=np.float64), -1, 0)
    rows = [
        np.stack([1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)], axis=-1),
        np.stack([2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)], axis=-1),
        np.stack([2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)], axis=-1),
    ]
    return np.stack(rows, axis=-2)


def normalise(quaternion: ArrayLike) -> Array:
    """The quaternions (..., 4) divided by their norms."""
    q = np.asarray(quaternion, dtype=np.float64)
    scaled: Array = q / np.linalg.norm(q, axis=-1, keepdims=True)
    return scaled


def conjugate(quaternion: ArrayLike) -> Array:
    """The reverse rotations of unit quaternions (..., 4)."""
    reverse: Array = np.asarray(quaternion, dtype=np.float64) * np.array([1.0, -1.0, -1.0, -1.0])
    return reverse


def multiply(first: ArrayLike, second: ArrayLike) -> Array:
    """Products (..., 4): the rotation `second`, seen in the frame that `first` turns."""
    aw, ax, ay, az = np.moveaxis(np.asarray(first, dtype=np.float64), -1, 0)
    bw, bx, by, bz = np.moveaxis(np.asarray(second, dtype=np.float64), -1, 0)
    return np.stack(
        [
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ],
        axis=-1,
    )


def rotate(quaternion: ArrayLike, vector: ArrayLike) -> Array:
    """Vectors (..., 3) turned by unit quaternions (..., 4)."""
    q, v = np.asarray(quaternion, dtype=np.float64), np.asarray(vector, dtype=np.float64)
    twice = 2 * np.cross(q[..., 1:], v)
    turned: Array = v + q[..., :1] * twice + np.cross(q[..., 1:], twice)
    return turned


def relative_angle(first: ArrayLike, second: ArrayLike) -> Array:
    """Angle (...) in [0, pi] rad of the rotation between quaternions (..., 4).

    2 atan2(|v|, |w|) of the relative quaternion (w, v) = conj(first) * second, whatever the signs
    and norms. A multiple of `first` is taken from `second` before v is formed, which leaves v the
    same and small angles free of cancellation.
    """
    a = np.asarray(first, dtype=np.float64)
    b = np.asarray(second, dtype=np.float64)
    w = np.sum(a * b, axis=-1)
    rest = b - np.copysign(1.0, w)[..., None] * a
    v = multiply(conjugate(a), rest)[..., 1:]
    angle: Array = 2 * np.arctan2(np.linalg.norm(v, axis=-1), np.abs(w))
    return angle


def slerp(first: ArrayLike, second: ArrayLike, share: ArrayLike) -> Array:
    """Rotations (..., 4) at `share` (...) in [0, 1] of the shorter way from `first` to `second`.

    Unit quaternions; `second` is negated where it lies in the other half of the sphere.
    """
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    s = np.asarray(share, dtype=np.float64)[..., None]
    aligned = np.where(np.sum(a * b, axis=-1, keepdims=True) < 0, -b, b)
    half = relative_angle(a, aligned)[..., None] / 2
    near = half < _NEARLY_EQUAL
    safe = np.where(near, 1.0, half)
    left = np.where(near, 1 - s, np.sin((1 - s) * safe) / np.sin(safe))
    right = np.where(near, s, np.sin(s * safe) / np.sin(safe))
    return normalise(left * a + right * aligned)
