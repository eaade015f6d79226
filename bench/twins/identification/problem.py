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
ALIKE = 1e-6
"""Parts of a direction that differ by less than this share of the largest are of one size."""


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

    def linear(self, x: Floats, directions: Floats | None = None) -> Linear:
        """Errors and their derivatives at x, one simulation of all runs for every direction.

        Joints move at once: what moves one shows, to first order, in its own motion alone, as the
        joints of a geared arm hardly push each other. Where friction holds a joint, the effect of
        two changes is not the sum of theirs: less gain and another offset may leave it in place,
        each alone lets it slip. So derivatives are taken along the directions that a step has to
        tell apart.

        Args:
            x: (P,) coordinates.
            directions: (P, P) orthonormal columns, each within one joint, as `directions` finds
                them; default: the coordinates.
        """
        count = len(self.space.free)
        basis = np.eye(count) if directions is None else directions
        errors = self.errors(x)
        change = [np.zeros((len(e[::THINNED]), e.shape[1], count)) for e in errors]
        for group in self.space.groups:
            widths = [self._width(x, basis[:, column]) for column in group]
            moved = x + basis[:, group] @ np.array(widths)
            self.told()
            shifted = self.runs.errors(self.space.values(moved))
            for column, width in zip(group, widths, strict=True):
                joints = self._joints(column)
                for e, (new, old) in enumerate(zip(shifted, errors, strict=True)):
                    difference = (new - old)[::THINNED][:, joints]
                    change[e][:, joints, column] = difference / width
        return Linear(x, errors, [each @ basis.T for each in change])

    def _width(self, x: Floats, along: Floats) -> float:
        """The difference along a direction: no coordinate moves by more than its own step.

        It is shorter where both ways lead out of the bounds.
        """
        low, high = self.space.bounds
        steps = np.array([each.step for each in self.space.free])
        width = 1.0 / float(np.linalg.norm(along / steps))
        room = [_room(x, sign * along, low, high) for sign in (1.0, -1.0)]
        if max(room) < width:
            return max(room) if room[0] >= room[1] else -max(room)
        return width if room[0] >= width else -width

    def directions(self, linear: Linear) -> Floats:
        """(P, P) for every joint the principal directions of what holds it at rest.

        Signs are set here: solvers differ in them, and they decide to which side a difference goes.
        """
        squares = self.normal(linear)[0].sum(axis=0)
        basis = np.eye(len(linear.x))
        for block in self.space.static:
            place = np.ix_(block, block)
            basis[place] = _signed(np.linalg.eigh(squares[place])[1])
        return basis

    def jacobian(self, linear: Linear) -> Floats:
        """(R, P) derivatives of the residuals."""
        parts = [
            self._weighed(e, change).reshape(-1, change.shape[2])
            for e, change in enumerate(linear.change)
        ]
        return np.concatenate([*parts, np.eye(len(linear.x))])

    def normal(self, linear: Linear) -> tuple[Floats, Floats]:
        """Each episode's share of curvature and gradient: (E, P, P) and (E, P), priors apart.

        A root mean square grows in proportion along its residual, as an absolute value does: it
        has no curvature there. So that part of the Jacobian counts for the gradient alone, unless
        the root is below the least scale, where squares are what is minimised.
        """
        roots = self.roots(linear.x)
        bent = roots <= LEAST_SCALE * roots.mean()
        squares, slopes = [], []
        for e, (change, error) in enumerate(zip(linear.change, linear.errors, strict=True)):
            jacobian = self._weighed(e, change)
            residual = self._weighed(e, error[::THINNED])
            slope = np.einsum("njp,nj->jp", jacobian, residual)
            length = np.sqrt(np.einsum("nj,nj->j", residual, residual))
            along = np.where(bent[e], 0.0, 1.0 / np.maximum(length, 1e-300))[:, None] * slope
            square = np.einsum("njp,njq->pq", jacobian, jacobian)
            squares.append(square - np.einsum("jp,jq->pq", along, along))
            slopes.append(slope.sum(axis=0))
        return np.array(squares), np.array(slopes)

    def _joints(self, number: int) -> Sequence[int] | slice:
        joint = self.space.free[number].joint
        return slice(None) if joint is None else [self.runs.joints.index(joint)]


def _room(x: Floats, along: Floats, low: Floats, high: Floats) -> float:
    """How far x may move along a direction within the bounds."""
    moves = along != 0
    ends = np.where(along > 0, high, low)
    return float(((ends - x)[moves] / along[moves]).min())


def _signed(columns: Floats) -> Floats:
    """Columns turned so that of their largest parts the first is positive."""
    size = np.abs(columns)
    # Parts of equal size differ by rounding.
    first = np.argmax(size >= size.max(axis=0) * (1 - ALIKE), axis=0)
    signed: Floats = columns * np.sign(columns[first, np.arange(columns.shape[1])])
    return signed
