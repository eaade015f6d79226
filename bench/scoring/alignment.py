"""A prediction brought to the reference's times, episode by episode."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bench.formulas.interpolation import at_times
from bench.formulas.weighting import time_weights
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes
from bench.kinematics.forward import pose_errors
from bench.kinematics.robot import Robot
from bench.scoring.columns import Columns, angles, others
from bench.scoring.trace import Declared, EpisodeTrace, Others

Floats = NDArray[np.float64]

NEEDED = ("time", "q", "q_command", "q_command_valid", "current")
"""Signals of the reference that are looked at, where it has them."""


def traces(
    entry: Episodes, reference: Episodes, robot: Robot, declared: Declared | None = None
) -> Iterator[EpisodeTrace]:
    """Compare a prediction with the reference.

    Args:
        entry: the prediction: the same episodes in the same order; signals `time`, `q`, perhaps
            `samples`, `q_command` (of a policy) and `failed_at`.
        reference: the reference runs, in memory, signals `NEEDED`.
        robot: the robot.
        declared: what the dataset declares.

    Yields:
        One trace an episode, in the order of the reference.

    Raises:
        ProblemsError: the reference has a value that is not finite.
    """
    _check_finite(reference)
    brought = _on_reference_clock(entry, reference, robot)
    turning, sliding = (f(robot, reference.info, entry.info) for f in (angles, others))
    position, orientation = _tool_errors(brought["q"], entry, reference, robot)
    for number, episode in enumerate(reference.info.episodes):
        rows = reference.rows(number)
        time = reference.signals["time"][rows]
        masked = np.zeros(len(time), dtype=np.bool_)
        if "q_command_valid" in reference.signals:
            masked = ~reference.signals["q_command_valid"][rows]
        counted = ~masked
        counted[0] = False  # row 0 is given as input
        q, p = reference.signals["q"][rows], brought["q"][rows]
        measured, command = q[:, turning.reference], reference.signals["q_command"][rows]
        current = reference.signals.get("current")
        yield EpisodeTrace(
            id=episode.id,
            group=episode.group,
            run=entry.info.episodes[number].run,
            time=time,
            weights=time_weights(time, counted),
            masked=masked,
            arms=tuple(arm.name for arm in robot.arms),
            joints=turning.names,
            arm_of=turning.arm_of,
            joint_weights=turning.weights,
            ranges=turning.ranges,
            limits=turning.limits,
            reference=measured,
            predicted=p[:, turning.predicted],
            command=command[:, turning.reference],
            error=_errors(p[:, turning.predicted], measured, turning),
            others=_others(p, q, sliding, robot),
            position_error=position[rows],
            orientation_error=orientation[rows],
            samples=_samples(brought, rows, measured, turning),
            action_error=_action_errors(brought, rows, command, turning),
            current=None if current is None else current[rows][:, turning.reference],
            failed_at=_failed_at(entry, number),
            declared=declared or Declared(),
        )


def _check_finite(reference: Episodes) -> None:
    problems = []
    for name in (n for n in NEEDED if n in reference.signals):
        finite = np.isfinite(reference.signals[name]).reshape(int(reference.start[-1]), -1)
        if name == "q_command" and "q_command_valid" in reference.signals:
            finite |= ~reference.signals["q_command_valid"][:, None]
        for number, episode in enumerate(reference.info.episodes):
            bad = np.flatnonzero(~finite[reference.rows(number)].all(axis=1))
            if len(bad):
                where = f"reference: {episode.id} {name} row {bad[0]}"
                came = f"none in {len(bad)} rows"
                problems.append(Problem("not_finite", where, "a finite number", came))
    if problems:
        raise ProblemsError(problems)


def _failed_at(entry: Episodes, number: int) -> float | None:
    if "failed_at" not in entry.signals:
        return None
    failed = float(entry.signal("failed_at", number))
    return failed if np.isfinite(failed) else None


def _on_reference_clock(entry: Episodes, reference: Episodes, robot: Robot) -> dict[str, Floats]:
    """The predicted row signals at the reference's times; continuous joints unwrapped."""
    endless = {joint.name for joint in robot.logged_joints if joint.type == "continuous"}
    turning = [i for i, name in enumerate(entry.info.joints) if name in endless]
    names = [name for name in ("q", "samples", "q_command") if name in entry.signals]
    parts: dict[str, list[Floats]] = {name: [] for name in names}
    for number in range(len(reference)):
        clock = entry.signal("time", number)
        times = reference.signals["time"][reference.rows(number)]
        for name in names:
            values = entry.signal(name, number)
            if turning:
                values = values.copy()
                values[..., turning] = np.unwrap(values[..., turning], axis=0)
            flat = values.reshape(len(values), -1)
            parts[name].append(at_times(times, clock, flat).reshape(-1, *values.shape[1:]))
    return {name: np.concatenate(each) for name, each in parts.items()}


def _errors(predicted: Floats, measured: Floats, columns: Columns) -> Floats:
    """Predicted minus measured (..., K); of continuous joints within (−π, π]."""
    error: Floats = predicted - measured
    for column in columns.endless:
        error[..., column] = _within_half_a_turn(error[..., column])
    return error


def _within_half_a_turn(angle: Floats) -> Floats:
    turns: Floats = angle - 2 * np.pi * np.ceil(angle / (2 * np.pi) - 0.5)
    return turns


def _others(predicted: Floats, measured: Floats, columns: Columns, robot: Robot) -> Others:
    grippers = {joint.name for arm in robot.arms for joint in arm.grippers}
    q, p = measured[:, columns.reference], predicted[:, columns.predicted]
    return Others(
        names=columns.names,
        arm_of=columns.arm_of,
        units=tuple(str(joint.unit) for joint in columns.joints),
        is_gripper=np.array([name in grippers for name in columns.names], dtype=np.bool_),
        ranges=columns.ranges,
        weights=columns.weights,
        reference=q,
        predicted=p,
        error=_errors(p, q, columns),
    )


def _samples(
    brought: dict[str, Floats], rows: slice, measured: Floats, columns: Columns
) -> Floats | None:
    """Every execution's angles (N, M, J).

    Of a continuous joint the executions lie within half a turn of their own circular mean, and
    that within half a turn of the measured position: how far they are apart does not depend on
    where the measured one is.
    """
    if "samples" not in brought:
        return None
    drawn = brought["samples"][rows][..., columns.predicted]
    for column in columns.endless:
        angle = drawn[..., column]
        middle = np.arctan2(np.sin(angle).mean(axis=1), np.cos(angle).mean(axis=1))
        near = measured[:, column] + _within_half_a_turn(middle - measured[:, column])
        around = _within_half_a_turn(angle - near[:, None])
        drawn[..., column] = near[:, None] + around
    return drawn


def _action_errors(
    brought: dict[str, Floats], rows: slice, command: Floats, columns: Columns
) -> Floats | None:
    if "q_command" not in brought:
        return None
    own = brought["q_command"][rows][:, columns.predicted]
    return _errors(own, command[:, columns.reference], columns)


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
