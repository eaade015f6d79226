"""The servo of one joint that follows the measured positions best, within bounds.

Levenberg-Marquardt on squares that are weighted anew in every round, so that they stand for the
criterion: the mean over episodes of the root mean square error, or of the mean absolute error.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.twins.servo_response import Track, respond

Floats = NDArray[np.float64]
Places = NDArray[np.int64]

CRITERIA = ("root_mean_square", "mean_absolute")
LOGARITHMIC = np.array([True, True, False, False, False, False])
"""Which numbers of a servo are searched by their logarithm."""
DIGITS = 6
"""Significant digits that are kept of a number."""
LEAST_ERROR = 1e-6
"""Error in rad that rows and episodes with a smaller one are weighted by."""
DIFFERENCE = 1e-4
"""Step of the differences that stand for derivatives, as a part of the bounds."""
ROUNDS, TRIALS = 60, 8
"""Most rounds of a search, and steps that are tried in one of them."""
STARTS = ((0, 1, 0), (0, 3, 0.1), (0.1, 1, 0.1), (0.1, 3, 0))
"""Share of the integral action, damping, and delay as a part of its bounds, of each start."""


@dataclass(frozen=True)
class Aim:
    """What the servo of one joint is fitted to.

    Attributes:
        track: the commands.
        measured: (T,) rad.
        start: (E,) row 0 of each episode.
        share: (T,) weights, of which those of an episode add up to 1/E.
        criterion: one of `CRITERIA`.
        bounds: (6, 2), the lower ones first.
    """

    track: Track
    measured: Floats
    start: Places
    share: Floats
    criterion: str
    bounds: Floats

    def servo(self, place: Floats) -> Floats:
        """The numbers (6,) at a place in the unit cube that the bounds span."""
        low, high = self.bounds.T
        ratio = np.divide(high, low, out=np.ones(len(low)), where=LOGARITHMIC)
        servo: Floats = np.where(LOGARITHMIC, low * ratio**place, low + (high - low) * place)
        return servo

    def place(self, servo: Floats) -> Floats:
        """Where in the unit cube the numbers stand; its side if beyond, 0 if nothing is open."""
        low, high = self.bounds.T
        inside = np.clip(servo, low, high)
        ratio = np.divide(high, low, out=np.full(len(low), np.e), where=LOGARITHMIC & (high > low))
        rise = np.divide(inside, low, out=np.ones(len(low)), where=LOGARITHMIC)
        straight = np.divide(inside - low, high - low, out=np.zeros(len(low)), where=high > low)
        found: Floats = np.where(LOGARITHMIC, np.log(rise) / np.log(ratio), straight)
        return found

    def error(self, place: Floats) -> Floats:
        """Predicted minus measured, (T,) rad."""
        return respond(self.track, self.servo(place)) - self.measured

    def value(self, error: Floats) -> tuple[float, Floats]:
        """The criterion, mean over episodes, in rad; and weights (T,) for the next round.

        The squares so weighted, and a constant, equal twice the criterion at these errors and are
        above it elsewhere: what lowers them lowers the criterion.
        """
        size = np.abs(error)
        if self.criterion == "root_mean_square":
            squares = np.add.reduceat(self.share * size**2, self.start) * len(self.start)
            size = np.repeat(np.sqrt(squares), np.diff([*self.start, len(error)]))
        value = float(np.add.reduce(self.share * size))
        return value, self.share / np.maximum(size, LEAST_ERROR)


def search(aim: Aim, place: Floats) -> tuple[float, Floats]:
    """Levenberg-Marquardt from a place in the unit cube: the criterion reached, and where."""
    error = aim.error(place)
    value, weights = aim.value(error)
    damping = 1e-3
    for _ in range(ROUNDS):
        before, normal, gradient = value, *_normal(aim, place, error, weights)
        for _ in range(TRIALS):
            trial = np.clip(place + _step(normal, gradient, place, damping), 0, 1)
            trial_error = aim.error(trial)
            trial_value, trial_weights = aim.value(trial_error)
            if trial_value < value:
                place, error, value, weights = trial, trial_error, trial_value, trial_weights
                damping /= 5
                break
            damping *= 4
        if before - value <= 1e-6 * before:
            break
    return value, place


def _normal(aim: Aim, place: Floats, error: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Normal matrix (6, 6) and gradient (6,) of the weighted squares, by differences inwards."""
    sides = np.where(place > 0.5, -DIFFERENCE, DIFFERENCE)
    slopes = np.zeros((len(place), len(error)))
    for number in np.flatnonzero(aim.bounds[:, 0] < aim.bounds[:, 1]):
        moved = place.copy()
        moved[number] += sides[number]
        slopes[number] = (aim.error(moved) - error) / sides[number]
    # einsum without BLAS: the same sums for every number of threads.
    normal: Floats = np.einsum("it,jt->ij", slopes, slopes * weights)
    gradient: Floats = np.einsum("it,t->i", slopes, weights * error)
    return normal, gradient


def _step(normal: Floats, gradient: Floats, place: Floats, damping: float) -> Floats:
    """The damped step (6,); none of what has no effect, or would leave the cube at once."""
    held = (place <= 0) & (gradient > 0) | (place >= 1) & (gradient < 0)
    free = np.flatnonzero(~held & (np.diag(normal) > 0))
    inner = normal[np.ix_(free, free)]
    step = np.zeros(len(place))
    step[free] = -np.linalg.solve(inner + damping * np.diag(np.diag(inner)), gradient[free])
    return step


def fit_joint(aim: Aim) -> Floats:
    """The servo (6,) with the smallest criterion that is found from the four starts."""
    (low, high), (soon, late) = aim.bounds[0], aim.bounds[4]
    ends = []
    for share, damping, part in STARTS:
        servo = np.array([np.sqrt(low * high), damping, share, 1, soon + part * (late - soon), 0])
        ends.append(search(aim, aim.place(servo)))
    found = aim.servo(min(ends, key=lambda end: end[0])[1])
    rounded = np.array([float(f"{value:.{DIGITS}g}") for value in found])
    inside: Floats = np.clip(rounded, *aim.bounds.T)
    return inside
