"""The tool pose of the SO-101, by multiplying 4x4 matrices along the chain.

Part of an oracle: it shares no code with the package. The constants are those of
`Simulation/SO101/so101_new_calib.urdf` in TheRobotStudio/SO-ARM100 at commit
fda892cba81032c46c40976a48c9ceadbf40a9ca (Apache-2.0).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Triple = tuple[float, float, float]

# Origin of each joint in its parent link: xyz in m, rpy in rad. Every joint turns about its z axis.
JOINT_ORIGINS: tuple[tuple[Triple, Triple], ...] = (
    ((0.0388353, -8.97657e-09, 0.0624), (3.14159, 4.18253e-17, -3.14159)),  # shoulder_pan
    ((-0.0303992, -0.0182778, -0.0542), (-1.5708, -1.5708, 0.0)),  # shoulder_lift
    ((-0.11257, -0.028, 1.73763e-16), (-3.63608e-16, 8.74301e-16, 1.5708)),  # elbow_flex
    ((-0.1349, 0.0052, 3.62355e-17), (4.02456e-15, 8.67362e-16, -1.5708)),  # wrist_flex
    ((5.55112e-17, -0.0611, 0.0181), (1.5708, 0.0486795, 3.14159)),  # wrist_roll
)
# gripper_frame_link in gripper_link, which is the child of wrist_roll.
TOOL_ORIGIN: tuple[Triple, Triple] = (
    (-0.0079, -0.000218121, -0.0981274),
    (0.0, 3.14159, 0.0),
)
# Lower and upper limit of each arm joint, rad.
JOINT_LIMITS: tuple[tuple[float, float], ...] = (
    (-1.91986, 1.91986),
    (-1.74533, 1.74533),
    (-1.69, 1.69),
    (-1.65806, 1.65806),
    (-2.74385, 2.84121),
)


def turn_x(angle: float) -> Floats:
    """4x4 rotation about x."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0, 0], [0, c, -s, 0], [0, s, c, 0], [0, 0, 0, 1]], dtype=np.float64)


def turn_y(angle: float) -> Floats:
    """4x4 rotation about y."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s, 0], [0, 1, 0, 0], [-s, 0, c, 0], [0, 0, 0, 1]], dtype=np.float64)


def turn_z(angle: float) -> Floats:
    """4x4 rotation about z."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0, 0], [s, c, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]], dtype=np.float64)


def origin(xyz: Triple, rpy: Triple) -> Floats:
    """4x4 transform of a URDF origin: turn about the fixed x, then y, then z axis, then shift."""
    roll, pitch, yaw = rpy
    transform = turn_z(yaw) @ turn_y(pitch) @ turn_x(roll)
    transform[:3, 3] = xyz
    return transform


def turns_z(angles: Floats) -> Floats:
    """(N, 4, 4) rotations about z by (N,) angles."""
    turns = np.zeros((len(angles), 4, 4))
    turns[:, 0, 0] = np.cos(angles)
    turns[:, 0, 1] = -np.sin(angles)
    turns[:, 1, 0] = np.sin(angles)
    turns[:, 1, 1] = np.cos(angles)
    turns[:, 2, 2] = 1.0
    turns[:, 3, 3] = 1.0
    return turns


def tool_poses(q: Floats) -> Floats:
    """Poses (N, 4, 4) of gripper_frame_link in base_link for arm angles q (N, 5), rad."""
    poses = np.tile(np.eye(4), (len(q), 1, 1))
    for joint, (xyz, rpy) in enumerate(JOINT_ORIGINS):
        poses = poses @ origin(xyz, rpy) @ turns_z(q[:, joint])
    return poses @ origin(*TOOL_ORIGIN)
