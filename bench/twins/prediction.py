"""What every kind of twin shares: predictions as a set of episodes, and how far off they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bench.datasets.split import held_commands, inputs_of
from bench.formulas.weighting import joint_rmse, time_weights
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes
from bench.kinematics.robot import Robot

Floats = NDArray[np.float64]


def predicted(inputs: Episodes, q: Floats, failed_at: Floats | None = None) -> Episodes:
    """Predicted positions (T, J) on the clock of the inputs, as a set of the split `entry`."""
    units = {"time": inputs.info.signals["time"], "q": inputs.info.units}
    signals = {"time": inputs.signals["time"], "q": q}
    if failed_at is not None:
        units["failed_at"] = ("s",)
        signals["failed_at"] = failed_at
    info = replace(inputs.info, split="entry", signals=units)
    return Episodes(info, inputs.start, signals)


def scored_columns(episodes: Episodes, robot: Robot) -> list[int]:
    """Columns of the joints that the robot's headline scores."""
    scored = {joint.name for _, joint in robot.scored_angles}
    return [i for i, name in enumerate(episodes.info.joints) if name in scored]


def references(episodes: Episodes) -> Episodes:
    """The reference runs of a set, masked commands held as the holdout's inputs hold them."""
    keep = [i for i, e in enumerate(episodes.info.episodes) if e.role == "reference"]
    return held_commands(episodes.select(keep, episodes.info.split))  # type: ignore[arg-type]


def commanded(episodes: Episodes) -> NDArray[np.bool_]:
    """(T,) rows whose command is known: what a fit of the response to commands may use."""
    valid: NDArray[np.bool_] = episodes.signals.get(
        "q_command_valid", np.ones(int(episodes.start[-1]), dtype=np.bool_)
    )
    return valid


def headline(error: Floats, episodes: Episodes) -> float:
    """Mean over episodes of the joint RMSE, rad; row 0 and masked rows are not scored.

    An episode without a scored row is left out, as scoring does.

    Args:
        error: (T, J) predicted minus measured, the scored joints.
        episodes: whose rows they are.
    """
    values = []
    for number in range(len(episodes)):
        rows = episodes.rows(number)
        time = episodes.signals["time"][rows]
        counted = np.arange(len(time)) > 0
        if "q_command_valid" in episodes.signals:
            counted &= episodes.signals["q_command_valid"][rows]
        weights = time_weights(time, counted)
        if (weights > 0).any():
            values.append(joint_rmse(error[rows], weights))
    if not values:
        expected = "an episode with a scored row"
        raise ProblemsError([Problem("no_rows", episodes.info.split, expected, "none")])
    return float(np.mean(values))


def error_on(
    episodes: Episodes, robot: Robot, rollout: Callable[[Episodes], Episodes]
) -> float | None:
    """The headline of a twin over the reference runs of a fitted part; None if it has none."""
    measured = references(episodes)
    if not len(measured):
        return None
    columns = scored_columns(measured, robot)
    prediction = rollout(inputs_of(measured)).signals["q"]
    return headline((prediction - measured.signals["q"])[:, columns], measured)
