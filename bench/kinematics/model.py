"""Links and joints of a kinematic model as its file states them, numbers in float64.

A model file (`bench.kinematics.urdf`, `bench.kinematics.dh`) is read into this form; nothing
behind it knows what it was written in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bench.kinematics.inertia import Inertial
from bench.kinematics.robot import JointType, Limits, Load, Mimic, Vector


@dataclass(frozen=True)
class ModelJoint:
    """A joint as the model states it.

    Attributes:
        name: its name.
        type: revolute, continuous, prismatic or fixed.
        parent: the link that carries it.
        child: the link that it moves.
        xyz: origin in the parent link's frame, in m.
        rpy: roll, pitch, yaw of the origin about fixed axes, in rad.
        axis: direction in the joint's frame, of any length; None where fixed.
        limits: None where fixed.
        mimic: the joint that it follows.
    """

    name: str
    type: JointType
    parent: str
    child: str
    xyz: Vector
    rpy: Vector
    axis: Vector | None
    limits: Limits | None
    mimic: Mimic | None


@dataclass(frozen=True)
class Model:
    """The links of a robot, and its joints by the link that they move; a tree.

    Attributes:
        links: their names.
        joint_of: the joint that moves each link but the root.
        masses: of the links that have one.
        inertials: what links weigh in full, by name, where the reader takes it from the file.
    """

    links: tuple[str, ...]
    joint_of: dict[str, ModelJoint]
    masses: Mapping[str, Load] = field(default_factory=dict)
    inertials: Mapping[str, Inertial] = field(default_factory=dict)

    def path(self, base: str, tip: str) -> tuple[ModelJoint, ...] | None:
        """The joints from the link `base` to the link `tip`; None if `base` does not carry it."""
        chain: list[ModelJoint] = []
        link = tip
        while link != base:
            if link not in self.joint_of:
                return None
            chain.append(self.joint_of[link])
            link = chain[-1].parent
        return tuple(reversed(chain))

    def joint(self, name: str) -> ModelJoint | None:
        """The joint of this name; None where there is none."""
        return next((joint for joint in self.joint_of.values() if joint.name == name), None)


def repeated(names: Iterable[str]) -> list[str]:
    """The names that come more than once, in order of the alphabet."""
    return sorted(name for name, count in Counter(names).items() if name and count > 1)
