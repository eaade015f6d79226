"""How late a prediction is: the shift in time that explains its error best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.formulas.sliding import periodogram, sliding_products, sliding_sums, stretches
from bench.formulas.weighting import root_mean_square, weighted_mean

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MOVING_SD = 0.020
"""rad; a joint moves where the reference's standard deviation is above this."""
LONGEST = 0.5
"""s; no shift beyond this is looked at."""
SHARE_OF_PERIOD = 0.25
"""No shift beyond this share of the dominant period: a periodic motion hides longer ones."""
LEAST_REMOVED = 0.10
"""Share of the RMS error that a shift has to remove to count as a lag."""
WHOLE = 1e-6
"""Share of a step up to which a length counts as a whole number of steps."""
FINEST = 10
"""Largest number of grid points for each row."""
NO_ERROR = 1e-6
"""RMS error per RMS signal below which there is nothing to explain (rounding alone)."""
NEAR, FURTHER = 4, 4
"""Steps to either side that are tried first, and how many times as many next."""


@dataclass(frozen=True)
class Shift:
    """The shift in time that explains a prediction's error best.

    Attributes:
        lag: s, positive if the prediction is late.
        before: (J,) mean square of each joint's centred, Δ-scaled error at no shift; 0 for joints
            that do not move.
        after: (J,) the same at the lag.
    """

    lag: float
    before: Floats
    after: Floats

    def among(self, places: Sequence[int], joints: int) -> Shift:
        """The same, its joints at these places among `joints` of which the others stand still."""
        before, after = np.zeros((2, joints))
        before[places], after[places] = self.before, self.after
        return Shift(self.lag, before, after)


def lag(
    time: Floats, reference: Floats, predicted: Floats, ranges: Floats, weights: Floats
) -> float | None:
    """The lag of a prediction in s, positive if late; None where none can be told: `best_shift`."""
    found = best_shift(time, reference, predicted, ranges, weights)
    return None if found is None else found.lag


def best_shift(
    time: Floats, reference: Floats, predicted: Floats, ranges: Floats, weights: Floats
) -> Shift | None:
    """Find the lag of a prediction and what it explains.

    Both signals are divided by Δ and brought to one uniform grid at the median step of `time`
    (linear, from rows of positive weight only). For every shift of a whole number of steps the
    predicted signal is read that much later and compared with the reference on the same grid
    points; each signal of each joint is centred on its mean over the points compared, so that
    neither an offset nor a steady drift counts as a lag. The error is the mean square over points,
    summed over the moving joints. The lag is its local minimum nearest to no shift, among shifts
    within ± the smaller of 0.5 s and a quarter of the dominant period, refined by the parabola
    through the minimum and its two neighbours.

    - Moving joints: weighted standard deviation of the reference above 0.020 rad (m if prismatic).
    - Dominant period: that of the largest value, mean left out, in the periodogram of the
      reference on the grid, summed over the scaled moving joints.
    - Points compared: those between two neighbouring rows of positive weight from which every
      shift leads to such a point again. The same for every shift; nothing is wrapped or padded.
    - Of two equally near minima the lower one counts, of two equally low ones the earlier.
    - Removed error: 1 − root of (error at the parabola's minimum / error at no shift).

    Args:
        time: (N,) s, strictly increasing.
        reference: (N, J) measured positions, continuous joints unwrapped.
        predicted: (N, J) predicted positions at the same times, likewise.
        ranges: (J,) Δ of each joint, in its unit.
        weights: (N,) time weights; rows of weight zero are not read.

    Returns:
        None where no lag can be told: no joint moves; the median step is so short that the grid
        would hold over ten times the rows; fewer points to compare than shifts to try;
        the error is below 1e-6 of the signal; no local minimum inside the range of shifts (a
        minimum at its edge is none); or it removes less than 10 % of the RMS error, which is so
        for every prediction that is on time.

    Raises:
        ValueError: a range is not positive.
    """
    arms = [list(range(reference.shape[1]))]
    return best_shifts(Motion(time, reference, predicted, ranges, weights), arms)[0]


@dataclass(frozen=True)
class Motion:
    """What `best_shift` takes, of all arms together; `moving` where the caller has it already."""

    time: Floats
    reference: Floats
    predicted: Floats
    ranges: Floats
    weights: Floats
    moving: Flags | None = None


