"""Errors over time of several episodes end to end, against a loop over the rows of each."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bench.formulas.over_time import Clock, over_time
from bench.formulas.weighting import time_weights

EPISODES = st.lists(st.integers(1, 60), min_size=1, max_size=6)


def _made(lengths: list[int], seed: int) -> tuple[np.ndarray, np.ndarray, Clock]:
    """Values (2, T), rows that count (T,) and the clock of episodes that each begin anew."""
    rng = np.random.default_rng(seed)
    time = np.concatenate(
        [rng.uniform(0, 9) + np.cumsum(rng.uniform(0.01, 0.1, n)) for n in lengths]
    )
    valid = rng.random(len(time)) < rng.choice([0.0, 0.6, 1.0])
    start = np.concatenate([[0], np.cumsum(lengths)[:-1]]).astype(np.int64)
    return rng.uniform(0, 3, (2, len(time))), valid, Clock.of(time, valid, start)


def _plain(values: list[float], weights: list[float], time: list[float]) -> tuple[float, ...]:
    rows = [k for k, weight in enumerate(weights) if weight > 0]
    if not rows:
        return (math.nan,) * 4
    late = [k for k in rows if time[k] >= time[rows[-1]] - 0.5 - 1e-9]

    def mean(of: list[int], power: int) -> float:
        total = math.fsum(weights[k] for k in of)
        return math.fsum(weights[k] * values[k] ** power for k in of) / total

    return math.sqrt(mean(rows, 2)), mean(rows, 1), max(values[k] for k in rows), mean(late, 1)


@given(EPISODES, st.integers(0, 10**6))
def test_each_episode_has_the_numbers_of_a_loop_over_its_rows(
    lengths: list[int], seed: int
) -> None:
    values, _, clock = _made(lengths, seed)
    ends = np.append(clock.start, len(clock.time))
    for number, found in enumerate(over_time(values, clock)):
        rows = slice(ends[number], ends[number + 1])
        for k in range(2):
            expected = _plain(
                values[k, rows].tolist(), clock.weights[rows].tolist(), clock.time[rows].tolist()
            )
            came = [found.rms[k], found.mean[k], found.largest[k], found.end[k]]
            np.testing.assert_allclose(came, expected, rtol=1e-12)


@given(EPISODES, st.integers(0, 10**6))
def test_an_episode_has_the_same_bits_wherever_it_lies(lengths: list[int], seed: int) -> None:
    values, valid, clock = _made(lengths, seed)
    ends = np.append(clock.start, len(clock.time))
    for number, found in enumerate(over_time(values, clock)):
        rows = slice(ends[number], ends[number + 1])
        first = np.zeros(1, dtype=np.int64)
        (alone,) = over_time(values[:, rows], Clock.of(clock.time[rows], valid[rows], first))
        for one, other in zip(vars(found).values(), vars(alone).values(), strict=True):
            np.testing.assert_array_equal(one, other)


@given(EPISODES, st.integers(0, 10**6))
def test_weights_of_episodes_end_to_end_are_those_of_each(lengths: list[int], seed: int) -> None:
    _, valid, clock = _made(lengths, seed)
    parts = np.split(np.arange(len(clock.time)), clock.start[1:])
    each = [time_weights(clock.time[part], valid[part]) for part in parts]
    np.testing.assert_array_equal(clock.weights, np.concatenate(each))
