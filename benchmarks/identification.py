"""How fast twins are fitted: simulated seconds a second, and one step's derivatives.

    python benchmarks/identification.py            # prints Markdown tables; about two minutes
    python benchmarks/identification.py --write    # and puts them into docs/benchmarks.md

The generated SO-101 moves three joints for a minute (`bench.twins.identification.recovery`). Ours
and `mujoco.sysid` simulate the same episodes with the same model, step and free parameters: gain,
damping, friction loss and armature of each of the six joints. Compared are one evaluation of the
residuals and the derivatives that a Gauss-Newton step needs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from mujoco import minimize, sysid

from bench.kinematics.robot import load_robot
from bench.twins import sysid as toolbox
from bench.twins.identification.problem import FitProblem
from bench.twins.identification.recovery import minute
from bench.twins.identification.runs import Form, Runs
from bench.twins.identification.space import space_of
from bench.twins.simulation.published import published_parameters
from bench.twins.twin import Material
from benchmarks.measure import arguments, in_turn, noise, publish, table, versions

ROBOT = Path(__file__).parent.parent / "robots" / "so101"
STEP = 4e-3
FREE = ("kp", "damping", "frictionloss", "armature")
OURS, THEIRS = "ours", "mujoco.sysid"


def material(seed: int) -> Material:
    episodes = minute(ROBOT, seed)
    bounds = {name: [1e-6, 1e3] for name in FREE} | {"delay": [0.0, 0.1]}
    settings = {
        "servo": "bam-m1",
        "delay": 0.0,
        "bounds": bounds,
        "seconds": 60.0,
        "step": STEP,
    }
    robot = load_robot(ROBOT / "robot.json")
    return Material(episodes, episodes, robot, ROBOT, settings, seed)


def ours(given: Material) -> FitProblem:
    joints = given.calibration.info.joints
    published = published_parameters(ROBOT / "servos.json", "bam-m1", joints)
    start = {parameter.name: parameter.value for parameter in published}
    free = {name: {"spread": 1.0} for name in FREE}
    space = space_of(free, start, dict.fromkeys(start, ""), joints)
    columns = tuple(range(len(joints)))
    runs = Runs(given.calibration, columns, Form(ROBOT / "robot.urdf", {"step": STEP}))
    return FitProblem(runs, space, lambda: None)


def theirs(given: Material) -> tuple[Any, Callable[[np.ndarray], np.ndarray]]:
    joints = given.calibration.info.joints
    published = published_parameters(ROBOT / "servos.json", "bam-m1", joints)
    start = {parameter.name: parameter.value for parameter in published}
    parameters = toolbox.parameters_of(given, start)
    residual = sysid.build_residual_fn(
        models_sequences=[toolbox.sequences_of(given, start)],
        modify_residual=toolbox.residual_of(0.1),
    )

    def whole(x: np.ndarray) -> np.ndarray:
        return np.concatenate(residual(x, parameters)[0])

    return parameters, whole


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    given = material(chosen.seed)
    problem = ours(given)
    parameters, residual = theirs(given)
    x = np.zeros(len(problem.space.free))
    vector = parameters.as_vector()[:, None]
    low, high = (bound[:, None] for bound in parameters.get_bounds())
    fresh = iter(range(10**6))

    def once() -> object:
        # Another point each time: the errors of the last one are kept.
        return problem.errors(x + 1e-9 * next(fresh))

    def derivatives() -> object:
        return problem.linear(x + 1e-9 * next(fresh))

    def their_derivatives() -> object:
        return minimize.jacobian_fd(residual, vector, residual(vector), 1e-6, 0, [low, high])

    ways = {
        f"residuals, {OURS}": once,
        f"residuals, {THEIRS}": lambda: residual(vector),
        f"derivatives, {OURS}": derivatives,
        f"derivatives, {THEIRS}": their_derivatives,
    }
    run = in_turn(ways, chosen.rounds)
    episodes = given.calibration
    seconds = float(sum(np.ptp(episodes.signal("time", e)) for e in range(len(episodes))))
    lines = []
    for name in ways:
        what, who = name.split(", ")
        mine = f"{what}, {OURS}"
        points = 1 if what == "residuals" else len(vector) + 1
        speed = f"{seconds / run.times[name].median:,.0f}" if points == 1 else ""
        ratio = str(run.ratio(name, mine))
        lines.append([what, who, f"{run.times[name].median:.3f}", speed, ratio])
    head = ["what", "by", "median, s", "simulated seconds a second", "times ours"]
    about = (
        f"so101, {len(episodes)} episodes, {seconds:.0f} s in all, steps of 4 ms, "
        f"{len(problem.space.free)} free parameters of ours in {len(problem.space.groups)} groups, "
        f"{len(vector)} of the toolbox. {versions('mujoco', 'scipy')}; {noise([run])}"
    )
    publish("identification", [table(head, lines), about], chosen.write)


if __name__ == "__main__":
    main()
