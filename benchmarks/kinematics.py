"""Forward kinematics of every robot, ours beside three others, in turn in one run.

    python benchmarks/kinematics.py                  # prints Markdown tables; about two minutes
    python benchmarks/kinematics.py --rows 1000 10000 --rounds 3
    python benchmarks/kinematics.py --write          # and puts them into docs/benchmarks.md

Compared to: pytorch-kinematics (batch, float64, CPU, with one thread and with one a core: the
faster counts), a loop over the rows with Pinocchio, in this process and in one a core, and plain
NumPy (4x4 matrices, batched). All start from the same float64 array and end with position and
rotation of the tool frame. Of a robot with several arms the first one is taken.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.kinematics.forward import forward, pose_differences, pose_errors
from bench.kinematics.robot import Arm, load_robot
from bench.kinematics.rotations import to_matrix
from benchmarks import chains
from benchmarks.measure import (
    Ratio,
    Run,
    arguments,
    cores,
    exponent,
    in_turn,
    noise,
    publish,
    table,
    versions,
)

Floats = NDArray[np.float64]
ROBOTS = Path(__file__).parent.parent / "robots"
OURS, PINOCCHIO = "ours", "Pinocchio"
LARGE = 1_000_000
"""Rows from which two rounds have to do, without a first one to warm up."""
LARGE_ROBOT = "so101"
"""The one robot that is timed at large numbers of rows."""
LOOP_ROWS = 100_000
"""Rows at most of a loop in Python; its cost per row does not change from there on."""
AGREE = 1e-12
"""Positions in m and entries of rotation matrices of all ways agree to this."""


@dataclass(frozen=True)
class Case:
    """One arm, random positions of its joints, and what was measured."""

    robot: str
    arm: Arm
    q: Floats
    run: Run

    @property
    def loop_share(self) -> float:
        """The share of the rows that the loop went over."""
        return min(len(self.q), LOOP_ROWS) / len(self.q)

    @property
    def pytorch(self) -> str:
        """The faster number of threads."""
        return min(self.run.times.keys() - {OURS, PINOCCHIO}, key=self._median)

    def _median(self, way: str) -> float:
        return self.run.times[way].median

    def loop_ratio(self) -> Ratio:
        found = self.run.ratio(PINOCCHIO, OURS)
        share = self.loop_share
        return Ratio(found.median / share, found.least / share, found.largest / share)


def positions(arm: Arm, rows: int, rng: np.random.Generator) -> Floats:
    """(rows, J) random positions between -1.6 and 1.6 rad, or m."""
    return rng.uniform(-1.6, 1.6, (rows, len(arm.chain_joints)))


def check(name: str, arm: Arm, q: Floats) -> None:
    """All ways give the same poses.

    Raises:
        AssertionError: they do not.
    """
    poses = forward(arm, q)
    position, matrix = poses.position, to_matrix(poses.quaternion)
    others = [chains.pinocchio(arm)(q)]
    for whole in (chains.pytorch(arm)(q), chains.matrices(arm)(q)):
        others.append((whole[:, :3, 3], whole[:, :3, :3]))
    for p, r in others:
        far = max(float(np.abs(p - position).max()), float(np.abs(r - matrix).max()))
        assert far < AGREE, f"{name}: poses differ by {far}"


def with_threads(number: int, way: Callable[[], object]) -> object:
    """Run `way` with so many threads of PyTorch."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        return way()
    finally:
        torch.set_num_threads(before)


def cases(path: Path, sizes: Sequence[int], rounds: int, rng: np.random.Generator) -> list[Case]:
    """One robot at all numbers of rows; at large ones with what was faster before."""
    robot = load_robot(path)
    arm = robot.arms[0]
    check(robot.name, arm, positions(arm, 1000, rng))
    pytorch, loop = chains.pytorch(arm), chains.pinocchio(arm)
    found: list[Case] = []
    for rows in sizes if robot.name == LARGE_ROBOT else [n for n in sizes if n < LARGE]:
        q = positions(arm, rows, rng)
        ways: dict[str, Callable[[], object]] = {
            OURS: functools.partial(forward, arm, q),
            PINOCCHIO: functools.partial(loop, q[:LOOP_ROWS]),
        }
        for number in sorted({1, cores()}):
            name = f"{number} thread" + "s" * (number > 1)
            if rows < LARGE or not found or name == found[-1].pytorch:
                batch = functools.partial(pytorch, q)
                ways[name] = functools.partial(with_threads, number, batch)
        run = in_turn(ways, min(rounds, 2) if rows >= LARGE else rounds, rows < LARGE)
        found.append(Case(robot.name, arm, q, run))
    return found


