"""Events in two signals: when they happen, which belong together, and how well they agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Pairs = NDArray[np.intp]
Direction = Literal["up", "down", "both"]

PAIR, NO_REFERENCE, NO_PREDICTED = 0, 1, 2


def crossings(
    time: Floats,
    signal: Floats,
    counted: Flags,
    level: float,
    hysteresis: float,
    direction: Direction,
) -> Floats:
    """When a signal crosses a level and means it (a Schmitt trigger).

    A counted row is high where the signal is above level + hysteresis/2, low where it is below
    level − hysteresis/2, and says nothing in between, both ends included. Two rows that say
    something, with none between them that does, and no row between them that is not counted, make
    an event if they differ: up from low to high, down from high to low. Its time is where the
    signal passes the level for the last time before the second of them, linear between two rows.

    So the first state after a row that is not counted is taken as it is, without an event; a
    signal that touches a limit does not pass it; a signal that is constant has no events.

    Args:
        time: (N,) s, strictly increasing.
        signal: (N,) values.
        counted: (N,) rows that may be read.
        level: in the signal's unit.
        hysteresis: in the signal's unit, 0 or more.
        direction: which crossings are events: `up`, `down` or `both`.

    Returns:
        (K,) s, increasing.

    Raises:
        ValueError: the hysteresis is negative.
    """
    if hysteresis < 0:
        raise ValueError(f"hysteresis is 0 or more, not {hysteresis}")
    high = counted & (signal > level + hysteresis / 2)
    low = counted & (signal < level - hysteresis / 2)
    telling = np.flatnonzero(high | low)
    before, after = telling[:-1], telling[1:]
    breaks = np.cumsum(~counted)
    events = (high[before] != high[after]) & (breaks[before] == breaks[after])
    if direction != "both":
        events &= high[after] == (direction == "up")
    after = after[events]
    rising = high[after]
    passed = np.where(rising, _last_row(signal <= level)[after], _last_row(signal >= level)[after])
    share = (level - signal[passed]) / (signal[passed + 1] - signal[passed])
    times: Floats = time[passed] + share * (time[passed + 1] - time[passed])
    return times


def _last_row(flags: Flags) -> NDArray[np.intp]:
    """(N,) for each row the last row up to it whose flag is set, −1 before the first."""
    return np.maximum.accumulate(np.where(flags, np.arange(len(flags)), -1))


def match(reference: Floats, predicted: Floats, tolerance: float) -> Pairs:
    """Pair events one to one: as many pairs as can be, and of those the least total |Δt|.

    Two events may be paired if their times differ by the tolerance at most. Found by dynamic
    programming over both lists in order of time; that is exact, as two pairs that cross are never
    better than the same four events uncrossed. Of equally good pairings the same one is returned
    each time; for a single event between two as far from it, that with the earlier.

    Args:
        reference: (R,) s, times in any order.
        predicted: (P,) s, times in any order.
        tolerance: s, 0 or more.

    Returns:
        (K, 2) places in `reference` and in `predicted`, in order of the reference's time.
    """
    order = np.argsort(reference, kind="stable"), np.argsort(predicted, kind="stable")
    pairs = _match_sorted(reference[order[0]].tolist(), predicted[order[1]].tolist(), tolerance)
    places = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    return np.stack((order[0][places[:, 0]], order[1][places[:, 1]]), axis=1)


def _match_sorted(
    reference: Sequence[float], predicted: Sequence[float], tolerance: float
) -> list[tuple[int, int]]:
    """Pairs of two lists in order of time.

    best[j] is (−pairs, Σ|Δt|) of the reference's events so far and the first j predicted ones. A
    reference's event changes it only from the first to the last predicted event within its
    tolerance; beyond the last one it is what it is there.
    """
    best = [(0, 0.0)]
    ranges, choices = [], []
    first = last = 0
    for time in reference:
        while first < len(predicted) and time - predicted[first] > tolerance:
            first += 1
        last = max(last, first)
        while last < len(predicted) and predicted[last] - time <= tolerance:
            last += 1
        best += [best[-1]] * (last + 1 - len(best))
        diagonal, chosen = best[first], bytearray()
        for j in range(first, last):
            without_reference = best[j + 1]
            pairs, total = diagonal
            paired = (pairs - 1, total + abs(predicted[j] - time))
            value, choice = best[j], NO_PREDICTED
            if without_reference < value:
                value, choice = without_reference, NO_REFERENCE
            if paired < value:
                value, choice = paired, PAIR
            diagonal, best[j + 1] = without_reference, value
            chosen.append(choice)
        ranges.append((first, last))
        choices.append(chosen)
    return _trace_back(ranges, choices)


def _trace_back(
    ranges: Sequence[tuple[int, int]], choices: Sequence[bytes | bytearray]
) -> list[tuple[int, int]]:
    """The pairs that the choices of the dynamic programming lead to, in order."""
    pairs: list[tuple[int, int]] = []
    row, column = len(ranges) - 1, ranges[-1][1] - 1 if ranges else -1
    while row >= 0:
        first, last = ranges[row]
        column = min(column, last - 1)
        choice = choices[row][column - first] if column >= first else NO_REFERENCE
        if choice == PAIR:
            pairs.append((row, column))
        row -= choice != NO_PREDICTED
        column -= choice != NO_REFERENCE
    return pairs[::-1]


def precision_recall(
    reference: int, predicted: int, paired: int
) -> tuple[float | None, float | None]:
    """Share of the predicted events that are paired, and share of the reference's.

    A share of no events is None: nothing predicted has no precision, and its recall is 0 if the
    reference has events; events predicted where the reference has none have precision 0 and no
    recall; with events in neither both are None.

    Args:
        reference: number of events in the reference.
        predicted: number of events in the prediction.
        paired: number of pairs.
    """
    precision = paired / predicted if predicted else None
    return precision, paired / reference if reference else None


def tau_b(first: Floats, second: Floats) -> float | None:
    """Kendall's tau-b of the order of paired events.

        (C − D) / sqrt((C + D + T₁)(C + D + T₂))

    over all pairs of events: C in the same order in both, D in the opposite order, T₁ and T₂ at
    one time in the second or in the first alone.

    Source: M. G. Kendall, "The treatment of ties in ranking problems", Biometrika 33 (1945).

    Args:
        first: (K,) s, times of paired events of all names in the reference.
        second: (K,) s, times of the same events in the prediction.

    Returns:
        1 for the same order, −1 for the opposite; None for fewer than two events, and where all
        events of one side are at one time.
    """
    together = ordered_first = ordered_second = 0
    for step in range(1, len(first)):
        signs = np.sign(first[step:] - first[:-step]), np.sign(second[step:] - second[:-step])
        together += int((signs[0] * signs[1]).sum())
        ordered_first += int(np.count_nonzero(signs[0]))
        ordered_second += int(np.count_nonzero(signs[1]))
    if ordered_first == 0 or ordered_second == 0:
        return None
    return together / float(np.sqrt(float(ordered_first) * float(ordered_second)))
