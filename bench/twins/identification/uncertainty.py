"""How well the data determine what was fitted: the jackknife over groups of motions.

Errors of a simulated robot are no white noise: they last seconds, and they differ from motion to
motion. So intervals come from how the fit would move if a group of motions were left out, one
Newton step from the whole fit each: with the curvature of roots of mean squares, which
`FitProblem.normal` gives, not with that of squares (the infinitesimal jackknife's finite form; of a
sum of squares it is the cluster-robust estimator CR3: MacKinnon, Nielsen, Webb, "Cluster-robust
inference: a guide to empirical practice", J. Econometrics 232, 2023).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FROM_PRIOR = 0.5
"""A parameter is not determined if this share of what is known of it, or more, is the prior's."""
UNSURE = 1.0
"""Spreads of the prior; nor is it if its standard error is as large."""


@dataclass(frozen=True)
class Uncertainty:
    """What is uncertain of the coordinates of a fit.

    Attributes:
        standard_error: (P,) of the coordinates.
        between: (P,) standard deviation from execution to execution.
        from_prior: (P,) share of the information that is the prior's, 0 to 1.
        inflation: (P,) variance inflation: how many times the variance of a coordinate is what it
            would be if the others were known.
        without: (G, P) coordinates with each group left out.
        groups: (G,) their names.
        degrees: degrees of freedom of intervals.
    """

    standard_error: Floats
    between: Floats
    from_prior: Floats
    inflation: Floats
    without: Floats
    groups: tuple[str, ...]
    degrees: int

    @property
    def determined(self) -> NDArray[np.bool_]:
        """(P,) whether the data say more of a coordinate than the prior does."""
        known: NDArray[np.bool_] = (self.from_prior < FROM_PRIOR) & (self.standard_error < UNSURE)
        return known


def uncertainty(
    x: Floats, squares: Floats, slopes: Floats, groups: Sequence[str], bounds: tuple[Floats, Floats]
) -> Uncertainty:
    """The jackknife over groups.

    Args:
        x: (P,) the coordinates of the fit.
        squares: (E, P, P) each episode's share of the normal matrix, priors apart.
        slopes: (E, P) each episode's share of the gradient.
        groups: (E,) group of each episode.
        bounds: lowest and highest coordinates.

    Raises:
        ValueError: there are fewer than two groups.
    """
    names = tuple(dict.fromkeys(groups))
    count = len(names)
    if count < 2:
        raise ValueError(f"the jackknife needs two groups, not {count}")
    prior = np.eye(len(x))
    whole, slope = squares.sum(axis=0) + prior, slopes.sum(axis=0) + x
    without = np.empty((count, len(x)))
    for number, name in enumerate(names):
        left = [i for i, group in enumerate(groups) if group == name]
        matrix = whole - squares[left].sum(axis=0)
        step = np.linalg.solve(matrix, slope - slopes[left].sum(axis=0))
        without[number] = np.clip(x - step, *bounds)
    spread = without - without.mean(axis=0)
    variance = (count - 1) / count * np.einsum("gp,gp->p", spread, spread)
    error, inverse = np.sqrt(variance), np.diag(np.linalg.inv(whole))
    return Uncertainty(
        standard_error=error,
        between=error * np.sqrt(count),
        from_prior=np.clip(inverse, 0.0, 1.0),
        inflation=inverse * np.diag(whole),
        without=without,
        groups=names,
        degrees=count - 1,
    )
