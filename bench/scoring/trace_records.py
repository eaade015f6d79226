"""What a trace has beside scored angles: declarations, other joints, positions without jumps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bench.scoring.events import EventRule

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Declared:
    """What the dataset declares beside its recordings.

    Attributes:
        events: its events.
        noise: standard deviation of the measurement noise by joint, in its unit.
        seed: of the draws of that noise.
    """

    events: tuple[EventRule, ...] = ()
    noise: Mapping[str, float] = field(default_factory=dict)
    seed: int = 0


@dataclass(frozen=True)
class Others:
    """Grippers and prismatic joints of an episode, K of them, each in its own unit.

    Attributes:
        names: their names.
        arm_of: name of each one's arm.
        units: rad, m or fraction.
        is_gripper: (K,) whether it is a gripper's joint.
        ranges: (K,) normalising range Δ.
        weights: (K,) weight in the arm's normalised error; 0 where not scored.
        reference: (N, K) measured positions.
        predicted: (N, K) predicted positions.
        error: (N, K) predicted minus measured.
        command: (N, K) commands in force.
    """

    names: tuple[str, ...]
    arm_of: tuple[str, ...]
    units: tuple[str, ...]
    is_gripper: Flags
    ranges: Floats
    weights: Floats
    reference: Floats
    predicted: Floats
    error: Floats
    command: Floats


@dataclass(frozen=True)
class Turned:
    """Positions (N, J) in rad without jumps: continuous joints unwrapped, all in one turn."""

    reference: Floats
    predicted: Floats
    command: Floats
