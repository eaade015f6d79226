"""The arms of a robot in the terms of other libraries, from the same float64 constants.

Built from `robot.json` and not from a URDF: the URDF reader of pytorch-kinematics keeps float32,
and a robot given by a Denavit-Hartenberg table has no URDF. What stands still between two joints
is folded into one pose, so that no library computes a frame for it.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.kinematics.robot import Arm, Transform
from bench.kinematics.rotations import to_matrix
from benchmarks.measure import cores, seconds

Floats = NDArray[np.float64]
Pose = tuple[Floats, Floats]  # positions (N, 3) and matrices (N, 3, 3)


@dataclass(frozen=True)
class Link:
    """A joint that moves; `origin` (4, 4) is its frame in the one before it, at position 0."""

    name: str
    slides: bool
    axis: tuple[float, float, float]
    origin: Floats


def folded(arm: Arm) -> tuple[list[Link], Floats]:
    """The joints that move, and the tool's frame (4, 4) in that of the last one.

    Raises:
        ValueError: a joint follows another one; the other libraries get a column for each.
    """
    links, pose = [], homogeneous(arm.mount)
    for joint in arm.joints:
        if joint.mimic is not None:
            raise ValueError(f"joint {joint.name} follows another one")
        pose = pose @ homogeneous(joint.origin)
        if joint.axis is not None:
            links.append(Link(joint.name, joint.type == "prismatic", joint.axis, pose))
            pose = np.eye(4)
    return links, pose @ homogeneous(arm.tool)


def pytorch(arm: Arm) -> Callable[[Floats], Floats]:
    """Poses (N, 4, 4) of the tool by pytorch-kinematics: batch, float64, CPU."""
    import torch
    from pytorch_kinematics import chain, frame, transforms

    double: dict[str, Any] = {"dtype": torch.float64}
    links, tool = folded(arm)

    def offset(pose: Floats) -> Any:
        return transforms.Transform3d(matrix=torch.tensor(pose, **double), **double)

    def moving(link: Link) -> Any:
        kind = "prismatic" if link.slides else "revolute"
        joint = frame.Joint(link.name, offset(link.origin), kind, link.axis, **double)
        return frame.Frame(link.name, frame.Link(link.name), joint)

    frames = [
        frame.Frame("root", frame.Link("root"), frame.Joint(**double)),
        *map(moving, links),
        frame.Frame("tool", frame.Link("tool"), frame.Joint("tool", offset(tool), **double)),
    ]
    for parent, child in itertools.pairwise(frames):
        parent.add_child(child)
    serial = chain.SerialChain(chain.Chain(frames[0], **double), "tool", **double)

    def forward(q: Floats) -> Floats:
        poses: Floats = serial.forward_kinematics(torch.from_numpy(q)).get_matrix().numpy()
        return poses

    return forward


def pinocchio(arm: Arm) -> Callable[[Floats], Pose]:
    """Poses of the tool by Pinocchio, which has no batch in Python: a loop over the rows."""
    import pinocchio as pin

    links, tool = folded(arm)
    axes = {(1.0, 0.0, 0.0): "X", (0.0, 1.0, 0.0): "Y", (0.0, 0.0, 1.0): "Z"}

    def moving(link: Link) -> Any:
        if link.axis in axes:
            return getattr(pin, f"JointModel{'P' if link.slides else 'R'}{axes[link.axis]}")()
        kind = pin.JointModelPrismaticUnaligned if link.slides else pin.JointModelRevoluteUnaligned
        return kind(np.array(link.axis))

    model, last = pin.Model(), 0
    for link in links:
        last = model.addJoint(last, moving(link), pin.SE3(link.origin), link.name)
    frame = model.addFrame(pin.Frame("tool", last, 0, pin.SE3(tool), pin.FrameType.OP_FRAME))
    data = model.createData()

    def forward(q: Floats) -> Pose:
        position, matrix = np.empty((len(q), 3)), np.empty((len(q), 3, 3))
        for k, row in enumerate(q):
            pin.forwardKinematics(model, data, row)
            pose = pin.updateFramePlacement(model, data, frame)
            position[k], matrix[k] = pose.translation, pose.rotation
        return position, matrix

    return forward


def matrices(arm: Arm) -> Callable[[Floats], Floats]:
    """Poses (N, 4, 4) of the tool by plain NumPy: 4x4 matrices, batched over the rows."""
    links, tool = folded(arm)

    def moved(link: Link, values: Floats) -> Floats:
        pose = np.zeros((len(values), 4, 4))
        pose[:] = np.eye(4)
        x, y, z = link.axis
        along = values[:, np.newaxis]
        if link.slides:
            pose[:, :3, 3] = along * np.array(link.axis)
            return pose
        cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
        along = along[:, np.newaxis]
        pose[:, :3, :3] += np.sin(along) * cross + (1 - np.cos(along)) * (cross @ cross)
        return pose

    def forward(q: Floats) -> Floats:
        pose = np.eye(4)
        for link, values in zip(links, q.T, strict=True):
            pose = pose @ link.origin @ moved(link, values)
        return pose @ tool

    return forward


def settle_threads(way: Callable[[], object]) -> int:
    """Set PyTorch to the number of threads, one or one a core, with which `way` is faster."""
    import torch

    taken = {}
    for number in (cores(), 1):
        torch.set_num_threads(number)
        way()
        taken[number] = seconds(way)
    best = min(taken, key=lambda number: taken[number])
    torch.set_num_threads(best)
    return best


def homogeneous(pose: Transform) -> Floats:
    """A pose as a matrix (4, 4)."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = to_matrix(np.array(pose.quaternion)), pose.xyz
    return matrix
