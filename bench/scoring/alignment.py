"""A prediction brought to the reference's times, episode by episode."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.formulas.interpolation import at_times
from bench.formulas.weighting import time_weights
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes
from bench.kinematics.forward import pose_errors
from bench.kinematics.robot import Joint, Robot
from bench.scoring.trace import EpisodeTrace

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """Which joints are compared, and where they stand in the reference and in the entry."""

    joints: tuple[Joint, ...]
    arm_of: tuple[str, ...]
    reference: list[int]
    predicted: list[int]


def scored_columns(robot: Robot, reference: Episodes, entry: Episodes) -> Columns:
    """The scored joints of all arms, in the robot's order.

    Raises:
        ProblemsError: a scored joint is not in rad: its error cannot stand among angles.
    """
    other = [j for arm in robot.arms for j in arm.scored_joints if j.unit != "rad"]
    if other:
        raise ProblemsError(
            Problem(
                "scored_unit", f"robot {robot.name}: {j.name}", "scored joints in rad", str(j.unit)
            )
            for j in other
        )
    return _columns([(joint, arm) for arm, joint in robot.scored_angles], reference, entry)


def gripper_columns(robot: Robot, reference: Episodes, entry: Episodes) -> Columns | None:
    """The arms' grippers; None where the entry lacks one of them or there is none."""
    pairs = [(arm.gripper, arm.name) for arm in robot.arms if arm.gripper is not None]
    if not pairs or any(joint.name not in entry.info.joints for joint, _ in pairs):
        return None
    return _columns(pairs, reference, entry)


def _columns(pairs: list[tuple[Joint, str]], reference: Episodes, entry: Episodes) -> Columns:
    return Columns(
        joints=tuple(joint for joint, _ in pairs),
        arm_of=tuple(arm for _, arm in pairs),
        reference=[reference.info.joints.index(joint.name) for joint, _ in pairs],
        predicted=[entry.info.joints.index(joint.name) for joint, _ in pairs],
    )


def traces(entry: Episodes, reference: Episodes, robot: Robot) -> Iterator[EpisodeTrace]:
    """Compare a prediction with the reference.

    Args:
        entry: the prediction, with every episode of the reference, matched by id.
        reference: the reference runs, signals `time`, `q`, `q_command`, perhaps `current`.
        robot: the robot.

    Yields:
        One trace an episode, in the order of the reference.
    """
    predicted = _on_reference_clock(entry, reference, robot)
    scored = scored_columns(robot, reference, entry)
    grippers = gripper_columns(robot, reference, entry)
    error = _errors(predicted, reference.signals["q"], scored)
    gripper_error = (
        None if grippers is None else _errors(predicted, reference.signals["q"], grippers)
    )
    position, orientation = _tool_errors(predicted, entry, reference, robot)
    for number, episode in enumerate(reference.info.episodes):
        rows = reference.rows(number)
        time = reference.signals["time"][rows]
        valid = np.arange(len(time)) > 0  # row 0 is given as input
        if "q_command_valid" in reference.signals:
            valid &= reference.signals["q_command_valid"][rows]
        current = reference.signals.get("current")
        failed = entry.signals.get("failed_at", np.full(len(entry), np.inf))[
            entry.index[episode.id]
        ]
        yield EpisodeTrace(
            id=episode.id,
            group=episode.group,
            time=time,
            weights=time_weights(time, valid),
            joints=tuple(joint.name for joint in scored.joints),
            arm_of=scored.arm_of,
            joint_weights=np.array([joint.weight for joint in scored.joints]),
            ranges=np.array([joint.range for joint in scored.joints], dtype=np.float64),
            limits=np.array([_limits(joint) for joint in scored.joints]),
            reference=reference.signals["q"][rows][:, scored.reference],
            predicted=predicted[rows][:, scored.predicted],
            command=reference.signals["q_command"][rows][:, scored.reference],
            error=error[rows],
            gripper_error=None if gripper_error is None else gripper_error[rows],
            position_error=position[rows],
            orientation_error=orientation[rows],
            current=None if current is None else current[rows][:, scored.reference],
            failed_at=float(failed) if np.isfinite(failed) else None,
        )


def _limits(joint: Joint) -> tuple[float, float]:
    if joint.limits is None or joint.limits.lower is None or joint.limits.upper is None:
        return (-np.inf, np.inf)
    return (joint.limits.lower, joint.limits.upper)


def _on_reference_clock(entry: Episodes, reference: Episodes, robot: Robot) -> Floats:
    """The predicted positions (T, J) at the reference's times; continuous joints unwrapped."""
    endless = {joint.name for joint in robot.logged_joints if joint.type == "continuous"}
    turning = [i for i, name in enumerate(entry.info.joints) if name in endless]
    parts = []
    for number, episode in enumerate(reference.info.episodes):
        rows = entry.rows(entry.index[episode.id])
        q = entry.signals["q"][rows]
        if turning:
            q = q.copy()
            q[:, turning] = np.unwrap(q[:, turning], axis=0)
        times = reference.signals["time"][reference.rows(number)]
        parts.append(at_times(times, entry.signals["time"][rows], q))
    return np.concatenate(parts)


def _errors(predicted: Floats, measured: Floats, columns: Columns) -> Floats:
    """Predicted minus measured (T, J); of continuous joints within (−π, π]."""
    error: Floats = predicted[:, columns.predicted] - measured[:, columns.reference]
    for column, joint in enumerate(columns.joints):
        if joint.type == "continuous":
            turned = error[:, column]
            error[:, column] = turned - 2 * np.pi * np.ceil(turned / (2 * np.pi) - 0.5)
    return error


def _tool_errors(
    predicted: Floats, entry: Episodes, reference: Episodes, robot: Robot
) -> tuple[Floats, Floats]:
    """Distance (m) and angle (rad) of every arm's tool, (T, A) each."""
    pairs = []
    for arm in robot.arms:
        names = [joint.name for joint in arm.chain_joints]
        own = predicted[:, [entry.info.joints.index(name) for name in names]]
        measured = reference.signals["q"][:, [reference.info.joints.index(n) for n in names]]
        pairs.append(pose_errors(arm, own, measured))
    return np.stack([p for p, _ in pairs], axis=1), np.stack([o for _, o in pairs], axis=1)
