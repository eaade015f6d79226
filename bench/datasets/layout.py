"""How a dataset's columns of joints belong together, and how finely they were measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.io.workspace import DatasetPaths, Workspace
from bench.kinematics.robot import Robot, load_robot


@dataclass(frozen=True)
class Layout:
    """What is known of the J joints of a dataset, in the order of its columns.

    Attributes:
        chains: the columns of each arm's chain, from base to tool; grippers are in none.
        noise: (J,) standard deviation of the measurement noise, in the joints' units; 0 where
            the dataset declares none.
    """

    chains: tuple[tuple[int, ...], ...]
    noise: NDArray[np.float64]


def layout_of(dataset: Document, robot: Robot) -> Layout:
    """The layout of a dataset of this robot.

    A joint of the robot that was not recorded has no column.

    Raises:
        ProblemsError: a joint of the dataset that the robot does not have.
    """
    names = [joint["name"] for joint in dataset["joints"]]
    problems = [
        Problem("joints", "dataset.json", f"a joint of the robot {robot.name}", name)
        for name in names
        if name not in robot.joint_names
    ]
    if problems:
        raise ProblemsError(problems)
    chains = tuple(
        tuple(names.index(joint.name) for joint in arm.chain_joints if joint.name in names)
        for arm in robot.arms
    )
    declared = dataset.get("measurement_noise", {})
    return Layout(chains, np.array([declared.get(name, 0.0) for name in names]))


def load_layout(paths: DatasetPaths) -> Layout:
    """The layout of a dataset, from its `dataset.json` and its robot's `robot.json`.

    Raises:
        ProblemsError: either is malformed, or they do not fit each other.
        UnknownNameError: there is no robot of that name.
    """
    dataset = paths.document()
    folder = Workspace(paths.root).robot_folder(dataset["robot"])
    return layout_of(dataset, load_robot(folder / "robot.json"))
