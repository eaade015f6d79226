"""A prediction brought to the reference's times, episode by episode."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.formulas.interpolation import at_times
from bench.formulas.over_time import Clock
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes
from bench.kinematics.forward import pose_errors
from bench.kinematics.robot import Robot
from bench.scoring.columns import Columns, angles, others
from bench.scoring.summary import Rows, Scales, summaries
from bench.scoring.trace import EpisodeTrace
from bench.scoring.trace_records import Declared, Others

Array = NDArray[Any]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

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
    turning, sliding = (f(robot, reference.info, entry.info) for f in (angles, others))
    block = _block(entry, reference, robot, turning, sliding)
    scales = Scales(
        arms=tuple(arm.name for arm in robot.arms),
        arm_of=(*turning.arm_of, *sliding.arm_of),
        ranges=np.concatenate([turning.ranges, sliding.ranges]),
        weights=np.concatenate([turning.weights, sliding.weights]),
    )
    fixed: dict[str, Any] = {
        "arms": scales.arms,
        "joints": turning.names,
        "arm_of": turning.arm_of,
        "joint_weights": turning.weights,
        "ranges": turning.ranges,
        "limits": turning.limits,
        "declared": declared or Declared(),
        "models": robot.arms,
    }
    beside = _fixed_of_others(sliding, robot)
    for number, summary in enumerate(summaries(block.rows, scales)):
        rows = reference.rows(number)
        episode = reference.info.episodes[number]
        trace = EpisodeTrace(
            id=episode.id,
            group=episode.group,
            run=entry.info.episodes[number].run,
            others=Others(**beside, **_of_rows(block.others, rows)),
            samples=_samples(block, rows, turning),
            failed_at=_failed_at(entry, number),
            **fixed,
            **_of_rows(block.angles, rows),
        )
        yield trace.knowing(scales, summary)


@dataclass(frozen=True)
class _Block:
    """All rows of some episodes: what `EpisodeTrace` and `Others` hold of each, by its name.

    Joint signals lie joint by joint, (J, T), and are handed out as (N, J): most of what is computed
    of them is computed along the rows of a joint.
    """

    rows: Rows
    angles: Mapping[str, Array | None]
    others: Mapping[str, Array]
    samples: Floats | None


def _block(
    entry: Episodes, reference: Episodes, robot: Robot, turning: Columns, sliding: Columns
) -> _Block:
    brought = _on_reference_clock(entry, reference, robot)
    signals = {
        name: np.ascontiguousarray(reference.signals[name].T)
        for name in ("q", "q_command", "current")
        if name in reference.signals
    }
    q, p = signals["q"], brought["q"]
    clock, masked = _clock(reference)
    error = np.concatenate([_errors(p, q, columns) for columns in (turning, sliding)])
    position, orientation = _tool_errors(p, q, entry, reference, robot)
    command, current = signals["q_command"], signals.get("current")
    own = brought.get("q_command")
    found = {
        "time": clock.time,
        "weights": clock.weights,
        "masked": masked,
        "reference": q[turning.reference],
        "predicted": p[turning.predicted],
        "command": command[turning.reference],
        "error": error[: len(turning.joints)],
        "position_error": position,
        "orientation_error": orientation,
        "action_error": None if own is None else _errors(own, command, turning),
        "current": None if current is None else current[turning.reference],
    }
    other = {
        "reference": q[sliding.reference],
        "predicted": p[sliding.predicted],
        "error": error[len(turning.joints) :],
        "command": command[sliding.reference],
    }
    return _Block(Rows(clock, error, position, orientation), found, other, brought.get("samples"))


def _of_rows(signals: Mapping[str, Array | None], rows: slice) -> dict[str, Any]:
    """The signals of some rows, rows first."""
    return {name: None if each is None else each.T[rows] for name, each in signals.items()}


def _clock(reference: Episodes) -> tuple[Clock, Flags]:
    """The reference's clock with the weights of all rows, and which rows it masks."""
    time = reference.signals["time"]
    valid = reference.signals.get("q_command_valid")
    masked = np.zeros(len(time), dtype=np.bool_) if valid is None else ~valid
    counted = ~masked
    start = reference.start[:-1]
    counted[start] = False  # row 0 is given as input
    return Clock.of(time, counted, start), masked


