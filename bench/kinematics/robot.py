"""A robot as the benchmark sees it: arms, joints, their ranges, weights and frames.

`robot.json` holds it, compiled from a description and a model (`bench.kinematics.compile`).
Lengths in m, angles in rad, quaternions (w, x, y, z).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bench.io.documents import Document, read_document
from bench.io.problems import Problem, ProblemsError, UnknownNameError

Vector = tuple[float, float, float]
Quaternion = tuple[float, float, float, float]
JointType = Literal["revolute", "continuous", "prismatic", "fixed"]
Unit = Literal["rad", "m", "fraction"]

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Transform:
    """A pose of one frame in another: origin (m) and rotation as a unit quaternion."""

    xyz: Vector = (0.0, 0.0, 0.0)
    quaternion: Quaternion = (1.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Limits:
    """Position in rad or m, speed per second, effort in N m or N; None where not stated."""

    lower: float | None
    upper: float | None
    velocity: float | None
    effort: float | None


@dataclass(frozen=True)
class Mimic:
    """The joint stands at `multiplier` times the joint `joint` plus `offset`."""

    joint: str
    multiplier: float
    offset: float


@dataclass(frozen=True)
class Load:
    """A mass in kg, and where its centre is in a link's frame, in m."""

    mass: float
    centre: Vector


@dataclass(frozen=True)
class Joint:
    """One joint of a chain, or a gripper's joint.

    Attributes:
        name: its name in the model.
        type: revolute, continuous, prismatic or fixed.
        parent: the link that carries it.
        child: the link that it moves.
        origin: the joint's frame in the parent link's frame, at position 0.
        axis: unit vector in the joint's frame; None where fixed.
        limits: None where fixed.
        unit: of logged positions: rad, m or fraction (0 to 1); None where fixed.
        range: what errors are divided by (the normalising range), in `unit`; None where fixed.
        weight: share in the arm's normalised error; 0 where not scored.
        scored: whether its error counts.
        mimic: the joint that it follows; then it has no column in logs.
        encoder_step: the smallest step of a logged position, in `unit`; None where not known.
        load: what moves with the child link and not with the next moving joint of the chain, in
            the child link's frame; None where the model states no mass of it.
    """

    name: str
    type: JointType
    parent: str
    child: str
    origin: Transform
    axis: Vector | None
    limits: Limits | None
    unit: Unit | None
    range: float | None
    weight: float
    scored: bool
    mimic: Mimic | None
    encoder_step: float | None
    load: Load | None = None

    @property
    def is_logged(self) -> bool:
        """Whether the joint has a position of its own, thus a column in recordings."""
        return self.type != "fixed" and self.mimic is None


@dataclass(frozen=True)
class Arm:
    """A serial chain from a base link to a tool frame, and the grippers on it.

    Attributes:
        name: the arm's name.
        mount: the chain's base link in the robot's base frame.
        joints: the chain from base to tool, with its fixed and mimic joints.
        tool: the tool frame in the frame of the chain's last link.
        tool_name: the name of that frame.
        grippers: the joints of its gripper, which do not move the tool frame; none to many.
        gripper_mappings: how the logged positions of each of them relate to the joint.
    """

    name: str
    mount: Transform
    joints: tuple[Joint, ...]
    tool: Transform
    tool_name: str
    grippers: tuple[Joint, ...]
    gripper_mappings: tuple[str, ...]

    @property
    def chain_joints(self) -> tuple[Joint, ...]:
        """The joints of the chain that have columns: what forward kinematics takes, in order."""
        return tuple(joint for joint in self.joints if joint.is_logged)

    @property
    def logged_joints(self) -> tuple[Joint, ...]:
        """`chain_joints`, then `grippers`."""
        return self.chain_joints + self.grippers

    @property
    def scored_joints(self) -> tuple[Joint, ...]:
        """The logged joints whose error counts; their weights sum to 1."""
        return tuple(joint for joint in self.logged_joints if joint.scored)

    @property
    def joint_names(self) -> tuple[str, ...]:
        """The names of `logged_joints`."""
        return tuple(joint.name for joint in self.logged_joints)


@dataclass(frozen=True)
class Robot:
    """A robot's arms. Arrays over joints follow `joint_names`."""

    name: str
    arms: tuple[Arm, ...]

    @property
    def logged_joints(self) -> tuple[Joint, ...]:
        """The joints that have columns, arm by arm, each arm's grippers last."""
        return tuple(joint for arm in self.arms for joint in arm.logged_joints)

    @property
    def scored_angles(self) -> tuple[tuple[str, Joint], ...]:
        """Arm and joint of what the joint error in rad averages: scored joints of chains in rad."""
        return tuple(
            (arm.name, joint)
            for arm in self.arms
            for joint in arm.chain_joints
            if joint.scored and joint.unit == "rad"
        )

    @property
    def joint_names(self) -> tuple[str, ...]:
        """The names of `logged_joints`."""
        return tuple(joint.name for joint in self.logged_joints)

    @property
    def units(self) -> tuple[str, ...]:
        """The unit of each logged joint: rad, m or fraction."""
        return tuple(str(joint.unit) for joint in self.logged_joints)

    @property
    def ranges(self) -> NDArray[np.float64]:
        """The normalising range of each logged joint, in its unit."""
        return np.array([joint.range for joint in self.logged_joints], dtype=np.float64)

    @property
    def weights(self) -> NDArray[np.float64]:
        """The weight of each logged joint; an arm's sum to 1, a joint not scored has 0."""
        return np.array([joint.weight for joint in self.logged_joints], dtype=np.float64)

    @property
    def scored(self) -> NDArray[np.bool_]:
        """Whether the error of each logged joint counts."""
        return np.array([joint.scored for joint in self.logged_joints], dtype=np.bool_)

    @property
    def continuous(self) -> NDArray[np.bool_]:
        """Whether each logged joint turns without end, so that its errors are wrapped."""
        return np.array(
            [joint.type == "continuous" and joint.unit == "rad" for joint in self.logged_joints],
            dtype=np.bool_,
        )

    def arm(self, name: str) -> Arm:
        """The arm of this name.

        Raises:
            UnknownNameError: naming the arms that exist.
        """
        for arm in self.arms:
            if arm.name == name:
                return arm
        raise UnknownNameError("arm", name, [arm.name for arm in self.arms])

    def columns(self, arm: Arm) -> slice:
        """Where the logged joints of `arm` stand in `joint_names`."""
        start = sum(len(a.logged_joints) for a in self.arms[: self.arms.index(arm)])
        return slice(start, start + len(arm.logged_joints))

    def chain_columns(self, arm: Arm) -> slice:
        """Where the joints that forward kinematics of `arm` takes stand in `joint_names`."""
        start = self.columns(arm).start
        return slice(start, start + len(arm.chain_joints))


