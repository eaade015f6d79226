"""The studentised cluster bootstrap of ratios of sums over groups.

A mean over episodes is Σ_g S_g / Σ_g n_g: the sum of the values over the sum of the sizes of the
groups. A skill is the same with another denominator. Both have the linearised residuals
u_g = S_g − θ n_g and the cluster-robust standard error sqrt(G/(G−1) Σ u_g²) / |Σ n_g|
(Cochran, Sampling Techniques, 1977, section 6.3; groups are the sampling units). The bootstrap
resamples groups and studentises every resample with its own standard error (Cameron, Gelbach and
Miller, Review of Economics and Statistics 90, 2008, the pairs cluster bootstrap-t).

Resamples are counts, so that all sums are one matrix product. A matrix product adds in an order
that depends on the number of threads and on the machine. The columns are therefore rounded to
fixed point first, with so few bits that every partial sum is exact: then no order matters.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int32]
Members = NDArray[np.intp]

RESAMPLES = 9999
LEVEL = 0.95
MANTISSA_BITS = 53
BLOCK_VALUES = 2**18  # 2 MB of sums at a time stay in the cache
ROUNDING = 2.0**-40  # residuals this far below the data are rounding, not spread


@dataclass(frozen=True)
class Ratios:
    """M ratios of sums over the same G groups, linearised.

    Attributes:
        value: (M,) θ = Σ numerators / Σ weights.
        error: (M,) cluster-robust standard error of θ; 0 where all groups agree.
        residual: (G, M) u_g = S_g − θ n_g; exactly 0 where all groups agree.
        weight: (G,) the denominators' share of each group, for a mean its number of episodes.
    """

    value: Floats
    error: Floats
    residual: Floats
    weight: Floats


def group_members(groups: ArrayLike, episodes: int) -> tuple[tuple[str, ...], Members]:
    """The labels in sorted order, and each episode's place among them.

    The sorted order makes results independent of the order of the episodes.

    Args:
        groups: (E,) labels, strings or integers.
        episodes: E.

    Raises:
        ValueError: labels are not one string or integer for each episode.
    """
    given = np.asarray(groups)
    if given.shape != (episodes,):
        raise ValueError(f"expected {episodes} group labels, came shape {given.shape}")
    if episodes and given.dtype.kind not in "Uiu":
        raise ValueError(f"expected strings or integers as group labels, came {given.dtype}")
    labels, member = np.unique(given, return_inverse=True)
    return tuple(str(label) for label in labels), member.astype(np.intp)


def exact_sums(columns: Floats) -> Floats:
    """Sums over the first axis, correctly rounded, hence the same in any order.

    Args:
        columns: (N, M) values.

    Returns:
        (M,) sums.
    """
    return np.array([math.fsum(column) for column in columns.T.tolist()], dtype=np.float64)


def group_sums(values: Floats, member: Members, groups: int) -> Floats:
    """Sums of the episodes of each group, correctly rounded.

    Args:
        values: (E, M) values.
        member: (E,) each episode's group, 0..G−1.
        groups: G.

    Returns:
        (G, M) sums.
    """
    return np.stack([exact_sums(values[member == group]) for group in range(groups)])


def ratios(numerator: Floats, weight: Floats, scale: Floats) -> Ratios:
    """Estimate Σ numerator / Σ weight and linearise it.

    Args:
        numerator: (G, M) sums of each group, G at least 1.
        weight: (G,) denominators of each group; their sum is not 0.
        scale: (M,) size of the terms that `numerator` was made from. Residuals under 2⁻⁴⁰ of it
            are rounding: such a column counts as one in which all groups agree.
    """
    groups = len(weight)
    total = math.fsum(weight)
    value = exact_sums(numerator) / total
    residual = numerator - value * weight[:, np.newaxis]
    agree = np.abs(residual).max(axis=0) <= ROUNDING * scale
    residual = np.where(agree, 0.0, residual)
    if groups == 1:
        return Ratios(value, np.zeros_like(value), residual, weight)
    unit, scaled = _normalised(residual)
    spread = np.sqrt(exact_sums(scaled * scaled) * (groups / (groups - 1)))
    return Ratios(value, np.ldexp(spread, unit) / abs(total), residual, weight)


def ratio_columns(estimate: Ratios, columns: slice) -> Ratios:
    """Some of the M ratios."""
    return Ratios(
        estimate.value[columns],
        estimate.error[columns],
        estimate.residual[:, columns],
        estimate.weight,
    )


@dataclass(frozen=True)
class Resamples:
    """R draws of G groups with replacement, made again from the seed whenever they are needed.

    Attributes:
        groups: G, the number of groups drawn from and of draws in a resample.
        number: R.
        seed: of `numpy.random.default_rng`.
    """

    groups: int
    number: int
    seed: int

    def __len__(self) -> int:
        """R."""
        return self.number

    def parts(self, rows: int) -> Iterator[Counts]:
        """How often each group is drawn, (B, G) for the next B ≤ `rows` resamples at a time.

        Every row sums to G; the rows are the same for any `rows`.
        """
        generator = np.random.default_rng(self.seed)
        for first in range(0, self.number, rows):
            size = min(rows, self.number - first)
            drawn = generator.integers(0, self.groups, size=(size, self.groups))
            drawn += np.arange(size)[:, np.newaxis] * self.groups
            counts = np.bincount(drawn.ravel(), minlength=size * self.groups)
            yield counts.reshape(size, self.groups).astype(np.int32)


def resample_counts(groups: int, resamples: int, seed: int) -> Counts:
    """All of `Resamples` at once, (R, G)."""
    return np.concatenate(list(Resamples(groups, resamples, seed).parts(resamples)))


def t_statistics(estimate: Ratios, counts: Counts | Resamples) -> Iterator[Floats]:
    """Studentised deviations (θ* − θ)/SE* of every resample, in blocks of resamples.

    A resample in which all drawn groups agree has no standard error. Its deviation is 0 if it
    equals the estimate, else infinite with the sign of θ* − θ: nothing bounds the estimate on
    that side. Where the resampled denominator is 0 the deviation is 0, its limit.

    Args:
        estimate: M ratios over G groups, G at least 2.
        counts: the resamples, or their (R, G) counts.

    Yields:
        (B, M) deviations of the next B resamples, the same bits on every machine.
    """
    groups, columns = estimate.residual.shape
    bits = MANTISSA_BITS - (groups - 1).bit_length()
    u = _normalised(estimate.residual)[1]
    n = _normalised(estimate.weight[:, np.newaxis])[1]
    terms = _fixed_point(np.hstack([n, n * n, u, u * u, u * n]), bits)
    slack = groups * 2.0 ** (3 - bits)  # several times the rounding of one sum
    rows = max(1, BLOCK_VALUES // max(terms.shape[1], groups))
    for part in _parts(counts, rows):
        sums = part.astype(np.float64) @ terms
        yield _studentised(sums, columns, groups / (groups - 1), slack)


def _parts(counts: Counts | Resamples, rows: int) -> Iterator[Counts]:
    if isinstance(counts, Resamples):
        yield from counts.parts(rows)
    else:
        yield from (counts[first : first + rows] for first in range(0, len(counts), rows))


def order_statistic(resamples: int, share: float) -> int:
    """Place, from 0, of the order statistic that stands for the lower tail `share`.

    Of R sorted values the k-th bounds the share k/(R+1); between two places the outer one is
    taken. 9,999 resamples make k whole at the usual levels.

    Raises:
        ValueError: there are too few resamples for so small a share.
    """
    place = math.floor(round((resamples + 1) * share, 6))
    if place < 1:
        raise ValueError(f"expected at least {fewest(share)} resamples, came {resamples}")
    return place - 1


def fewest(share: float) -> int:
    """The number of resamples below which no order statistic bounds the tail `share`."""
    return math.ceil(round(1 / share, 6)) - 1


def checked(values: ArrayLike, shape: Sequence[str]) -> Floats:
    """The values as float64, after checks.

    Args:
        values: numbers.
        shape: names of the axes, for the message.

    Raises:
        ValueError: wrong number of axes, or a value that is not finite.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != len(shape):
        raise ValueError(f"expected values of shape ({', '.join(shape)}), came {array.shape}")
    broken = int(np.count_nonzero(~np.isfinite(array)))
    if broken:
        raise ValueError(f"expected finite values, came {broken} that are not")
    return array


