"""How well repeated executions of a prediction foretell the one measured execution.

An entry may predict each episode M times; each sample is one execution with constant parameters.
The scores here compare, row by row, the M predicted values with the measured one. Arrays: N rows,
M samples, J joints. All values finite, M at least 1. Beside inputs and outputs no more than about
ten megabytes are held, whatever N and M.

Scores with a pairwise term are the fair ones: their expectation does not depend on M, so that
entries with different M compare (C. A. T. Ferro, "Fair scores for ensemble forecasts", Quarterly
Journal of the Royal Meteorological Society 140 (2014)).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]

FEWEST_FOR_BAND = 20
"""Samples; below this a band from the 5 % to the 95 % quantile is not told."""
VALUES_AT_ONCE = 1 << 18
"""Values that are worked on in one go."""
VALUES_OF_PAIRS = 1 << 15
"""Values of one joint that are compared in pairs in one go: they should stay in the cache."""


def fair_crps(samples: Floats, measured: Floats) -> Floats:
    """Fair continuous ranked probability score of every row and joint.

        mean over m of |x_m − y| − Σ_{i<j} |x_i − x_j| / (M (M − 1))

    The second sum is taken over sorted samples. With one sample it is left out: |x − y|. The score
    lies between 0 (but for rounding) and the mean of |x − y|.

    Args:
        samples: (N, M, J) predicted values.
        measured: (N, J) measured values.

    Returns:
        (N, J) in the unit of the values; lower is better.
    """
    rows, number, joints = samples.shape
    score = np.empty((rows, joints))
    # Σ_{i<j} |x_i − x_j| holds the k-th smallest of M values 2k − M − 1 times.
    times = 2.0 * np.arange(1, number + 1) - number - 1
    for part in _parts(rows, number * joints, VALUES_AT_ONCE):
        error = _samples_last(samples[part]) - measured[part][:, :, np.newaxis]
        score[part] = np.add.reduce(np.abs(error), axis=2) / number
        if number > 1:
            error.sort(axis=2)
            error *= times
            score[part] -= np.add.reduce(error, axis=2) / (number * (number - 1))
    return score


def band(samples: Floats, low: float = 0.05, high: float = 0.95) -> tuple[Floats, Floats] | None:
    """The band between two quantiles of the samples, for every row and joint.

    The quantile p is the value at place (M + 1) p among the sorted samples, counted from 1, linear
    between two. If samples and measurement come from one distribution, the measurement lies in the
    band with probability `high` − `low`, whatever M: exactly where both places are whole numbers,
    else nearly.

    Args:
        samples: (N, M, J) predicted values, measurement noise added (`with_noise`).
        low: share below the band.
        high: share below the upper end of the band.

    Returns:
        (N, J) lower and (N, J) upper ends; None below 20 samples, and where (M + 1) `low` is below
        1 or (M + 1) `high` above M.
    """
    rows, number, joints = samples.shape
    places = (number + 1) * low - 1, (number + 1) * high - 1
    if number < FEWEST_FOR_BAND or places[0] < 0 or places[1] > number - 1:
        return None
    lower, upper = np.empty((rows, joints)), np.empty((rows, joints))
    for part in _parts(rows, number * joints, VALUES_AT_ONCE):
        ordered = np.sort(_samples_last(samples[part]), axis=2)
        for ends, place in zip((lower, upper), places, strict=True):
            below = min(int(place), number - 2)
            first, second = ordered[:, :, below], ordered[:, :, below + 1]
            ends[part] = first + (place - below) * (second - first)
    return lower, upper


def inside(lower: Floats, upper: Floats, measured: Floats) -> Flags:
    """Where the band holds the measured value, ends included; its weighted mean is the coverage."""
    return (lower <= measured) & (measured <= upper)


def interval_score(lower: Floats, upper: Floats, measured: Floats, level: float = 0.9) -> Floats:
    """Width of the band plus what the measured value lies outside, times 2 / (1 − level).

    Source: T. Gneiting, A. E. Raftery, "Strictly proper scoring rules, prediction, and
    estimation", Journal of the American Statistical Association 102 (2007), equation 43.

    Args:
        lower: lower ends of the band, any shape.
        upper: upper ends, same shape.
        measured: measured values, same shape.
        level: share of values that the band is to hold, below 1.

    Returns:
        Scores, same shape, in the unit of the values; lower is better.
    """
    outside = np.maximum(lower - measured, 0.0) + np.maximum(measured - upper, 0.0)
    return (upper - lower) + 2 / (1 - level) * outside


def energy_score(samples: Floats, measured: Floats) -> Floats:
    """Fair energy score of the joint vector of every row.

        mean over m of |x_m − y| − Σ_{i<j} |x_i − x_j| / (M (M − 1)), with Euclidean norms

    With one joint it is the fair CRPS, with one sample |x − y|.

    Source: T. Gneiting, A. E. Raftery (2007), see `interval_score`, section 4.3; pairs of a sample
    with itself left out.

    Args:
        samples: (N, M, J) predicted values, each joint divided by its range Δ.
        measured: (N, J) measured values, likewise.

    Returns:
        (N,); lower is better.
    """
    rows, number, _ = samples.shape
    score = np.empty(rows)
    for part in _parts(rows, number, VALUES_OF_PAIRS):
        values = np.ascontiguousarray(samples[part].transpose(2, 1, 0))
        work = np.empty((2, *values.shape[1:]))
        score[part] = _total_length(values, measured[part].T[:, np.newaxis], work) / number
        apart = np.zeros(values.shape[2])
        for step in range(1, number):
            apart += _total_length(values[:, step:], values[:, :-step], work)
        if number > 1:
            score[part] -= apart / (number * (number - 1))
    return score


def rank_counts(samples: Floats, measured: Floats, seed: int | Sequence[int]) -> Counts:
    """How often the measured value takes each place among the samples.

    The place is the number of samples below the measured value; among samples equal to it the
    place is drawn, all equally likely. Samples of the measurement's own distribution make all
    places equally likely; rows follow each other in time, so no test of that is given.

    Args:
        samples: (N, M, J) predicted values, measurement noise added (`with_noise`).
        measured: (N, J) measured values.
        seed: of the draw.

    Returns:
        (M+1,) counts over rows and joints; they sum to N·J.
    """
    rows, number, joints = samples.shape
    rng = np.random.default_rng(seed)
    counts = np.zeros(number + 1, dtype=np.int64)
    for part in _parts(rows, number * joints, VALUES_AT_ONCE):
        values = measured[part][:, np.newaxis]
        below = np.count_nonzero(samples[part] < values, axis=1)
        equal = np.count_nonzero(samples[part] == values, axis=1)
        tied = equal > 0
        below[tied] += (rng.random(np.count_nonzero(tied)) * (equal[tied] + 1)).astype(np.int64)
        counts += np.bincount(below.ravel(), minlength=number + 1)
    return counts


def with_noise(samples: Floats, sd: Floats, seed: int | Sequence[int]) -> Floats:
    """The samples as they would have been measured: plus independent normal noise.

    Args:
        samples: (N, M, J) predicted values.
        sd: (J,) standard deviation of the reference's declared measurement noise, 0 or more.
        seed: of the draw. It begins anew with every call, so two episodes need two seeds.

    Returns:
        (N, M, J).
    """
    rows, number, joints = samples.shape
    rng = np.random.default_rng(seed)
    noisy = np.empty(samples.shape)
    for part in _parts(rows, number * joints, VALUES_AT_ONCE):
        rng.standard_normal(out=noisy[part])
        noisy[part] *= sd
        noisy[part] += samples[part]
    return noisy


def _parts(rows: int, values: int, at_once: int) -> Iterator[slice]:
    """Consecutive parts of the rows, of `values` values each, that are worked on in one go."""
    length = max(1, at_once // max(values, 1))
    for first in range(0, rows, length):
        yield slice(first, min(first + length, rows))


def _samples_last(samples: Floats) -> Floats:
    """(N, J, M) copy."""
    return np.array(samples.transpose(0, 2, 1), order="C")


def _total_length(values: Floats, others: Floats, work: Floats) -> Floats:
    """(n,) Σ over samples of |values − others|, (J, m, n) each; `work` is for intermediates."""
    difference, length = work[:, : values.shape[1]]
    length[...] = 0.0
    for value, other in zip(values, others, strict=True):
        np.subtract(value, other, out=difference)
        difference *= difference
        length += difference
    total: Floats = np.add.reduce(np.sqrt(length, out=length), axis=0)
    return total
