"""Forward kinematics of the SO-101, ours beside three others, in one run.

    python benchmarks/kinematics.py                  # prints Markdown tables; about a minute
    python benchmarks/kinematics.py --rows 20000

Compared to: pytorch-kinematics (batch, float64, CPU, all its threads), a loop over rows with
Pinocchio, plain NumPy with 4x4 matrices (batched over rows, and row by row). All start from the
same float64 array (for PyTorch a tensor that shares it) and end with position and rotation of the
tool frame. Times are the least of several runs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.kinematics.forward import forward, pose_differences, pose_errors
from bench.kinematics.robot import Arm, load_robot
from bench.kinematics.rotations import to_matrix

Floats = NDArray[np.float64]
Pose = tuple[Floats, Floats]  # positions (N, 3) and matrices (N, 3, 3)

ROBOT = Path(__file__).parent.parent / "robots" / "so101"
TOOL = "gripper_frame_link"


@dataclass(frozen=True)
class Method:
    """A way to compute: its name, what it computes, in how many runs, and on what share of rows."""

    name: str
    run: Callable[[Floats], Any]
    pose: Callable[[Any], Pose]
    repeats: int = 20
    share: float = 1.0


def ours(arm: Arm, threads: int | None) -> Method:
    count = {None: "threads by default", 1: "1 thread"}.get(threads, f"{threads} threads")

    def pose(result: Any) -> Pose:
        return result.position, to_matrix(result.quaternion)

    return Method(f"twinbench, {count}", lambda q: forward(arm, q, threads), pose)


def pytorch() -> Method:
    import pytorch_kinematics
    import torch

    text = (ROBOT / "robot.urdf").read_bytes()
    chain = pytorch_kinematics.build_serial_chain_from_urdf(text, TOOL).to(dtype=torch.float64)

    def run(q: Floats) -> Any:
        return chain.forward_kinematics(torch.from_numpy(q)).get_matrix()

    def pose(result: Any) -> Pose:
        matrix = result.numpy()
        return matrix[:, :3, 3], matrix[:, :3, :3]

    return Method(f"pytorch-kinematics, {torch.get_num_threads()} threads", run, pose, 5)


def pinocchio_loop() -> Method:
    import pinocchio

    model = pinocchio.buildModelFromUrdf(str(ROBOT / "robot.urdf"))
    data, frame = model.createData(), model.getFrameId(TOOL)

    def run(q: Floats) -> Pose:
        whole = np.zeros((len(q), model.nq))
        whole[:, : q.shape[1]] = q
        position, matrix = np.empty((len(q), 3)), np.empty((len(q), 3, 3))
        for k, row in enumerate(whole):
            pinocchio.forwardKinematics(model, data, row)
            pose = pinocchio.updateFramePlacement(model, data, frame)
            position[k], matrix[k] = pose.translation, pose.rotation
        return position, matrix

    return Method("Pinocchio, loop over rows", run, _same, 3)


def matrices(arm: Arm, by_row: bool) -> Method:
    """Plain 4x4 matrices for a chain of revolute joints about z and fixed ones, as the SO-101's."""
    origins = []
    for joint in arm.joints:
        origin = np.eye(4)
        origin[:3, :3], origin[:3, 3] = to_matrix(joint.origin.quaternion), joint.origin.xyz
        origins.append((origin, joint.is_logged))

    def batch(q: Floats) -> Floats:
        pose, columns = np.eye(4), iter(q.T)
        for origin, moves in origins:
            pose = pose @ origin
            if moves:
                angle = next(columns)
                turn = np.zeros((len(q), 4, 4))
                turn[:, 0, 0] = turn[:, 1, 1] = np.cos(angle)
                turn[:, 1, 0] = np.sin(angle)
                turn[:, 0, 1] = -turn[:, 1, 0]
                turn[:, 2, 2] = turn[:, 3, 3] = 1
                pose = pose @ turn
        return pose

    def run(q: Floats) -> Pose:
        pose = np.stack([batch(q[k : k + 1])[0] for k in range(len(q))]) if by_row else batch(q)
        return pose[:, :3, 3], pose[:, :3, :3]

    if by_row:
        return Method("NumPy 4x4, row by row (on a fiftieth of the rows)", run, _same, 3, 0.02)
    return Method("NumPy 4x4, batched", run, _same, 5)


def _same(result: Pose) -> Pose:
    return result


def least(run: Callable[[], object], repeats: int) -> float:
    """Seconds of the fastest of several runs."""
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times[1:])  # the first one warms up


def side_by_side(methods: list[Method], q: Floats) -> str:
    lines = [
        f"{len(q)} rows of random positions, SO-101 (5 joints), float64.",
        "",
        "| method | ns per row | times ours | largest difference to ours |",
        "|---|---:|---:|---|",
    ]
    base = 0.0
    position, matrix = methods[0].pose(methods[0].run(q))
    for method in methods:
        rows = q[: max(1, int(len(q) * method.share))]
        cost = least(partial(method.run, rows), method.repeats) / len(rows)
        base = base or cost
        p, r = method.pose(method.run(rows))
        far = np.abs(p - position[: len(rows)]).max(), np.abs(r - matrix[: len(rows)]).max()
        apart = f"{far[0]:.1e} m, {far[1]:.1e} in the matrix"
        lines.append(f"| {method.name} | {cost * 1e9:.0f} | {cost / base:.1f} | {apart} |")
    return "\n".join(lines)


def growth(methods: list[Method], most: int, rng: np.random.Generator) -> str:
    lines = ["| rows | " + " | ".join(f"{m.name}, ms" for m in methods) + " |"]
    lines.append("|---:|" + "---:|" * len(methods))
    rows = 1
    while rows <= most:
        q = positions(rows, rng)
        repeats = 50 if rows <= 10_000 else 5
        costs = [least(partial(m.run, q), repeats) * 1e3 for m in methods]
        lines.append(f"| {rows} | " + " | ".join(f"{cost:.3g}" for cost in costs) + " |")
        rows *= 10
    return "\n".join(lines)


def errors(arm: Arm, q: Floats) -> str:
    other = q + 0.01
    fused = least(lambda: pose_errors(arm, q, other), 20)
    plain = least(lambda: pose_differences(forward(arm, q), forward(arm, other)), 5)
    return "\n".join(
        [
            "| position and angle errors of two trajectories | ns per row |",
            "|---|---:|",
            f"| `pose_errors` of joints | {fused / len(q) * 1e9:.0f} |",
            f"| `pose_differences` of two `forward` | {plain / len(q) * 1e9:.0f} |",
        ]
    )


def positions(rows: int, rng: np.random.Generator) -> Floats:
    return rng.uniform(-1.6, 1.6, (rows, 5))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    rng = np.random.default_rng(arguments.seed)
    arm = load_robot(ROBOT / "robot.json").arms[0]
    q = positions(arguments.rows, rng)
    theirs = pytorch()
    methods = [ours(arm, None), ours(arm, 1), ours(arm, 2), theirs, pinocchio_loop()]
    methods += [matrices(arm, by_row=False), matrices(arm, by_row=True)]
    print(side_by_side(methods, q), end="\n\n")
    print(growth([methods[0], theirs], 10 * arguments.rows, rng), end="\n\n")
    print(errors(arm, q))


if __name__ == "__main__":
    main()
