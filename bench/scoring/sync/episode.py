"""An episode as the track sync sees it: rows, marks, and the joints that are scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.datasets.split import held_commands
from bench.formulas.rolling_origin import Origins, origins
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes
from bench.kinematics.robot import Robot
from bench.scoring.columns import angles, joint_problems
from bench.scoring.truth import positions

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Recording:
    """One measured episode.

    Attributes:
        id: its id.
        group: its group.
        joints: names of the J logged joints.
        units: their units.
        time: (N,) s.
        q: (N, J) measured; joints that turn without end are unwrapped.
        command: (N, J); the last valid one where the reference masks it.
        dq_start: (J,) measured velocity of row 0; None where it was not recorded.
        masked: rows that may be neither origin nor target.
        origins: marks that predictions start from and aim at.
        scored: columns of the K scored revolute joints.
        endless: (K,) which of those turn without end.
    """

    id: str
    group: str
    joints: tuple[str, ...]
    units: tuple[str, ...]
    time: Floats
    q: Floats
    command: Floats
    dq_start: Floats | None
    masked: int
    origins: Origins
    scored: tuple[int, ...]
    endless: Flags

    @property
    def scored_joints(self) -> tuple[str, ...]:
        """Names of the scored joints."""
        return tuple(self.joints[column] for column in self.scored)

    @property
    def measured(self) -> Floats:
        """(N, K) measured positions of the scored joints."""
        return self.q[:, list(self.scored)]


def recordings(truth: Episodes, robot: Robot) -> list[Recording]:
    """The reference episodes of a holdout.

    Raises:
        ProblemsError: recordings and robot do not fit, or a value is not finite.
    """
    problems = list(joint_problems(robot, truth.info))
    columns = angles(robot, truth.info, truth.info)
    if not problems and not columns.joints:
        where = f"robot {robot.name}"
        problems.append(Problem("no_angles", where, "a scored revolute joint", "none"))
    if problems:
        raise ProblemsError(problems)
    return [_recording(truth, robot, episode) for episode in positions(truth, "reference")]


def _recording(truth: Episodes, robot: Robot, position: int) -> Recording:
    one = truth.select([position], "holdout_truth")
    info, episode = one.info, one.info.episodes[0]
    compared = angles(robot, info, info)
    endless = [j.name for j in robot.logged_joints if j.type == "continuous" and j.unit == "rad"]
    turning = np.array([name in endless for name in info.joints])
    valid = one.signals.get("q_command_valid", np.ones(int(one.start[-1]), dtype=np.bool_))
    q, command = one.signals["q"], held_commands(one).signals["q_command"]
    _check_finite(episode.id, q, command)
    dq = one.signals["dq"][0] if "dq" in one.signals else None
    time = np.asarray(one.signals["time"], dtype=np.float64)
    return Recording(
        id=episode.id,
        group=episode.group,
        joints=info.joints,
        units=info.units,
        time=time,
        q=followed(q, q[0], turning),
        command=followed(command, q[0], turning),
        dq_start=dq if dq is not None and np.isfinite(dq).all() else None,
        masked=int((~valid).sum()),
        origins=origins(time, valid),
        scored=tuple(compared.reference),
        endless=np.isin(np.arange(len(compared.joints)), compared.endless),
    )


def followed(values: Floats, start: Floats, turning: Flags | Sequence[bool]) -> Floats:
    """Values (N, J), those of turning joints without jumps and within half a turn of `start`.

    What a row becomes depends on no later row.
    """
    if not np.any(turning):
        return np.asarray(values, dtype=np.float64)
    smooth = np.unwrap(values, axis=0)
    smooth = smooth - 2 * np.pi * np.round((smooth[0] - start) / (2 * np.pi))
    return np.where(turning, smooth, values)


def _check_finite(name: str, *signals: Floats) -> None:
    if not all(np.isfinite(signal).all() for signal in signals):
        expected = "finite positions and commands"
        raise ProblemsError([Problem("not_finite", f"episode {name}", expected, "another")])
