"""How many seconds of a robot a stepper runs through in a second, in this process and as one.

    python benchmarks/stepper.py                 # prints a Markdown table; about a minute
    python benchmarks/stepper.py --write         # and puts it into docs/benchmarks.md

The SO-101 with published servo parameters (set B) follows sines at 50 Hz. Ahead: a copy predicts
2 s. Corrected: a measurement at every row, as on the track sync. Compared to: the same simulation
as one rollout without a pause, on one core; the stepper's positions are held against it first.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.io.stepper import Correct, Reset, Rows
from bench.io.stepper_process import Limits, Stepper
from bench.twins.simulation.arm import assemble
from bench.twins.simulation.physics import physics_of
from bench.twins.simulation.published import published_parameters
from bench.twins.stepper.kinds import begin_of
from bench.twins.stepper.serve import Server
from bench.twins.stepper.state import Begin, State
from bench.twins.twin import Twin
from benchmarks.measure import arguments, in_turn, noise, publish, short, table, versions

ROBOT = Path(__file__).parent.parent / "robots" / "so101"
JOINTS = ("shoulder_pan", "shoulder_lift", "elbow_flex", "wrist_flex", "wrist_roll", "gripper")
UNITS = ("rad",) * 5 + ("fraction",)
RATE, SECONDS = 50, 10
AHEAD = 2 * RATE
LIMITS = Limits(60, 60, 60, 60, 60)
AGREE = 2e-9
"""rad, to which the stepper gives the rollout: its positions have nine decimals."""


def twin() -> Twin:
    parameters = published_parameters(ROBOT / "servos.json", "B", JOINTS)
    return Twin("nominal-b", "mujoco", "so101", parameters, {"step": 0.002})


def log() -> Rows:
    time = np.arange(SECONDS * RATE + 1) / RATE
    rate = 0.2 + 0.1 * np.arange(len(JOINTS))
    return Rows(time, 0.3 + 0.3 * np.sin(2 * np.pi * rate * time[:, np.newaxis]))


def reset(rows: Rows) -> Reset:
    return Reset(JOINTS, UNITS, 0.0, rows.command[0], rows.command[0], None)


def parts(rows: Rows, size: int) -> list[Rows]:
    return [rows.part(slice(at, at + size)) for at in range(1, len(rows), size)]


def ways(begin: Begin, process: Stepper) -> dict[str, Callable[[], object]]:
    rows = log()
    arm = assemble(ROBOT / "robot.urdf", physics_of(twin(), JOINTS), UNITS)

    def corrected(state: State) -> None:
        for row in parts(rows, 1):
            state.advance(row)
            state.observe(row.command[0])

    def through(size: int) -> Callable[[], object]:
        def run() -> None:
            process.reset(reset(rows), "benchmark")
            for part in parts(rows, size):
                process.correct(Correct(part, part.command))

        return run

    def ahead() -> list[object]:
        process.reset(reset(rows), "benchmark")
        return [process.step("main", part) for part in parts(rows, AHEAD)]

    return {
        "one rollout": lambda: arm.respond(rows.time, rows.command, rows.command[0]),
        "ahead, in this process": lambda: [
            state.advance(part) for state in [begin(reset(rows))] for part in parts(rows, AHEAD)
        ],
        "ahead, a process": ahead,
        "corrected, in this process": lambda: corrected(begin(reset(rows))),
        "corrected, a process, 25 rows a line": through(25),
        "corrected, a process, a row a line": through(1),
    }


def check(found: dict[str, Callable[[], object]]) -> None:
    rolled = found["one rollout"]().position[1:]
    for name in ("ahead, in this process", "ahead, a process"):
        gap = np.abs(np.concatenate(found[name]()) - rolled).max()
        if gap > AGREE:
            raise ValueError(f"{name}: {gap:.3g} from the rollout")


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--serve", action="store_true", help="be the stepper")
    chosen = parser.parse_args()
    begin = begin_of(twin(), ROBOT)
    if chosen.serve:
        Server("nominal-b", begin).serve(sys.stdin.buffer, sys.stdout.buffer)
        return
    command = [sys.executable, str(Path(__file__).resolve()), "--serve"]
    with Stepper(command, LIMITS, "nominal-b") as process:
        found = ways(begin, process)
        check(found)
        run = in_turn(found, chosen.rounds)
    lines = [
        [name, short(SECONDS / run.times[name].median), str(run.ratio(name, "one rollout"))]
        for name in found
    ]
    head = [f"{SECONDS} s, {RATE} rows a second", "times real time", "time, of one rollout's"]
    about = (
        f"SO-101, 6 joints, steps of 2 ms; equal to {AGREE:g} rad. {versions('mujoco')}; "
        f"{noise([run])}"
    )
    publish("stepper", [table(head, lines), about], chosen.write)


if __name__ == "__main__":
    main()
