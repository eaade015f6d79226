"""Measures of a predicted trajectory against a measured one.

Part of an oracle: it shares no code with the package. Row 0 of an episode is given to the
predictor and is not scored: its weight is zero. Every mean over time and every quantile is
weighted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tests.oracles.so101_kinematics import JOINT_LIMITS, tool_poses
from tests.oracles.so101_logs import ARM

Floats = NDArray[np.float64]
Scores = dict[str, float | list[float]]

MOVING_SD = 0.020  # rad: a joint moves where its weighted standard deviation is above this
END_WINDOW = 0.5  # s


def trapezoid_weights(time: Floats) -> Floats:
    """Weights (N,) in s: the trapezoid of the times of rows 1..N-1, and 0 for row 0."""
    weights = np.zeros(len(time))
    half_steps = np.diff(time[1:]) / 2
    weights[1:-1] += half_steps
    weights[2:] += half_steps
    return weights


def weighted_mean(values: Floats, weights: Floats) -> float:
    """Sum of weight times value over the sum of the weights."""
    return float(np.sum(weights * values) / np.sum(weights))


def weighted_rms(values: Floats, weights: Floats) -> float:
    """Square root of the weighted mean of the squares."""
    return float(np.sqrt(weighted_mean(values**2, weights)))


def weighted_sd(values: Floats, weights: Floats) -> float:
    """Root of the weighted mean squared distance from the weighted mean."""
    return weighted_rms(values - weighted_mean(values, weights), weights)


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """The smallest value at which the cumulated share of the weights reaches `share`.

    The inverse of the weighted empirical distribution: no interpolation between values.
    Values of zero weight do not count.
    """
    pairs = sorted((float(v), float(w)) for v, w in zip(values, weights, strict=True) if w > 0)
    total = 0.0
    for _, weight in pairs:
        total += weight
    cumulated = 0.0
    for value, weight in pairs:
        cumulated += weight
        if cumulated / total >= share:
            return value
    raise ValueError(f"share {share} is above 1 or there is no weight")


def joint_rmse(q: Floats, predicted: Floats, weights: Floats) -> list[float]:
    """RMSE of each joint, in the unit of the joint."""
    return [weighted_rms(predicted[:, j] - q[:, j], weights) for j in range(q.shape[1])]


def arm_rmse(q: Floats, predicted: Floats, weights: Floats) -> float:
    """Mean over the five arm joints of their RMSE, rad: the headline of one episode."""
    return float(np.mean(joint_rmse(q[:, :ARM], predicted[:, :ARM], weights)))


def centred_arm_rmse(q: Floats, predicted: Floats, weights: Floats) -> float:
    """As `arm_rmse`, after taking each joint's weighted mean error away, rad."""
    error = predicted - q
    return float(np.mean([weighted_sd(error[:, j], weights) for j in range(ARM)]))


def moving_joints(q: Floats, weights: Floats) -> list[int]:
    """Indices of the arm joints that the reference moves."""
    return [j for j in range(ARM) if weighted_sd(q[:, j], weights) > MOVING_SD]


def rmse_norm(q: Floats, predicted: Floats) -> Floats:
    """Error (N,) of the arm at each row: root of sum of (1/5) e_j^2 / range_j^2, no unit.

    range_j is upper minus lower limit of joint j.
    """
    total = np.zeros(len(q))
    for j, (lower, upper) in enumerate(JOINT_LIMITS):
        total += (1 / ARM) * (predicted[:, j] - q[:, j]) ** 2 / (upper - lower) ** 2
    norm: Floats = np.sqrt(total)
    return norm


def pose_errors(q: Floats, predicted: Floats) -> tuple[Floats, Floats]:
    """Distance in m and angle in rad, each (N,), between predicted and measured tool pose.

    The angle is 2 atan2(|v|, |w|) of the unit quaternion (w, v) of the relative rotation
    R = A^T B. Both are read from the matrices: |v| = ||A - B||_F / sqrt(8) and
    |w| = sqrt(1 + trace R) / 2.
    """
    a = tool_poses(q[:, :ARM])
    b = tool_poses(predicted[:, :ARM])
    distance = np.sqrt(np.sum((a[:, :3, 3] - b[:, :3, 3]) ** 2, axis=1))
    return distance, rotation_angles(a[:, :3, :3], b[:, :3, :3])


def rotation_angles(a: Floats, b: Floats) -> Floats:
    """Angles (N,) in rad between rotation matrices a and b (N, 3, 3)."""
    v = np.sqrt(np.sum((a - b) ** 2, axis=(1, 2)) / 8)
    trace = np.sum(a * b, axis=(1, 2))  # trace of A^T B
    w = np.sqrt(np.maximum(1 + trace, 0)) / 2
    angles: Floats = 2 * np.arctan2(v, w)
    return angles


def error_summary(error: Floats, time: Floats, weights: Floats, name: str) -> Scores:
    """RMSE, mean, maximum and end value (weighted mean of the last 0.5 s) of one error (N,)."""
    scored = weights > 0
    end = time >= time[-1] - END_WINDOW
    return {
        f"{name}_rmse": weighted_rms(error, weights),
        f"{name}_mean": weighted_mean(error, weights),
        f"{name}_max": float(np.max(error[scored])),
        f"{name}_end": weighted_mean(error[end], weights[end]),
    }


def episode_scores(time: Floats, q: Floats, predicted: Floats) -> Scores:
    """Every score of one episode: time (N,), measured q (N, 6), predicted (N, 6)."""
    weights = trapezoid_weights(time)
    joints = joint_rmse(q, predicted, weights)
    norm = rmse_norm(q, predicted)
    distance, angle = pose_errors(q, predicted)
    return {
        "joint_rmse": joints[:ARM],
        "gripper_rmse": joints[ARM],
        "arm_rmse": arm_rmse(q, predicted, weights),
        "arm_rmse_moving": float(np.mean([joints[j] for j in moving_joints(q, weights)])),
        "arm_rmse_centred": centred_arm_rmse(q, predicted, weights),
        "rmse_norm_rms": weighted_rms(norm, weights),
        "rmse_norm_median": weighted_quantile(norm, weights, 0.5),
        "rmse_norm_p95": weighted_quantile(norm, weights, 0.95),
        "rmse_norm_max": float(np.max(norm[weights > 0])),
        **error_summary(distance, time, weights, "position"),
        **error_summary(angle, time, weights, "orientation"),
    }


def mean_scores(episodes: dict[str, Scores]) -> Scores:
    """Plain mean over episodes of every score, lists by element."""
    rows = list(episodes.values())
    means: Scores = {}
    for name in rows[0]:
        mean = np.mean(np.array([row[name] for row in rows], dtype=np.float64), axis=0)
        means[name] = mean.tolist()
    return means


def skill(naive: float, entry: float, repeat: float) -> float:
    """(E_naive - E) / (E_naive - E_repeat): 0 as the naive entry, 1 as one further run."""
    return (naive - entry) / (naive - repeat)
