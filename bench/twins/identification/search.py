"""The search: Gauss-Newton within bounds, with MuJoCo's own least-squares solver.

`mujoco.minimize.least_squares` is the solver that `mujoco.sysid` uses. Handed a Jacobian from
`FitProblem`, which moves the same quantity of every joint at once, it needs one simulation for each
quantity where a Jacobian by parameter needs one for each quantity and joint.
"""

from __future__ import annotations

import numpy as np
from mujoco import minimize
from numpy.typing import NDArray

from bench.twins.identification.problem import FitProblem, Linear

Floats = NDArray[np.float64]

LEAST_DAMPING = 1.0
"""Levenberg's term that a step which fails gets at first, against 1 of each prior."""
DAMPING_FACTOR = 10.0
CLOSE = 0.05
"""Spreads; a step shorter than this, all coordinates together, ends the search."""


def search(problem: FitProblem, start: Floats, rounds: int, steps: int) -> Linear:
    """Find the coordinates that fit best.

    Args:
        problem: what is minimised.
        start: (P,) coordinates.
        rounds: how often the scales are taken anew.
        steps: Gauss-Newton steps in each round, at most.

    Returns:
        The problem, linear around the best coordinates.
    """
    x = start
    low, high = problem.space.bounds
    for _ in range(rounds):
        problem.rescale(x)
        before = x
        found, _ = minimize.least_squares(
            x,
            problem.residual,
            bounds=[low, high],
            jacobian=lambda at, _residual: problem.jacobian(problem.linear(at.ravel())),
            mu_min=LEAST_DAMPING,
            mu_factor=DAMPING_FACTOR,
            xtol=CLOSE,
            max_iter=steps,
            verbose=minimize.Verbosity.SILENT,
        )
        x = found.ravel()
        if np.linalg.norm(x - before) < CLOSE:
            break
    problem.rescale(x)
    return problem.linear(x)
