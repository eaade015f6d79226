"""What a metric is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from bench.scoring.trace import EpisodeTrace

INVARIANCES: Mapping[str, str] = {
    "entry_rows": "rows that an entry adds on its own straight lines",
    "clock_refinement": "more rows in a part of the reference, on smooth signals (within 1 %)",
    "time_shift": "the same shift of both clocks",
    "joint_order": "the order of joints in the recordings and the entry",
    "arm_order": "the order of arms in robot, recordings and entry together",
    "quaternion_sign": "q or −q for a rotation in robot.json",
    "base_frame": "where the robot's base stands",
    "tool_turn": "how the tool frame is turned on its link",
    "joint_zero": "a constant added to a joint in reference, command and entry",
    "joint_sign": "the sign of a joint in reference, command and entry",
    "whole_turns": "whole turns of a continuous joint",
    "constant_error": "a constant error of each joint",
    "scale_of_ranges": "one factor on all normalising ranges",
    "still_joints": "one more joint that stands still and is predicted exactly",
}
"""What a metric may declare not to change with, each with one line."""


@dataclass(frozen=True)
class Missing:
    """An episode does not have this metric, and why."""

    reason: str


Value = float | Missing
Direction = Literal["lower", "higher", "near"]


@dataclass(frozen=True)
class Metric:
    """One number per episode, averaged over episodes.

    Attributes:
        name: snake case, as in results.
        symbol: as in `docs/formulas.md`.
        unit: of the value in results.
        shown_unit: of the value in tables.
        shown_factor: from `unit` to `shown_unit`.
        direction: which is better: lower, higher, or near to `target`.
        meaning: one line.
        compute: gives the value of an episode that has a scored row, or why there is none.
        null: when an episode has no value, in one line; empty if it always has one.
        invariant: what the value does not change with, keys of `INVARIANCES`.
        target: the best value where `direction` is near, in `unit`.
        always: whether an episode without a scored row has it, too.
    """

    name: str
    symbol: str
    unit: str
    shown_unit: str
    shown_factor: float
    direction: Direction
    meaning: str
    compute: Callable[[EpisodeTrace], Value]
    null: str
    invariant: frozenset[str]
    target: float | None = None
    always: bool = False


ORDER = frozenset(
    {"entry_rows", "clock_refinement", "time_shift", "joint_order", "arm_order", "quaternion_sign"}
)
"""What no metric changes with."""
JOINT = ORDER | {"base_frame", "tool_turn", "joint_zero", "joint_sign", "whole_turns"}
"""What no metric of joint errors changes with."""
ANGLES = JOINT | {"scale_of_ranges"}
"""What no metric of errors in rad changes with."""
POSE = ORDER | {"base_frame", "tool_turn", "whole_turns", "scale_of_ranges", "still_joints"}
"""What no metric of the tool changes with."""