def _check_finite(reference: Episodes) -> None:
    problems = []
    for name in (n for n in NEEDED if n in reference.signals):
        finite = np.isfinite(reference.signals[name]).reshape(int(reference.start[-1]), -1)
        if name == "q_command" and "q_command_valid" in reference.signals:
            finite |= ~reference.signals["q_command_valid"][:, None]
        if finite.all():
            continue
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
    """The predicted row signals at the reference's times; continuous joints unwrapped.

    Returns:
        `q` and `q_command` (J, T), `samples` (T, M, J).
    """
    endless = {joint.name for joint in robot.logged_joints if joint.type == "continuous"}
    turning = [i for i, name in enumerate(entry.info.joints) if name in endless]
    rows = int(reference.start[-1])
    found: dict[str, Floats] = {}
    for name in (name for name in ("q", "samples", "q_command") if name in entry.signals):
        shape = entry.signals[name].shape[1:]
        at_rows = np.empty((math.prod(shape), rows) if name != "samples" else (rows, *shape))
        for number in range(len(reference)):
            own = reference.rows(number)
            values = entry.signal(name, number)
            if turning:
                values = values.copy()
                values[..., turning] = np.unwrap(values[..., turning], axis=0)
            times, clock = reference.signals["time"][own], entry.signal("time", number)
            brought = at_times(times, clock, values.reshape(len(values), -1))
            if name == "samples":
                at_rows[own] = brought.reshape(-1, *shape)
            else:
                at_rows[:, own] = brought.T
        found[name] = at_rows
    return found


def _errors(predicted: Floats, measured: Floats, columns: Columns) -> Floats:
    """Predicted minus measured (K, T); of continuous joints within (−π, π]."""
    error: Floats = predicted[columns.predicted]
    error -= measured[columns.reference]
    for column in columns.endless:
        error[column] = _within_half_a_turn(error[column])
    return error


def _within_half_a_turn(angle: Floats) -> Floats:
    turns: Floats = angle - 2 * np.pi * np.ceil(angle / (2 * np.pi) - 0.5)
    return turns


def _fixed_of_others(columns: Columns, robot: Robot) -> dict[str, Any]:
    """What `Others` says of the joints themselves."""
    grippers = {joint.name for arm in robot.arms for joint in arm.grippers}
    return {
        "names": columns.names,
        "arm_of": columns.arm_of,
        "units": tuple(str(joint.unit) for joint in columns.joints),
        "is_gripper": np.array([name in grippers for name in columns.names], dtype=np.bool_),
        "ranges": columns.ranges,
        "weights": columns.weights,
    }


def _samples(block: _Block, rows: slice, columns: Columns) -> Floats | None:
    """Every execution's angles (N, M, J).

    Of a continuous joint the executions lie within half a turn of their own circular mean, and
    that within half a turn of the measured position: how far they are apart does not depend on
    where the measured one is.
    """
    if block.samples is None:
        return None
    drawn: Floats = block.samples[rows][..., columns.predicted]
    measured = _of_rows(block.angles, rows)["reference"]
    for column in columns.endless:
        angle = drawn[..., column]
        middle = np.arctan2(np.sin(angle).mean(axis=1), np.cos(angle).mean(axis=1))
        near = measured[:, column] + _within_half_a_turn(middle - measured[:, column])
        around = _within_half_a_turn(angle - near[:, None])
        drawn[..., column] = near[:, None] + around
    return drawn


def _tool_errors(
    predicted: Floats, measured: Floats, entry: Episodes, reference: Episodes, robot: Robot
) -> tuple[Floats, Floats]:
    """Distance (m) and angle (rad) of every arm's tool, (A, T) each, of positions (J, T)."""
    pairs = []
    for arm in robot.arms:
        names = [joint.name for joint in arm.chain_joints]
        own = predicted[[entry.info.joints.index(name) for name in names]]
        truth = measured[[reference.info.joints.index(name) for name in names]]
        pairs.append(pose_errors(arm, own.T, truth.T))
    return np.stack([p for p, _ in pairs]), np.stack([o for _, o in pairs])
