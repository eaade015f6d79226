"""The usual way to score two arms: a file an episode, a package a step, a loop over the episodes.

HDF5 files (h5py), poses by pytorch-kinematics (batched per episode, float64, CPU), position and
rotation errors by evo (GPL-3.0; used here and in tests alone), weighted means by NumPy. It gives
the same numbers as the scorer, so its time weights are the scorer's: trapezoid, without row 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.io.store import Episodes
from bench.kinematics.robot import Arm, Robot
from benchmarks import chains

Floats = NDArray[np.float64]
Distance = Callable[[Floats, Floats], tuple[Floats, Floats]]
"""Poses (N, 4, 4) of reference and prediction to position (m) and rotation (rad) errors (N,)."""


def write_files(folder: Path, episodes: Episodes) -> None:
    """One HDF5 file an episode, its signals as contiguous datasets, h5py's defaults."""
    import h5py

    folder.mkdir()
    for number, episode in enumerate(episodes.info.episodes):
        with h5py.File(folder / f"{episode.id}.hdf5", "w") as file:
            for name in episodes.signals:
                file[name] = episodes.signal(name, number)


def read_file(path: Path) -> dict[str, Floats]:
    """All signals of an episode."""
    import h5py

    with h5py.File(path, "r") as file:
        return {name: values[()] for name, values in file.items()}


@dataclass(frozen=True)
class ArmColumns:
    """An arm: its joints in the files, what errors are divided by, and its poses."""

    chain: list[int]
    scored: list[int]
    angles: list[int]
    ranges: Floats
    weights: Floats
    forward: Callable[[Floats], Floats]


def arm_columns(robot: Robot) -> list[ArmColumns]:
    names = robot.joint_names

    def one(arm: Arm) -> ArmColumns:
        scored = [joint for joint in arm.logged_joints if joint.scored]
        return ArmColumns(
            chain=[names.index(joint.name) for joint in arm.chain_joints],
            scored=[names.index(joint.name) for joint in scored],
            angles=[names.index(joint.name) for joint in scored if joint.unit == "rad"],
            ranges=np.array([joint.range for joint in scored], dtype=np.float64),
            weights=np.array([joint.weight for joint in scored]),
            forward=chains.pytorch(arm),
        )

    return [one(arm) for arm in robot.arms]


def score(
    reference: Path, prediction: Path, arms: list[ArmColumns], distance: Distance
) -> dict[str, dict[str, float]]:
    """Metrics by episode: both folders hold a file of the same name for each."""
    return {
        path.stem: score_episode(read_file(path), read_file(prediction / path.name), arms, distance)
        for path in sorted(reference.iterdir())
    }


def score_episode(
    truth: Mapping[str, Floats],
    guess: Mapping[str, Floats],
    arms: list[ArmColumns],
    distance: Distance,
) -> dict[str, float]:
    time = truth["time"]
    weights = time_weights(time)
    q = truth["q"]
    predicted = np.stack([np.interp(time, guess["time"], c) for c in guess["q"].T], axis=1)
    error = predicted - q
    joints = [column for arm in arms for column in arm.angles]
    squares = np.average(error[:, joints] ** 2, axis=0, weights=weights)
    norm = np.sqrt(
        np.mean(
            [((error[:, a.scored] / a.ranges) ** 2 * a.weights).sum(axis=1) for a in arms], axis=0
        )
    )
    found = {
        "joint_rmse": float(np.sqrt(squares).mean()),
        "rmse_norm_rms": root_mean_square(norm, weights),
        "rmse_norm_max": float(norm[1:].max()),
    }
    parts: dict[str, list[Floats]] = {"position": [], "orientation": []}
    for arm in arms:
        poses = arm.forward(q[:, arm.chain]), arm.forward(predicted[:, arm.chain])
        for name, values in zip(parts, distance(*poses), strict=True):
            parts[name].append(values)
    for name, of_arms in parts.items():
        found |= {
            f"{name}_rmse": float(np.mean([root_mean_square(v, weights) for v in of_arms])),
            f"{name}_mean": float(np.mean([np.average(v, weights=weights) for v in of_arms])),
            f"{name}_max": float(np.mean([v[1:].max() for v in of_arms])),
        }
    return found


def time_weights(time: Floats) -> Floats:
    """Trapezoid over the rows but the first, which is given as input."""
    weights = np.zeros(len(time))
    step = np.diff(time[1:]) / 2
    weights[1:-1] += step
    weights[2:] += step
    return weights


def root_mean_square(values: Floats, weights: Floats) -> float:
    return float(np.sqrt(np.average(values**2, weights=weights)))


def with_evo(reference: Floats, predicted: Floats) -> tuple[Floats, Floats]:
    """evo's absolute pose error, translation and rotation angle: a loop over the poses in it."""
    from evo.core.metrics import APE, PoseRelation
    from evo.core.trajectory import PosePath3D

    paths = PosePath3D(poses_se3=list(reference)), PosePath3D(poses_se3=list(predicted))

    def error(relation: Any) -> Floats:
        metric = APE(relation)
        metric.process_data(paths)
        return np.asarray(metric.error)

    return error(PoseRelation.translation_part), error(PoseRelation.rotation_angle_rad)


def with_scipy(reference: Floats, predicted: Floats) -> tuple[Floats, Floats]:
    """The same without evo: whole arrays in NumPy and SciPy."""
    from scipy.spatial.transform import Rotation

    position = np.linalg.norm(predicted[:, :3, 3] - reference[:, :3, 3], axis=1)
    first, second = (Rotation.from_matrix(m[:, :3, :3]) for m in (reference, predicted))
    return position, (first.inv() * second).magnitude()
