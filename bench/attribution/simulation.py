"""Rolling a twin out over a window of an episode."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.attribution.estimation import Simulate
from bench.attribution.window import Window, inputs_in
from bench.datasets.split import inputs_of
from bench.io.store import Episodes
from bench.kinematics.robot import Robot
from bench.scoring.trace import EpisodeTrace
from bench.twins.kinds import kind
from bench.twins.twin import Twin

Floats = NDArray[np.float64]


def simulator(
    reference: Episodes, trace: EpisodeTrace, window: Window, robot: Robot, robot_folder: Path
) -> Simulate:
    """What rolls twins out over a window of the one episode of `reference`.

    Args:
        reference: the one episode, as it was recorded; it is the first of its role.
        trace: the same episode, compared.
        window: which rows.
        robot: the robot.
        robot_folder: folder with `robot.json` and the model that it names.
    """
    measured = reference.signals["q"]
    inputs = inputs_in(inputs_of(reference), measured, window.rows)
    columns = [reference.info.joints.index(name) for name in trace.joints]

    def simulate(twin: Twin) -> Floats:
        predicted = kind(twin.kind).rollout(twin, inputs, robot, robot_folder, _silent)
        places = [predicted.info.joints.index(reference.info.joints[c]) for c in columns]
        q: Floats = predicted.signals["q"][:, places]
        return q

    return simulate


def _silent(_done: int, _total: int) -> None:
    """Told of nothing."""
