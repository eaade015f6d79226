"""One scored episode of one entry: everything that metrics and label rules look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EpisodeTrace:
    """An entry's prediction against the reference, at the reference's N times.

    J scored revolute joints of all arms in the robot's order, A arms, G grippers.

    Attributes:
        id: the episode.
        group: its group.
        time: (N,) s, the reference's clock.
        weights: (N,) s, time weights; 0 where a row is not scored.
        joints: names of the J joints.
        arm_of: name of each joint's arm.
        joint_weights: (J,) weight of each joint, summing to 1 over an arm.
        ranges: (J,) normalising range Δ of each joint, rad.
        limits: (J, 2) lower and upper position limit, rad; infinite where there is none.
        reference: (N, J) measured positions, rad.
        predicted: (N, J) predicted positions, rad.
        command: (N, J) commands in force, rad.
        error: (N, J) predicted minus measured, rad, of continuous joints within (−π, π].
        gripper_error: (N, G) predicted minus measured, in the grippers' units; None where the
            entry predicts no gripper.
        position_error: (N, A) distance of the tool, m.
        orientation_error: (N, A) angle of the tool, rad.
        current: (N, J) measured magnitude, in the recording's unit; None where not recorded.
        failed_at: when the simulator broke, s; None where it did not.
    """

    id: str
    group: str
    time: Floats
    weights: Floats
    joints: tuple[str, ...]
    arm_of: tuple[str, ...]
    joint_weights: Floats
    ranges: Floats
    limits: Floats
    reference: Floats
    predicted: Floats
    command: Floats
    error: Floats
    gripper_error: Floats | None
    position_error: Floats
    orientation_error: Floats
    current: Floats | None
    failed_at: float | None