def best_shifts(motion: Motion, arms: Sequence[Sequence[int]]) -> list[Shift | None]:
    """`best_shift` of the joints of each arm by themselves; all are resampled in one go.

    Args:
        motion: the signals of all joints.
        arms: the columns of each arm's joints.
    """
    if not (motion.ranges > 0).all():
        raise ValueError(f"ranges are positive, not {motion.ranges.tolist()}")
    moving = motion.moving
    if moving is None:
        moving = moving_joints(motion.reference, motion.weights)
    own = [[j for j in columns if moving[j]] for columns in arms]
    if not any(own):
        return [None] * len(arms)
    step = _median(motion.time[1:] - motion.time[:-1])
    if _too_many_points(motion.time, step):
        return [None] * len(arms)
    grid = _on_grid(motion, [j for columns in own for j in columns], step)
    ends = np.cumsum([0, *map(len, own)]).tolist()
    found: list[Shift | None] = [None] * len(arms)
    for arm, shift in _shifts(grid, [range(*ends[k : k + 2]) for k in range(len(arms))]):
        places = [list(arms[arm]).index(j) for j in own[arm]]
        found[arm] = shift.among(places, len(arms[arm]))
    return found


def _shifts(grid: _Grid, arms: Sequence[range]) -> Iterator[tuple[int, Shift]]:
    """The shifts of those arms that have one; arms with the same shifts to try go together."""
    together: dict[int, list[int]] = {}
    for number, joints in enumerate(arms):
        if joints and (steps := _search_steps(grid.part(joints))):
            together.setdefault(steps, []).append(number)
    for steps, numbers in together.items():
        chosen = [joint for number in numbers for joint in arms[number]]
        compared = _compared(grid.part(chosen), steps)
        if compared is None:
            continue
        near = compared.error(min(NEAR, steps))
        for number in numbers:
            own = slice(chosen.index(arms[number][0]), chosen.index(arms[number][-1]) + 1)
            shift = _shift(compared.part(own), near[:, own], grid.step)
            if shift is not None:
                yield number, shift


def _shift(compared: _Compared, error: Floats, step: float) -> Shift | None:
    """The shift of one arm's joints, given the errors near no shift.

    The nearest minimum is wanted, so more shifts are tried only where those have none.
    """
    steps, reach = compared.steps, len(error) // 2
    if error[reach].sum() <= NO_ERROR**2 * compared.power.sum() / compared.points:
        return None
    while (at := _nearest_minimum(error.sum(axis=1))) is None and reach < steps:
        reach = min(FURTHER * reach, steps)
        error = compared.error(reach)
    if at is None:
        return None
    offset, after = _at_parabola(error, at)
    before = error[reach]
    if 1 - np.sqrt(after.sum() / before.sum()) < LEAST_REMOVED:
        return None
    return Shift((at - reach + offset) * step, before, after)


def moving_joints(reference: Floats, weights: Floats) -> Flags:
    """(J,) joints whose reference (N, J) has a weighted standard deviation over 0.020 rad."""
    counted = np.flatnonzero(weights > 0)
    if len(counted) == 0:
        return np.zeros(reference.shape[1], dtype=np.bool_)
    stretch = slice(int(counted[0]), int(counted[-1]) + 1)
    which = stretch if stretch.stop - stretch.start == len(counted) else counted
    rows, kept = reference[which], weights[which]
    return root_mean_square(rows - weighted_mean(rows, kept), kept) > MOVING_SD


