"""Which joints of an entry are compared with the reference, and where they stand in both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.io.problems import Problem
from bench.io.store_info import StoreInfo
from bench.kinematics.robot import Joint, Robot

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """K compared joints, arm by arm, and where they stand in reference and entry.

    Attributes:
        joints: the joints.
        arm_of: name of each joint's arm.
        reference: columns in the reference's joint signals.
        predicted: columns in the entry's.
    """

    joints: tuple[Joint, ...]
    arm_of: tuple[str, ...]
    reference: list[int]
    predicted: list[int]

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(joint.name for joint in self.joints)

    @property
    def weights(self) -> Floats:
        """(K,) weight of each in its arm; 0 where it is not scored."""
        return np.array([joint.weight for joint in self.joints], dtype=np.float64)

    @property
    def ranges(self) -> Floats:
        """(K,) normalising range Δ of each, in its unit."""
        return np.array([joint.range for joint in self.joints], dtype=np.float64)

    @property
    def limits(self) -> Floats:
        """(K, 2) lower and upper position limit; infinite where there is none."""
        return np.array([_limits(joint) for joint in self.joints]).reshape(-1, 2)

    @property
    def endless(self) -> list[int]:
        """The continuous joints among them, whose errors are brought into (−π, π]."""
        return [
            k
            for k, joint in enumerate(self.joints)
            if joint.type == "continuous" and joint.unit == "rad"
        ]


def angles(robot: Robot, reference: StoreInfo, entry: StoreInfo) -> Columns:
    """The scored revolute and continuous joints of all arms, in the robot's order."""
    pairs = [
        (joint, arm.name)
        for arm in robot.arms
        for joint in arm.chain_joints
        if joint.scored and joint.unit == "rad"
    ]
    return _columns(pairs, reference, entry)


def others(robot: Robot, reference: StoreInfo, entry: StoreInfo) -> Columns:
    """Grippers and scored prismatic joints of all arms, as far as the entry predicts them."""
    pairs = [
        (joint, arm.name)
        for arm in robot.arms
        for joint in arm.logged_joints
        if joint in arm.grippers or (joint.scored and joint.unit != "rad")
    ]
    both = set(entry.joints) & set(reference.joints)
    return _columns([pair for pair in pairs if pair[0].name in both], reference, entry)


def joint_problems(robot: Robot, reference: StoreInfo) -> Iterator[Problem]:
    """Scored joints that the recordings lack, or have in another unit than the robot."""
    units = dict(zip(reference.joints, reference.units, strict=True))
    for joint in robot.logged_joints:
        needed = joint.scored or any(joint in arm.chain_joints for arm in robot.arms)
        where = f"dataset {reference.dataset}: joint {joint.name}"
        if joint.name not in units:
            if needed:
                yield Problem("joints", where, f"a joint that {robot.name} needs", "none")
        elif units[joint.name] != joint.unit:
            yield Problem(
                "joint_unit", where, f"{joint.unit}, as of {robot.name}", units[joint.name]
            )


def _columns(pairs: Sequence[tuple[Joint, str]], reference: StoreInfo, entry: StoreInfo) -> Columns:
    return Columns(
        joints=tuple(joint for joint, _ in pairs),
        arm_of=tuple(arm for _, arm in pairs),
        reference=[reference.joints.index(joint.name) for joint, _ in pairs],
        predicted=[entry.joints.index(joint.name) for joint, _ in pairs],
    )


def _limits(joint: Joint) -> tuple[float, float]:
    if joint.limits is None or joint.limits.lower is None or joint.limits.upper is None:
        return (-np.inf, np.inf)
    return (joint.limits.lower, joint.limits.upper)
