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
MOST_DAMPING = 1e5
"""With more than this a step is given up: the best coordinates are found."""
CLOSE = 0.05
"""Spreads; a step shorter than this, all coordinates together, ends the search."""
REACH = 1.5
"""Spreads that a step may change a coordinate by: far from the data a robot is far from linear."""


def search(problem: FitProblem, start: Floats, steps: int) -> Linear:
    """Find the coordinates that fit best.

    Every Gauss-Newton step takes the scales of the residuals anew (`FitProblem.rescale`) and stays
    within `REACH` of where it begins.

    Args:
        problem: what is minimised.
        start: (P,) coordinates.
        steps: at most so many.

    Returns:
        The problem, linear around the best coordinates.
    """
    x = start
    low, high = problem.space.bounds
    linear, directions = None, None
    for _ in range(steps):
        problem.rescale(x)
        linear = problem.linear(x, directions)
        directions = problem.directions(linear)
        found, _ = minimize.least_squares(
            x,
            problem.residual,
            bounds=[np.maximum(low, x - REACH), np.minimum(high, x + REACH)],
            jacobian=lambda _at, _residual, known=linear: problem.jacobian(known),
            mu_min=LEAST_DAMPING,
            mu_factor=DAMPING_FACTOR,
            mu_max=MOST_DAMPING,
            max_iter=1,
            verbose=minimize.Verbosity.SILENT,
        )
        farther = _farther(problem, x, found.ravel())
        step, x = float(np.linalg.norm(farther - x)), farther
        if step < CLOSE:
            break
    problem.rescale(x)
    return linear if linear is not None and (linear.x == x).all() else problem.linear(x, directions)


def _farther(problem: FitProblem, x: Floats, found: Floats) -> Floats:
    """Go on in the direction of a step, doubling it while that is better.

    Friction makes long, bent valleys, along which a linear model foresees too little; a step costs
    one simulation, its direction ten.
    """
    low, high = problem.space.bounds
    best, value = found, _objective(problem, found)
    while True:
        tried = np.clip(x + 2 * (best - x), low, high)
        reached = _objective(problem, tried)
        if not reached < value:
            return best
        best, value = tried, reached


def _objective(problem: FitProblem, x: Floats) -> float:
    residual = problem.residual(x[:, None])[:, 0]
    return float(residual @ residual)