def _median(values: Floats) -> float:
    """The median; nan of nothing."""
    places = [(len(values) - 1) // 2, len(values) // 2]
    if not len(values):
        return float("nan")
    return float(np.partition(values, places)[places].mean())


def _too_many_points(time: Floats, step: float) -> bool:
    """Whether a clock that comes in bursts asks for a grid that is far longer than the record."""
    return bool((time[-1] - time[0]) > FINEST * len(time) * step)


@dataclass(frozen=True)
class _Grid:
    """Both signals at n uniform times: (J, n), scaled, centred; `counted` (n,) what may be read."""

    step: float
    reference: Floats
    predicted: Floats
    counted: Flags

    def part(self, joints: Sequence[int]) -> _Grid:
        """Some of the joints."""
        if len(joints) == len(self.reference):
            return self
        own = slice(joints[0], joints[-1] + 1) if isinstance(joints, range) else joints
        return _Grid(self.step, self.reference[own], self.predicted[own], self.counted)


def _on_grid(motion: Motion, columns: list[int], step: float) -> _Grid:
    """Resample some joints at the median step; at least two rows count, as a joint moves."""
    rows = np.flatnonzero(motion.weights > 0)
    clock = motion.time[rows]
    points = int(np.floor((clock[-1] - clock[0]) / step + WHOLE)) + 1
    at = clock[0] + step * np.arange(points)
    before = np.searchsorted(clock, at + WHOLE * step, side="right") - 1
    joined = np.diff(rows, append=len(motion.time)) == 1
    joined[-1] &= joined[-2]
    counted = joined[before]
    before = np.minimum(before, len(rows) - 2)
    share = np.minimum((at - clock[before]) / (clock[before + 1] - clock[before]), 1.0)
    places = rows[before], rows[before + 1]
    ranges = motion.ranges[columns, np.newaxis]

    def scaled(signal: Floats) -> Floats:
        samples = signal if len(columns) == signal.shape[1] else signal[:, columns]
        start = samples.take(places[0], axis=0)
        value = samples.take(places[1], axis=0)
        value -= start
        value *= share[:, np.newaxis]
        value += start
        by_joint: Floats = np.divide(value.T, ranges, order="C")
        by_joint -= by_joint.mean(axis=1, keepdims=True)
        return by_joint

    return _Grid(step, scaled(motion.reference), scaled(motion.predicted), counted)


def _search_steps(grid: _Grid) -> int:
    """Shifts to try to either side, in steps; 0 where the record is too short for one."""
    points = grid.reference.shape[1]
    if points < 3:
        return 0
    period = points * grid.step / (1 + int(np.argmax(periodogram(grid.reference)[1:])))
    return int(np.floor(min(LONGEST, SHARE_OF_PERIOD * period) / grid.step + 1e-9))


@dataclass(frozen=True)
class _Compared:
    """The points of a grid that are compared, for shifts of up to `steps` to either side.

    Σ(p−r)² is taken apart into sums and products, which cost little for each shift.

    Attributes:
        steps: the most that is shifted.
        runs: stretches of compared points, from `steps` on.
        points: how many they are.
        reference: (J, n − 2·steps) centred on the points compared, 0 elsewhere.
        power: (J, 1) Σr².
        predicted: (J, n).
    """

    steps: int
    runs: NDArray[np.intp]
    points: int
    reference: Floats
    power: Floats
    predicted: Floats

    def part(self, joints: slice) -> _Compared:
        """Some of the joints."""
        reference, power, predicted = (
            each[joints] for each in (self.reference, self.power, self.predicted)
        )
        return _Compared(self.steps, self.runs, self.points, reference, power, predicted)

    def error(self, reach: int) -> Floats:
        """(2·reach+1, J) mean square error by shift, of shifts of up to `reach` steps."""
        width = 2 * reach + 1
        first = self.steps - reach
        moved = self.predicted[:, first : first + self.reference.shape[1] + width - 1]
        squares = sliding_sums(moved * moved, self.runs, width)
        sums = sliding_sums(moved, self.runs, width)
        products = sliding_products(moved, self.reference, width)
        rest = squares - sums**2 / self.points - 2 * products + self.power
        error: Floats = (np.maximum(rest, 0.0) / self.points).T
        return error


def _compared(grid: _Grid, steps: int) -> _Compared | None:
    """None where fewer points can be compared than there are shifts."""
    blocked = np.concatenate(([0], np.cumsum(~grid.counted)))
    width = 2 * steps + 1
    mask = blocked[width:] == blocked[:-width]
    points = int(np.count_nonzero(mask))
    if points < width:
        return None
    runs = stretches(mask) if points < len(mask) else np.array([[0, points]], dtype=np.intp)
    kept = grid.reference[:, steps : steps + len(mask)]
    kept = kept - sliding_sums(kept, runs, 1) / points
    if points < len(mask):
        kept *= mask
    power = np.einsum("jn,jn->j", kept, kept)[:, np.newaxis]
    return _Compared(steps, runs, points, kept, power, grid.predicted)


def _nearest_minimum(error: Floats) -> int | None:
    """Index of the local minimum nearest to the middle of `error`."""
    values, middle = error.tolist(), len(error) // 2
    minima = [
        k
        for k in range(1, len(values) - 1)
        if values[k - 1] >= values[k] <= values[k + 1]
        and values[k - 1] - 2 * values[k] + values[k + 1] > 0
    ]
    return min(minima, key=lambda k: (abs(k - middle), values[k]), default=None)


def _at_parabola(error: Floats, at: int) -> tuple[float, Floats]:
    """Lowest point, relative to `at`, of the parabola of the summed error, and each joint there."""
    slope = (error[at + 1] - error[at - 1]) / 2
    bend = error[at - 1] - 2 * error[at] + error[at + 1]
    offset = float(-slope.sum() / bend.sum())
    return offset, np.maximum(error[at] + slope * offset + bend * offset**2 / 2, 0.0)
