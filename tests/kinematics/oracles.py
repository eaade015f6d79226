"""Tool frames of an arm's URDF from Pinocchio, MuJoCo and pytorch-kinematics.

Each takes the text of a URDF, its root link, the tool link, the names of the columns and their
values (N, J), and gives positions (N, 3) in m and matrices (N, 3, 3) in the root link's frame.
"""

from __future__ import annotations

import math

import numpy as np

Frames = tuple[np.ndarray, np.ndarray]


def pinocchio_frames(text: str, root: str, tool: str, names: list[str], q: np.ndarray) -> Frames:
    import pinocchio

    model = pinocchio.buildModelFromXML(text)
    data = model.createData()
    base, frame = model.getFrameId(root), model.getFrameId(tool)
    positions, matrices = np.empty((len(q), 3)), np.empty((len(q), 3, 3))
    for n, row in enumerate(q):
        values = pinocchio.neutral(model)
        for name, value in zip(names, row, strict=True):
            joint = model.joints[model.getJointId(name)]
            turning = joint.nq == 2  # an endless joint is a point on the circle
            part = [math.cos(value), math.sin(value)] if turning else [value]
            values[joint.idx_q : joint.idx_q + joint.nq] = part
        pinocchio.framesForwardKinematics(model, data, values)
        pose = data.oMf[base].actInv(data.oMf[frame])
        positions[n], matrices[n] = pose.translation, pose.rotation
    return positions, matrices


def mujoco_frames(text: str, root: str, tool: str, names: list[str], q: np.ndarray) -> Frames:
    import mujoco

    model = mujoco.MjModel.from_xml_string(text)
    data = mujoco.MjData(model)
    columns = [model.joint(name).qposadr[0] for name in names]
    positions, matrices = np.empty((len(q), 3)), np.empty((len(q), 3, 3))
    for n, row in enumerate(q):
        data.qpos[columns] = row
        mujoco.mj_kinematics(model, data)
        body = data.body(tool)
        positions[n], matrices[n] = body.xpos, body.xmat.reshape(3, 3)
    still = data.body(root)  # where MuJoCo keeps the root as a body it stands in the origin
    assert np.all(still.xpos == 0)
    assert np.all(still.xquat == [1, 0, 0, 0])
    return positions, matrices


def pytorch_frames(text: str, root: str, tool: str, names: list[str], q: np.ndarray) -> Frames:
    import pytorch_kinematics
    import torch

    chain = pytorch_kinematics.build_serial_chain_from_urdf(text.encode(), tool, root)
    assert chain.get_joint_parameter_names() == names
    chain = chain.to(dtype=torch.float64)
    frames = chain.forward_kinematics(torch.from_numpy(q)).get_matrix().numpy()
    return frames[:, :3, 3], frames[:, :3, :3]