def _normalised(columns: Floats) -> tuple[NDArray[np.int32], Floats]:
    """Columns divided by a power of two, so that their largest is in [0.5, 1); and the powers."""
    unit = np.frexp(np.abs(columns).max(axis=0))[1]
    return unit, np.ldexp(columns, -unit)


def _fixed_point(columns: Floats, bits: int) -> Floats:
    """Values in [−1, 1], rounded to whole multiples of 2^−bits."""
    return np.ldexp(np.rint(np.ldexp(columns, bits)), -bits)


def _studentised(sums: Floats, columns: int, correction: float, slack: float) -> Floats:
    """Deviations from the resampled sums of n, n², u, u² and u n; see `t_statistics`."""
    n, n2 = sums[:, 0:1], sums[:, 1:2]
    u, u2, un = (sums[:, 2 + k * columns : 2 + (k + 1) * columns] for k in range(3))
    sign = np.sign(n)
    shift = u / np.where(n == 0, 1.0, n)
    square = u2 - shift * (2 * un - shift * n2)
    flat = square <= slack * (1 + np.abs(shift)) ** 2
    deviation: Floats = sign * u / np.sqrt(correction * np.where(flat, 1.0, square))
    unbounded = np.where(np.abs(u) <= slack, 0.0, np.copysign(np.inf, sign * u))
    return np.where(flat & (n != 0), unbounded, deviation)
