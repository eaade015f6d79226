"""The least-squares problem of a fit: residuals and how they change with the coordinates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bench.twins.identification.runs import Runs
from bench.twins.identification.space import Space

Floats = NDArray[np.float64]

EFFECTIVE = 40
"""Independent samples that the error of one joint in one motion is worth.

A motion lasts a minute or two, and its errors stay alike for some seconds. This is how strongly
data count against the priors; intervals do not come from it.
"""
LEAST_SCALE = 0.3
"""A joint and motion counts as if its error were at least this share of the mean one."""
THINNED = 4
"""Every so many rows are residuals: 12 Hz of 50 are enough for errors that last seconds."""


@dataclass(frozen=True)
class Linear:
    """Residuals at some coordinates, and their derivatives.

    Attributes:
        x: (P,) coordinates.
        errors: for every episode (N, J) simulated minus measured.
        change: for every episode (n, J, P) derivative of every `THINNED`th row by the coordinates,
            zero where a coordinate belongs to another joint.
    """

    x: Floats
    errors: list[Floats]
    change: list[Floats]


@dataclass
class FitProblem:
    """Sum over motions and joints of weighted squared errors, and of the squared coordinates.

    The headline is a mean of root mean squares. Around a point it falls as a sum of mean squares
    does, each divided by its root there; so every episode and joint has the weight of its scale,
    which `rescale` takes anew from time to time (iteratively reweighted least squares).

    Attributes:
        runs: what is fitted.
        space: in which coordinates.
        told: called after every simulation of all runs.
    """

    runs: Runs
    space: Space
    told: Callable[[], None]
    _scale: Floats = field(init=False)
    _weights: list[Floats] = field(init=False)
    _kept: tuple[bytes, list[Floats]] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        """Weigh the rows."""
        number = len(self.runs.episodes)
        self._weights = [self.runs.weights(e)[::THINNED] for e in range(number)]
        self._scale = np.ones((number, len(self.runs.columns)))

    def errors(self, x: Floats) -> list[Floats]:
        """The errors at coordinates (P,); those of the last call are kept."""
        key = x.tobytes()
        if self._kept is None or self._kept[0] != key:
            self._kept = key, self.runs.errors(self.space.values(x))
            self.told()
        return self._kept[1]

    def rescale(self, x: Floats) -> None:
        """Take the scale of every episode and joint from the errors at x."""
        root = self.roots(x)
        mean = root.mean()
        self._scale = np.sqrt(np.maximum(root, LEAST_SCALE * mean) * mean / EFFECTIVE)

    def roots(self, x: Floats) -> Floats:
        """(E, J) weighted root mean square error of every episode and joint."""
        found = []
        for weights, errors in zip(self._weights, self.errors(x), strict=True):
            squares = np.einsum("n,nj->j", weights, errors[::THINNED] ** 2)
            found.append(np.sqrt(squares / max(weights.sum(), 1e-300)))
        return np.array(found)

    def residual(self, points: Floats) -> Floats:
        """(R, K) residuals at the columns of `points` (P, K), those of the priors last."""
        return np.stack([self._residual(x) for x in points.T], axis=1)

    def _residual(self, x: Floats) -> Floats:
        errors = self.errors(x)
        parts = [self._weighed(e, error[::THINNED]).ravel() for e, error in enumerate(errors)]
        return np.concatenate([*parts, x])

    def _weighed(self, episode: int, values: Floats) -> Floats:
        """Values (n, J, ...) times the root of their weight."""
        weights = self._weights[episode]
        root = np.sqrt(weights / max(weights.sum(), 1e-300))
        factor = root[:, None] / self._scale[episode]
        weighed: Floats = values * factor.reshape(*factor.shape, *[1] * (values.ndim - 2))
        return weighed

    def linear(self, x: Floats) -> Linear:
        """Errors and their derivatives at x, one simulation of all runs for every group."""
        errors = self.errors(x)
        count = len(self.space.free)
        change = [np.zeros((len(e[::THINNED]), e.shape[1], count)) for e in errors]
        low, high = self.space.bounds
        for group in self.space.groups:
            moved = x.copy()
            for number in group:
                step = self.space.free[number].step
                moved[number] += step if x[number] + step <= high[number] else -step
            self.told()
            shifted = self.runs.errors(self.space.values(np.clip(moved, low, high)))
            for number in group:
                joints = self._joints(number)
                width = float(np.clip(moved, low, high)[number] - x[number])
                for e, (new, old) in enumerate(zip(shifted, errors, strict=True)):
                    difference = (new - old)[::THINNED][:, joints]
                    change[e][:, joints, number] = difference / width
        return Linear(x, errors, change)

    def jacobian(self, linear: Linear) -> Floats:
        """(R, P) derivatives of the residuals."""
        parts = [
            self._weighed(e, change).reshape(-1, change.shape[2])
            for e, change in enumerate(linear.change)
        ]
        return np.concatenate([*parts, np.eye(len(linear.x))])

    def normal(self, linear: Linear) -> tuple[Floats, Floats]:
        """Each episode's share of the normal equations: (E, P, P) and (E, P), priors apart."""
        squares, slopes = [], []
        for e, (change, error) in enumerate(zip(linear.change, linear.errors, strict=True)):
            jacobian = self._weighed(e, change).reshape(-1, change.shape[2])
            residual = self._weighed(e, error[::THINNED]).ravel()
            squares.append(np.einsum("rp,rq->pq", jacobian, jacobian))
            slopes.append(np.einsum("rp,r->p", jacobian, residual))
        return np.array(squares), np.array(slopes)

    def _joints(self, number: int) -> Sequence[int] | slice:
        joint = self.space.free[number].joint
        return slice(None) if joint is None else [self.runs.joints.index(joint)]