def growth(found: Sequence[Case]) -> str:
    """One line an arm and number of rows."""
    lines = [
        [
            case.robot,
            str(len(case.arm.chain_joints)),
            f"{len(case.q):,}",
            f"{case.run.times[OURS].median / len(case.q) * 1e9:.0f}",
            f"{case.run.ratio(case.pytorch, OURS)}",
            case.pytorch,
            str(case.loop_ratio()),
        ]
        for case in found
    ]
    head = ["robot", "joints", "rows", "ours, ns per row", "pytorch-kinematics, times ours"]
    return table([*head, "with", "Pinocchio loop, times ours"], lines)


def exponents(found: Sequence[Case]) -> str:
    """How the cost grows with the rows, from 10,000 on."""
    said = []
    for name in dict.fromkeys(case.robot for case in found):
        large = [case for case in found if case.robot == name and len(case.q) >= 10_000]
        if len(large) > 1:
            sizes = [len(case.q) for case in large]
            ours = exponent(sizes, [case.run.times[OURS].median for case in large])
            theirs = exponent(sizes, [case.run.times[case.pytorch].median for case in large])
            said.append(f"{name} {ours:.2f} (pytorch-kinematics {theirs:.2f})")
    power = "Cost as the rows, from 10,000 on, to the power of: " + ", ".join(said) + "."
    return power if said else ""


def more_ways(case: Case, rounds: int) -> tuple[str, Run]:
    """What else there is, on one arm: threads, processes, NumPy, and both errors at once."""
    arm, q, other = case.arm, case.q, case.q + 0.01
    parts = np.array_split(q, cores())
    with ProcessPoolExecutor(cores()) as pool:
        ways: dict[str, Callable[[], Any]] = {
            "`forward`, threads by default": functools.partial(forward, arm, q),
            "`forward`, 1 thread": functools.partial(forward, arm, q, 1),
            f"Pinocchio loop, {cores()} processes": lambda: list(
                pool.map(_loop, [arm] * cores(), parts)
            ),
            "NumPy, 4x4 matrices, batched": functools.partial(chains.matrices(arm), q),
            "`pose_errors` of two trajectories": lambda: pose_errors(arm, q, other),
            "`pose_differences` of two `forward`": lambda: pose_differences(
                forward(arm, q), forward(arm, other)
            ),
        }
        run = in_turn(ways, rounds)
    first = next(iter(ways))
    lines = [
        [name, f"{run.times[name].median / len(q) * 1e9:.0f}", str(run.ratio(name, first))]
        for name in ways
    ]
    head = [f"{case.robot}, {len(q):,} rows", "ns per row", "times the first"]
    return table(head, lines), run


def _loop(arm: Arm, q: Floats) -> chains.Pose:
    return _pinocchio(arm)(q)


@functools.cache
def _pinocchio(arm: Arm) -> Callable[[Floats], chains.Pose]:
    return chains.pinocchio(arm)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 10_000, 100_000, LARGE])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--robots", nargs="+", default=[], help="default: all")
    chosen = parser.parse_args()
    rng = np.random.default_rng(chosen.seed)
    found = [
        case
        for path in sorted(ROBOTS.glob("*/robot.json"))
        if not chosen.robots or path.parent.name in chosen.robots
        for case in cases(path, sorted(chosen.rows), chosen.rounds, rng)
    ]
    usual = [case for case in found if len(case.q) <= LOOP_ROWS] or found
    others, extra = more_ways(usual[-1], chosen.rounds)
    about = (
        f"Poses of all ways agree to {AGREE} in m and in the rotation matrix. Loops went over at "
        f"most {LOOP_ROWS:,} rows. {versions('pytorch-kinematics', 'torch', 'pin')}; "
        + noise([*(case.run for case in found), extra])
    )
    publish("kinematics", [growth(found), exponents(found), others, about], chosen.write)


if __name__ == "__main__":
    main()
