"""The statistics again, in plain Python loops over drawn groups; shares nothing but the counts."""

from __future__ import annotations

import math
from collections.abc import Sequence

Rows = Sequence[Sequence[float]]


def by_group(values: Sequence[float], labels: Sequence[str]) -> list[list[float]]:
    return [
        [v for v, mine in zip(values, labels, strict=True) if mine == label]
        for label in sorted(set(labels))
    ]


def estimate(above: Rows, below: Rows) -> tuple[float, float]:
    """Σ above / Σ below over drawn groups, and its cluster-robust standard error."""
    total = sum(sum(group) for group in below)
    value = sum(sum(group) for group in above) / total
    squares = sum((sum(a) - value * sum(b)) ** 2 for a, b in zip(above, below, strict=True))
    drawn = len(above)
    return value, math.sqrt(drawn / (drawn - 1) * squares) / abs(total)


def deviations(above: Rows, below: Rows, counts: Sequence[Sequence[int]]) -> list[float]:
    """Studentised deviation of every resample."""
    value, _ = estimate(above, below)
    found = []
    for row in counts:
        picked = [g for g, times in enumerate(row) for _ in range(times)]
        again, error = estimate([above[g] for g in picked], [below[g] for g in picked])
        if error > 1e-9 * abs(again - value) and error > 1e-12:
            found.append((again - value) / error)
        else:
            found.append(
                0.0 if abs(again - value) < 1e-9 else math.copysign(math.inf, again - value)
            )
    return found


def interval(
    above: Rows, below: Rows, counts: Sequence[Sequence[int]], level: float
) -> tuple[float, float, float]:
    """Value, low and high; (R + 1)(1 − level)/2 must be whole."""
    value, error = estimate(above, below)
    ordered = sorted(deviations(above, below, counts))
    tail = round((len(counts) + 1) * (1 - level) / 2)
    return value, value - error * ordered[-tail], value - error * ordered[tail - 1]


def ones(groups: Rows) -> list[list[float]]:
    return [[1.0] * len(group) for group in groups]


def pair_critical_values(
    entries: Sequence[Sequence[float]],
    labels: Sequence[str],
    counts: Sequence[Sequence[int]],
    level: float,
) -> dict[tuple[int, int], tuple[float, float, float]]:
    """Difference, error and critical value of every pair, all pairs tested."""
    tail = round((len(counts) + 1) * (1 - level))
    found, scaled, alone = {}, [], []
    for i in range(len(entries)):
        for j in range(i + 1, len(entries)):
            gap = by_group([a - b for a, b in zip(entries[i], entries[j], strict=True)], labels)
            sizes = [abs(t) for t in deviations(gap, ones(gap), counts)]
            alone.append(sorted(sizes)[-tail])
            scaled.append([size / alone[-1] for size in sizes])
            found[i, j] = estimate(gap, ones(gap))
    largest = sorted(max(column) for column in zip(*scaled, strict=True))
    multiple = largest[-tail]
    return {
        pair: (*found[pair], multiple * scale) for pair, scale in zip(found, alone, strict=True)
    }