def load_robot(path: Path) -> Robot:
    """Read the robot at `path` (a `robot.json`).

    Raises:
        ProblemsError: it is not a robot document, or contradicts itself.
    """
    return robot_from_document(read_document(path, "robot"), str(path))


def robot_from_document(document: Document, where: str) -> Robot:
    """The robot of a document that fits the schema of kind `robot`.

    Raises:
        ProblemsError: names that are not unique, directions or rotations that are not of length
            1, weights that do not sum to 1, followers of joints that are not there.
    """
    arms = tuple(_arm(arm) for arm in document["arms"])
    problems = [p for arm in arms for p in _problems(arm, f"{where}: arm {arm.name}")]
    problems += _repeated([arm.name for arm in arms], "arm", where)
    problems += _repeated([j.name for arm in arms for j in arm.logged_joints], "joint", where)
    if problems:
        raise ProblemsError(problems)
    return Robot(document["name"], arms)


def _arm(arm: Document) -> Arm:
    return Arm(
        name=arm["name"],
        mount=_transform(arm["mount"]),
        joints=tuple(_joint(joint) for joint in arm["joints"]),
        tool=_transform(arm["tool"]),
        tool_name=arm["tool"]["name"],
        grippers=tuple(_joint(gripper["joint"]) for gripper in arm["grippers"]),
        gripper_mappings=tuple(gripper["mapping"] for gripper in arm["grippers"]),
    )


def _joint(joint: Document) -> Joint:
    limits, mimic, axis = joint["limits"], joint["mimic"], joint["axis"]
    load = joint.get("load")
    fields: dict[str, Any] = {
        **joint,
        "origin": _transform(joint["origin"]),
        "axis": tuple(map(float, axis)) if axis else None,
        "limits": Limits(**limits) if limits else None,
        "mimic": Mimic(**mimic) if mimic else None,
        "load": _load(load) if load else None,
    }
    return Joint(**fields)


def _load(load: Document) -> Load:
    x, y, z = map(float, load["centre"])
    return Load(float(load["mass"]), (x, y, z))


def _transform(pose: Document) -> Transform:
    x, y, z = map(float, pose["xyz"])
    qw, qx, qy, qz = map(float, pose["quaternion"])
    return Transform((x, y, z), (qw, qx, qy, qz))


def _repeated(names: list[str], kind: str, where: str) -> list[Problem]:
    twice = sorted({name for name in names if names.count(name) > 1})
    return [
        Problem("duplicate_name", f"{where}: {kind} {name}", "each name once", "it twice")
        for name in twice
    ]


def _problems(arm: Arm, where: str) -> list[Problem]:
    found: list[Problem] = []
    poses = {"mount": arm.mount, "tool": arm.tool}
    joints = arm.joints + arm.grippers
    poses |= {f"joint {joint.name}: origin": joint.origin for joint in joints}
    units: dict[str, tuple[float, ...]]
    units = {f"{place}: quaternion": pose.quaternion for place, pose in poses.items()}
    units |= {f"joint {joint.name}: axis": joint.axis for joint in joints if joint.axis}
    for place, vector in units.items():
        norm = float(np.linalg.norm(vector))
        if abs(norm - 1) > _TOLERANCE:
            found.append(Problem("not_unit", f"{where}: {place}", "length 1", f"{norm:.9g}"))
    for joint in joints:
        if joint.scored != (joint.weight > 0) or (joint.scored and joint.mimic):
            place, expected = (
                f"{where}: joint {joint.name}",
                "a weight where it is scored, only there",
            )
            found.append(Problem("weights", place, expected, f"{joint.weight:g}"))
    total = sum(joint.weight for joint in joints)
    if arm.scored_joints and abs(total - 1) > _TOLERANCE:
        found.append(Problem("weights", f"{where}: weights", "sum 1", f"{total:.9g}"))
    drivers = [joint.name for joint in arm.chain_joints]
    for joint in arm.joints:
        if joint.mimic and joint.mimic.joint not in drivers:
            place, expected = f"{where}: joint {joint.name}: mimic", "a logged joint of the chain"
            found.append(Problem("unknown_joint", place, expected, joint.mimic.joint))
    if not arm.chain_joints:
        found.append(Problem("no_joints", f"{where}: joints", "a joint that moves", "none"))
    return found
